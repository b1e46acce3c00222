import type { SessionToken } from "../wire";
import { RestClient } from "./rest";
import type { Tokens } from "./tokens";
import { endOf } from "./tokens";

const MARGIN_MS = 10_000;

/** The token of somebody of the staff: in memory alone; the next one comes for the cookie that no script can read. */
export class StaffTokens implements Tokens {
  #session: SessionToken | null = null;
  #renewing: Promise<string | null> | null = null;
  readonly #rest: RestClient;

  constructor(language: () => string) {
    this.#rest = new RestClient(this, language);
  }

  current(): string | null {
    return this.#session?.token ?? null;
  }

  /** Who is signed in, and where they work. */
  session(): SessionToken | null {
    return this.#session;
  }

  /** Sign in. @throws HubFault */
  async signIn(login: string, password: string): Promise<SessionToken> {
    this.#session = await this.#rest.ask("POST /sessions", { body: { login, password } });
    return this.#session;
  }

  /** Sign out, here and at the hub. @throws HubFault */
  async signOut(): Promise<void> {
    await this.#rest.ask("DELETE /sessions/current");
    this.#session = null;
  }

  /** Two pages of one browser must not use one cookie twice: the hub would take that for theft and end the session. */
  renew(): Promise<string | null> {
    this.#renewing ??= locked(() => this.#refresh()).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #refresh(): Promise<string | null> {
    try {
      this.#session = await this.#rest.ask("POST /sessions/refresh");
      return this.#session.token;
    } catch {
      const end = endOf(this.#session?.token ?? "");
      if (end === null || end - MARGIN_MS < Date.now()) this.#session = null;
      return this.#session?.token ?? null;
    }
  }
}

async function locked(work: () => Promise<string | null>): Promise<string | null> {
  // Absent on plain http from another host, where browsers do not offer it.
  const locks = (navigator as { locks?: LockManager }).locks;
  return locks === undefined ? work() : await locks.request("weihub.refresh", work);
}
