import type { Asks } from "../wire";
import type { Pending } from "../state/state";
import type { Store } from "../state/store";
import { faultOf } from "./fault";

const TRIES = 5;

type Send = (request: Asks["send"][0]) => Promise<Asks["send"][1]>;
type Answer = Asks["send"][1];
type Keeper = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/**
 * Messages on their way: one at a time in each conversation, each under its own key until an answer comes, and kept
 * over a reload of the page. The hub makes no second message of a repeated key.
 */
export class Outbox {
  readonly #store: Store;
  readonly #send: Send;
  readonly #keeper: Keeper;
  readonly #busy = new Set<string>();
  #kept = "";

  constructor(store: Store, send: Send, keeper: Keeper) {
    this.#store = store;
    this.#send = send;
    this.#keeper = keeper;
    store.subscribe(() => this.#keep());
  }

  /** What an earlier page of this tab left on its way. To be read before the store knows who is here: from then on it is kept anew. */
  left(person: string): Pending[] {
    try {
      const found: unknown = JSON.parse(this.#keeper.getItem(nameOf(person)) ?? "[]");
      // What was held then is asked about again: its key is answered by what became of it.
      const left = Array.isArray(found) ? (found as Pending[]) : [];
      return left.map((one) => (one.state === "held" ? { ...one, state: "sending" } : one));
    } catch {
      return [];
    }
  }

  /** Send what waits, everywhere. */
  resume(): void {
    for (const talk of Object.values(this.#store.get().talks)) {
      void this.flush(talk.id);
      for (const one of talk.pending) if (one.state === "held") void this.#askAgain(one);
    }
  }

  /** What became of a message that was held: the hub answers its key as it stands now. */
  async #askAgain(one: Pending): Promise<void> {
    try {
      this.#tell(one, await this.#send(requestOf(one)));
    } catch (thrown) {
      const { again, fault } = faultOf(thrown);
      if (again === null && fault !== null)
        this.#store.tell({ event: "failed", conversation: one.conversation, key: one.key, fault });
    }
  }

  #tell(one: Pending, answer: Answer): void {
    const { conversation, key } = one;
    this.#store.tell({ event: "sent", key, data: answer, role: this.#role(conversation) });
  }

  /** Send what waits in a conversation, in order, until nothing does or the connection is gone. */
  async flush(conversation: string): Promise<void> {
    if (this.#busy.has(conversation)) return;
    this.#busy.add(conversation);
    try {
      let one = this.#next(conversation);
      while (one !== undefined && (await this.#deliver(one))) one = this.#next(conversation);
    } finally {
      this.#busy.delete(conversation);
    }
  }

  #next(conversation: string): Pending | undefined {
    const state = this.#store.get();
    if (state.link !== "online") return undefined;
    return state.talks[conversation]?.pending.find((one) => one.state === "sending");
  }

  /** Whether the next one may follow. */
  async #deliver(one: Pending): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      try {
        this.#tell(one, await this.#send(requestOf(one)));
        return true;
      } catch (thrown) {
        const fault = faultOf(thrown);
        if (fault.again === null || tries >= TRIES) {
          const told = fault.fault ?? { code: "unavailable", message: "" };
          this.#store.tell({ event: "failed", conversation: one.conversation, key: one.key, fault: told });
          return true;
        }
        if (this.#store.get().link !== "online") return false;
        await new Promise((resolve) => setTimeout(resolve, (fault.again ?? 1) * 1_000));
        if (this.#store.get().link !== "online") return false;
      }
    }
  }

  /** In what capacity this person writes here, as far as earlier messages tell. */
  #role(conversation: string): string {
    const state = this.#store.get();
    const mine = state.talks[conversation]?.messages.findLast((message) => message.author.id === state.me?.id);
    return mine?.author.role ?? (state.me?.id.startsWith("staff:") ? "operator" : "follower");
  }

  #keep(): void {
    const { me, talks } = this.#store.get();
    if (me === null) return;
    const waiting = Object.values(talks).flatMap((talk) => talk.pending);
    const text = JSON.stringify(waiting);
    if (text === this.#kept) return;
    this.#kept = text;
    if (waiting.length > 0) this.#keeper.setItem(nameOf(me.id), text);
    else this.#keeper.removeItem(nameOf(me.id));
  }
}

function requestOf({ conversation, key, kind, body, reply_to }: Pending): Asks["send"][0] {
  return { conversation, key, kind, body, reply_to } as Asks["send"][0];
}

function nameOf(person: string): string {
  return `weihub.outbox.${person}`;
}
