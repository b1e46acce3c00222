import type { Tokens } from "./tokens";
import { endOf } from "./tokens";

const KEPT = "weihub.token";
const CAME_BY = "weihub.source";
const SOURCE_LIMIT = 64;
const PATIENCE_MS = 10_000;
const MARGIN_MS = 5_000;

/** What the hub wrote into the document about itself. */
export function setting(name: "demo" | "origins" | "nonce"): string {
  const told = document.querySelector<HTMLMetaElement>(`meta[name="weihub-${name}"]`)?.content ?? "";
  return told.startsWith("%") ? "" : told;
}

/** A page inside a page of the shop, as the chat widget. */
export function isFramed(): boolean {
  return globalThis.parent !== globalThis.self;
}

/** What a follow link says: `#account=HANDLE&source=TAG`, to which the shop's app adds `&token=TOKEN`. */
export interface Arrival {
  token: string | null;
  account: string | null;
  /** How whoever follows now came; told to the account. */
  source: string;
}

/** What the fragment of an address says; null where it says nothing of this, as within the page. */
export function arrivalOf(fragment: string): Arrival | null {
  const asked = new URLSearchParams(fragment.replace(/^#/, ""));
  const [token, account] = [asked.get("token"), asked.get("account")];
  if (token === null && account === null) return null;
  return { token, account, source: (asked.get("source") ?? "").slice(0, SOURCE_LIMIT) };
}

/** Where an arrival leads: into the chat, or, by a link that says how one came, to where one follows. */
export function leadsTo({ account, source }: Arrival): string {
  if (account === null) return "";
  return `#/${source === "" ? "c" : "a"}/${encodeURIComponent(account)}`;
}

/** How one came to this account in this tab; empty where no link said so. */
export function sourceOf(account: string): string {
  const [handle, source] = (sessionStorage.getItem(CAME_BY) ?? "").split("\n");
  return handle === account ? (source ?? "") : "";
}

/**
 * A buyer's token: from the fragment of the address, which is taken off at once, from the page that shows this one
 * (`postMessage`, from the origins of the hub's settings and no other), or from earlier in this tab.
 */
export class BuyerTokens implements Tokens {
  #token: string | null;
  readonly #origins: ReadonlySet<string>;
  readonly #waiting = new Set<(token: string | null) => void>();

  constructor() {
    this.#origins = new Set([globalThis.location.origin, ...setting("origins").split(" ").filter(Boolean)]);
    this.#token = this.#take() ?? sessionStorage.getItem(KEPT);
    if (this.#token !== null && isOver(this.#token)) this.#token = null;
    globalThis.addEventListener("message", this.#hear);
  }

  current(): string | null {
    return this.#token;
  }

  /** The first token: at once, or when the page around this one gives it. */
  async first(): Promise<string | null> {
    return this.#token ?? this.renew();
  }

  renew(): Promise<string | null> {
    if (!isFramed()) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(null), PATIENCE_MS);
      const done = (token: string | null) => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve(token);
      };
      this.#waiting.add(done);
      tellHost({ type: "weihub.token-wanted" });
    });
  }

  readonly #hear = (event: MessageEvent): void => {
    const told = event.data as { type?: unknown; token?: unknown } | null;
    if (event.source !== globalThis.parent || !this.#origins.has(event.origin)) return;
    if (told?.type !== "weihub.token" || typeof told.token !== "string") return;
    this.#keep(told.token);
    for (const done of [...this.#waiting]) done(told.token);
  };

  #take(): string | null {
    const arrival = arrivalOf(globalThis.location.hash);
    if (arrival === null) return null;
    const { pathname, search } = globalThis.location;
    history.replaceState(null, "", `${pathname}${search}${leadsTo(arrival)}`);
    if (arrival.account !== null && arrival.source !== "")
      sessionStorage.setItem(CAME_BY, `${arrival.account}\n${arrival.source}`);
    if (arrival.token !== null) this.#keep(arrival.token);
    return arrival.token;
  }

  #keep(token: string): void {
    this.#token = token;
    sessionStorage.setItem(KEPT, token);
  }
}

function isOver(token: string): boolean {
  const end = endOf(token);
  return end !== null && end - MARGIN_MS < Date.now();
}

/** Tell the page around this one something that is no secret. */
export function tellHost(told: { type: string; [more: string]: unknown }): void {
  if (isFramed()) globalThis.parent.postMessage(told, "*");
}

/** Come back later as the same buyer of this tab no more. */
export function forgetBuyer(): void {
  sessionStorage.removeItem(KEPT);
}
