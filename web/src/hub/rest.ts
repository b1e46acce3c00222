import type { Rest } from "../wire";
import { HubFault, readFault } from "./fault";
import type { Tokens } from "./tokens";

const NEARLY_RIGHT_MS = 3_000;

type Query<K extends keyof Rest> = Rest[K] extends { query: infer Q } ? Partial<Q> : never;
type Body<K extends keyof Rest> = Rest[K] extends { body?: infer B } ? B : never;

/** What goes with a call: members of the path, the query, the body, the version that was read. */
export interface Given<K extends keyof Rest> {
  path?: Record<string, string | number>;
  query?: Query<K>;
  body?: Body<K>;
  /** For `If-Match`: the version the change is based on. */
  version?: number;
  /** A file that is the body as it is, in place of `body`. */
  file?: Blob;
  signal?: AbortSignal;
}

export type Answer<K extends keyof Rest> = Rest[K]["answer"];

/** REST with types: `ask("GET /accounts/{account}", { path: { account } })`. */
export class RestClient {
  readonly #tokens: Tokens;
  readonly #language: () => string;
  #skew = 0;

  constructor(tokens: Tokens, language: () => string) {
    this.#tokens = tokens;
    this.#language = language;
  }

  /**
   * Call an operation. A token that has ended is renewed once.
   *
   * @throws HubFault with the hub's own error, or `lost` where no answer came.
   */
  async ask<K extends keyof Rest>(operation: K, given: Given<K> = {}): Promise<Answer<K>> {
    const response = await this.#call(operation, given);
    this.#tellTime(response.headers.get("Date"));
    return (await answerOf(response)) as Answer<K>;
  }

  /**
   * Call an operation that answers in lines of JSON, and hear each as it comes. Ends when the answer does.
   *
   * @throws HubFault; the signal's reason where it was given up.
   */
  async lines<K extends keyof Rest>(operation: K, given: Given<K>, heard: (line: unknown) => void): Promise<void> {
    const response = await this.#call(operation, given);
    if (!response.ok)
      await answerOf(response); // throws
    else if (response.body !== null) await linesOf(response.body, heard);
  }

  /** Call an operation that answers with a file, whatever its type; its bytes as they came. @throws HubFault. */
  async file<K extends keyof Rest>(operation: K, given: Given<K>): Promise<Blob> {
    const response = await this.#call(operation, given);
    return response.ok ? response.blob() : ((await answerOf(response)) as Blob);
  }

  /** A clock that is nearly right is taken to be right: the header tells whole seconds, and came over a line. */
  #tellTime(told: string | null): void {
    const skew = Date.parse(told ?? "") + 500 - Date.now();
    if (Number.isFinite(skew)) this.#skew = Math.abs(skew) < NEARLY_RIGHT_MS ? 0 : skew;
  }

  /** What time it is at the hub, in milliseconds: mutes end by its clock, and that of a phone may be off. */
  now(): number {
    return Date.now() + this.#skew;
  }

  /** Upload a file. @throws HubFault. */
  async upload(file: Blob): Promise<Answer<"POST /media">> {
    const body = new FormData();
    body.append("file", file);
    return (await answerOf(await this.#twice("POST /media", "/api/v1/media", { body }))) as Answer<"POST /media">;
  }

  #call<K extends keyof Rest>(operation: K, given: Given<K>): Promise<Response> {
    const body = given.file ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
    const headers: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    if (given.file !== undefined) headers["Content-Type"] = "application/octet-stream"; // the hub looks at the bytes
    if (given.version !== undefined) headers["If-Match"] = `"${given.version}"`;
    return this.#twice(operation, addressOf(operation, given.path, given.query), {
      headers,
      ...(body === undefined ? {} : { body }),
      ...(given.signal === undefined ? {} : { signal: given.signal }),
    });
  }

  async #twice(operation: string, address: string, init: RequestInit): Promise<Response> {
    const first = await this.#once(operation, address, init);
    if (first.status !== 401 || operation.startsWith("POST /sessions")) return first;
    return (await this.#tokens.renew()) === null ? first : this.#once(operation, address, init);
  }

  async #once(operation: string, address: string, init: RequestInit): Promise<Response> {
    const token = this.#tokens.current();
    const headers = new Headers(init.headers);
    headers.set("Accept-Language", this.#language());
    if (token !== null) headers.set("Authorization", `Bearer ${token}`);
    try {
      return await fetch(address, {
        ...init,
        headers,
        method: operation.split(" ")[0] ?? "GET",
        credentials: "same-origin",
      });
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === "AbortError") throw thrown;
      throw new HubFault(null);
    }
  }
}

function addressOf(operation: string, path: Record<string, string | number> = {}, query: object = {}): string {
  const pattern = operation.split(" ")[1] ?? "/";
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(path[name] ?? "")));
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null) asked.set(name, String(value));
  return `/api/v1${filled}${asked.size > 0 ? `?${asked.toString()}` : ""}`;
}

async function answerOf(response: Response): Promise<unknown> {
  if (response.status === 204) return undefined;
  const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
  if (response.ok) return isJson ? response.json() : response.blob();
  const told = isJson ? ((await response.json()) as { error?: unknown }) : {};
  throw readFault(told.error);
}

/** Read a stream of NDJSON line by line. A line may come in several pieces, and several in one. @throws HubFault where the stream breaks. */
export async function linesOf(stream: ReadableStream<Uint8Array>, heard: (line: unknown) => void): Promise<void> {
  const reader = stream.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read().catch((thrown: unknown) => {
      throw thrown instanceof DOMException && thrown.name === "AbortError" ? thrown : new HubFault(null);
    });
    const lines = (rest + (value ?? "")).split("\n");
    rest = done ? "" : (lines.pop() ?? "");
    for (const line of lines) if (line.trim() !== "") heard(JSON.parse(line));
    if (done) return;
  }
}
