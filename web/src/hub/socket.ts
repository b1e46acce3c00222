import { io, type Socket } from "socket.io-client";

import type { Asks, Fault, Pushes } from "../wire";
import { HubFault, readFault } from "./fault";
import type { Tokens } from "./tokens";
import { endOf } from "./tokens";

const ACK_MS = 10_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** A token is renewed so long before its end. */
const EARLY_MS = 30_000;
const LONGEST_TIMER_MS = 2_000_000_000;

export interface Heard {
  up(): void;
  down(): void;
  refused(fault: Fault): void;
  pushed<K extends keyof Pushes>(event: K, data: Pushes[K]): void;
}

const EVENTS = [
  "message",
  "changed",
  "read",
  "typing",
  "looking",
  "desk",
  "member",
  "notice",
  "error",
  "resync",
  "drain",
] as const satisfies readonly (keyof Pushes)[];

/** One connection that comes back by itself, with jitter, and with a fresh token where the old one has ended. */
export class Connection {
  readonly #socket: Socket;
  readonly #tokens: Tokens;
  readonly #heard: Heard;
  #attempts = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #renewing: ReturnType<typeof setTimeout> | undefined;
  #wanted = false;

  constructor(tokens: Tokens, language: () => string, heard: Heard) {
    this.#tokens = tokens;
    this.#heard = heard;
    this.#socket = io({
      autoConnect: false,
      reconnection: false, // ours, below: the library does not come back from a refusal
      transports: ["websocket", "polling"],
      tryAllTransports: true,
      auth: (give) => give({ token: this.#tokens.current(), lang: language() }),
    });
    this.#socket.on("connect", () => this.#up());
    this.#socket.on("disconnect", () => this.#down());
    this.#socket.on("connect_error", (error: Error & { data?: unknown }) => void this.#refused(error.data));
    for (const event of EVENTS) this.#socket.on(event, (data: unknown) => this.#pushed(event, data));
  }

  get connected(): boolean {
    return this.#socket.connected;
  }

  start(): void {
    this.#wanted = true;
    globalThis.addEventListener("online", this.#now);
    document.addEventListener("visibilitychange", this.#now);
    this.#socket.connect();
  }

  stop(): void {
    this.#wanted = false;
    globalThis.removeEventListener("online", this.#now);
    document.removeEventListener("visibilitychange", this.#now);
    clearTimeout(this.#timer);
    clearTimeout(this.#renewing);
    this.#socket.disconnect();
  }

  /** Connect anew, at once: with another token, or in another language. */
  restart(): void {
    this.#socket.disconnect();
    this.#attempts = 0;
    this.#again(0);
  }

  /**
   * Ask, and wait for the acknowledgement.
   *
   * @throws HubFault with the hub's own error, or `lost` where no answer came.
   */
  async ask<K extends keyof Asks>(event: K, request: Asks[K][0]): Promise<Asks[K][1]> {
    if (!this.#socket.connected) throw new HubFault(null);
    let answer: { ok?: boolean; error?: unknown };
    try {
      answer = (await this.#socket.timeout(ACK_MS).emitWithAck(event, request)) as { ok?: boolean; error?: unknown };
    } catch {
      throw new HubFault(null);
    }
    if (answer.ok !== true) throw readFault(answer.error);
    return answer;
  }

  readonly #now = (): void => {
    if (this.#wanted && !this.#socket.connected && document.visibilityState === "visible") this.#again(0);
  };

  #up(): void {
    this.#attempts = 0;
    this.#planRenewal();
    this.#heard.up();
  }

  #down(): void {
    clearTimeout(this.#renewing);
    this.#heard.down();
    if (this.#wanted) this.#again(this.#delay());
  }

  #pushed(event: keyof Pushes, data: unknown): void {
    if (event === "drain") {
      this.#drain((data as Pushes["drain"]).retry_after_ms);
    } else if (event === "error" && (data as Fault).code === "unauthenticated") {
      void this.#refused(data);
    }
    this.#heard.pushed(event, data as never);
  }

  /** The process goes away: leave now, so that what follows is answered by another, and come back not all at once. */
  #drain(after: number): void {
    this.#socket.disconnect();
    this.#again(after + Math.random() * Math.max(after, 1_000));
  }

  async #refused(data: unknown): Promise<void> {
    const { code, fault } = readFault(data);
    if (code === "unauthenticated") {
      const token = await this.#tokens.renew().catch(() => null);
      if (token !== null) {
        this.restart();
      } else if (fault !== null) {
        this.stop();
        this.#heard.refused(fault);
      }
      return;
    }
    if (fault !== null && code === "rate_limited") this.#heard.refused(fault);
    else this.#heard.down();
    if (this.#wanted) this.#again(Math.max(this.#delay(), (fault?.retry_after ?? 0) * 1_000));
  }

  #delay(): number {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    return longest * (0.5 + Math.random() / 2);
  }

  #again(after: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#wanted && !this.#socket.connected) this.#socket.connect();
    }, after);
  }

  #planRenewal(): void {
    clearTimeout(this.#renewing);
    const end = endOf(this.#tokens.current() ?? "");
    if (end === null) return;
    const after = Math.min(LONGEST_TIMER_MS, Math.max(1_000, end - Date.now() - EARLY_MS));
    this.#renewing = setTimeout(() => {
      void this.#tokens.renew().then(
        (token) => (token === null ? undefined : this.restart()),
        () => undefined,
      );
    }, after);
  }
}
