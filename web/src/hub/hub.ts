import { gapOf, staleOf } from "../state/messages";
import type { Fact, Pushed } from "../state/facts";
import { begins, knownTo, type Talk } from "../state/state";
import { Store } from "../state/store";
import type { Asks, Bodies, Opened, Pushes, Rest, Sendable, Stored } from "../wire";
import { faultOf } from "./fault";
import { Groups } from "./groups";
import { MediaShelf } from "./media";
import { Outbox } from "./outbox";
import { type Answer, type Given, RestClient } from "./rest";
import { Connection } from "./socket";
import type { Tokens } from "./tokens";

export type { Answer, Given };

const PAGE = 100;
const SYNCED = 200;
/** Fewer than this do not fill a screen. */
const FEW = 30;
/** Further behind than this, a conversation is fetched anew from its end. */
const FAR = 1_000;
const TYPING_EVERY_MS = 3_000;

export interface Ways {
  tokens: Tokens;
  language: () => string;
  keeper: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/**
 * The one connection of a page and everything it may ask of the hub.
 *
 * After each connect: what is pushed is held back, a snapshot is fetched, what was missed is fetched, then what was held
 * back is applied. Facts are applied by seq, so one that the snapshot contains already changes nothing.
 */
export class Hub {
  readonly store = new Store();
  readonly media: MediaShelf;
  readonly groups: Groups;
  readonly #rest: RestClient;
  readonly #link: Connection;
  readonly #outbox: Outbox;
  readonly #filling = new Set<string>();
  readonly #reads = new Map<string, number>();
  readonly #typed = new Map<string, number>();
  readonly #hearers = new Set<(fact: Pushed) => void>();
  #held: Pushed[] | null = null;
  #round = 0;

  constructor(ways: Ways) {
    this.#rest = new RestClient(ways.tokens, ways.language);
    this.media = new MediaShelf(this.#rest);
    this.groups = new Groups({
      store: this.store,
      rest: this.#rest,
      ask: (event, request) => this.#asks(event, request),
      relist: () => this.#relist(),
    });
    this.#link = new Connection(ways.tokens, ways.language, {
      up: () => void this.#resume(),
      down: () => this.#lost(),
      refused: (fault) => this.store.tell({ event: "link", data: "refused", refusal: fault }),
      pushed: (event, data) => this.#pushed(event, data),
    });
    this.#outbox = new Outbox(this.store, (request) => this.#link.ask("send", request), ways.keeper);
  }

  start(): void {
    this.#link.start();
  }

  stop(): void {
    this.#link.stop();
  }

  /** Connect anew, as after a change of language. */
  restart(): void {
    this.#link.restart();
  }

  /** Hear what is pushed, besides what becomes of the state: the queue of a desk, groups, notices. Until the returned function is called. */
  hear(hearer: (fact: Pushed) => void): () => void {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  }

  /** A REST operation. @throws HubFault */
  ask<K extends keyof Rest>(operation: K, given: Given<K> = {}): Promise<Answer<K>> {
    return this.#rest.ask(operation, given);
  }

  /** A REST operation that answers in lines, as they come; `given.signal` gives it up. @throws HubFault */
  lines<K extends keyof Rest>(operation: K, given: Given<K>, heard: (line: unknown) => void): Promise<void> {
    return this.#rest.lines(operation, given, heard);
  }

  /** A REST operation that answers with a file to be saved. @throws HubFault */
  file<K extends keyof Rest>(operation: K, given: Given<K>): Promise<Blob> {
    return this.#rest.file(operation, given);
  }

  /** What time it is at the hub, in milliseconds. */
  now(): number {
    return this.#rest.now();
  }

  /** Open the direct conversation with an account; its messages follow. @throws HubFault */
  async open(account: string): Promise<Opened> {
    const opened = await this.#asks("open", { account });
    this.store.tell({ event: "opened", data: opened });
    await this.show(opened.conversation);
    return opened;
  }

  /** Have the newest messages of a conversation. @throws HubFault */
  async show(conversation: string): Promise<void> {
    const talk = this.store.get().talks[conversation];
    if (talk !== undefined && talk.messages.length > 0) {
      await this.#fill(conversation);
      if (talk.messages.length < FEW) await this.earlier(conversation);
      return;
    }
    await this.#newest(conversation);
  }

  /**
   * Staff: have a conversation that is somebody else's, with what was read of it and who looks after it.
   *
   * @throws HubFault
   */
  async visit(conversation: string): Promise<void> {
    await this.show(conversation);
    const cursors = { [conversation]: this.#knownTo(conversation) };
    const [synced] = await Promise.all([this.#asks("sync", { cursors }), this.#desk(conversation)]);
    this.store.tell({ event: "synced", data: synced });
    await this.#fill(conversation);
  }

  /** Staff: be seen looking at a conversation for the next half minute, or no more. @throws HubFault */
  async look(conversation: string, look: boolean): Promise<void> {
    const { looking } = await this.#asks("look", { conversation, look });
    this.store.tell({ event: "looking", data: { conversation, looking }, at: Date.now() });
  }

  /** Have a page of earlier messages; whether there may be more. @throws HubFault */
  async earlier(conversation: string): Promise<boolean> {
    const talk = this.store.get().talks[conversation];
    const first = talk?.messages[0]?.seq;
    if (talk === undefined || first === undefined || begins(talk)) return false;
    const { messages, more } = await this.#asks("pull", { conversation, before: first, limit: SYNCED });
    const start = more ? {} : { start: messages[0]?.seq ?? first };
    this.store.tell({ event: "pulled", conversation, messages, ...start });
    return more;
  }

  /** Have every message from a seq on. @throws HubFault */
  async backTo(conversation: string, seq: number): Promise<void> {
    for (;;) {
      const first = this.store.get().talks[conversation]?.messages[0]?.seq ?? 0;
      if (first <= seq || !(await this.earlier(conversation))) return;
    }
  }

  /** More of the list of conversations. @throws HubFault */
  async more(): Promise<void> {
    const { cursor } = this.store.get();
    if (cursor === null) return;
    const page = await this.#asks("inbox", { cursor });
    this.store.tell({ event: "listed", data: page.conversations, cursor: page.cursor, more: true });
  }

  /** Send a message; it is in the conversation at once, as being on its way. */
  send<K extends Sendable>(conversation: string, kind: K, body: Bodies[K], replyTo: number | null = null): void {
    const key = crypto.randomUUID();
    const data = {
      key,
      conversation,
      kind,
      body,
      reply_to: replyTo,
      at: Date.now(),
      state: "sending",
      fault: null,
    } as const;
    this.store.tell({ event: "queued", data });
    void this.#outbox.flush(conversation);
  }

  /** Try a message again that failed, under its own key. */
  retry(conversation: string, key: string): void {
    this.store.tell({ event: "retried", conversation, key });
    void this.#outbox.flush(conversation);
  }

  /** Give up a message that failed. */
  discard(conversation: string, key: string): void {
    this.store.tell({ event: "discarded", conversation, key });
  }

  /** Take back one's own message. @throws HubFault */
  async recall(conversation: string, seq: number): Promise<void> {
    await this.#asks("recall", { conversation, seq });
    const by = this.store.get().me?.id ?? "";
    this.store.tell({ event: "changed", data: { conversation, seq, change: "recalled", by }, at: Date.now() });
  }

  /** Everything up to here was seen: told once, and again after the connection was lost. */
  read(conversation: string, seq: number): void {
    const { talks, me } = this.store.get();
    const talk = talks[conversation];
    if (talk === undefined || me === null || seq <= talk.read) return;
    this.store.tell({ event: "read", data: { conversation, person: me.id, seq }, at: Date.now() });
    this.#reads.set(conversation, seq);
    void this.#tellRead(conversation);
  }

  /** Tell the others that something is being written, as often as the hub passes it on. */
  typing(conversation: string): void {
    const now = Date.now();
    if (now - (this.#typed.get(conversation) ?? 0) < TYPING_EVERY_MS) return;
    this.#typed.set(conversation, now);
    this.#asks("typing", { conversation }).catch(() => undefined);
  }

  /** Store a file for a message. @throws HubFault */
  upload(file: Blob): Promise<Stored> {
    return this.#rest.upload(file);
  }

  /** Anything else that the socket can do: the moves of the desk. @throws HubFault */
  async move<K extends "claim" | "assign" | "transfer" | "hand_back" | "close">(
    event: K,
    request: Asks[K][0],
  ): Promise<void> {
    const { desk } = await this.#asks(event, request);
    this.store.tell({ event: "desk", data: desk, at: Date.now() });
  }

  /** Hear an account's queue, or stop; who waits now. @throws HubFault */
  watch(account: string, watch: boolean): Promise<Asks["desk"][1]> {
    return this.#asks("desk", { account, watch });
  }

  #asks<K extends keyof Asks>(event: K, request: Asks[K][0]): Promise<Asks[K][1]> {
    return this.#link.ask(event, request);
  }

  async #newest(conversation: string, ...before: Fact[]): Promise<void> {
    const { messages, more } = await this.#asks("pull", { conversation, limit: PAGE });
    const head = this.store.get().talks[conversation]?.head ?? 0;
    const start = more ? {} : { start: messages[0]?.seq ?? head + 1 };
    this.store.tell(...before, { event: "pulled", conversation, messages, ...start });
  }

  #lost(): void {
    this.#round += 1;
    this.#held = null;
    if (this.store.get().link !== "refused") this.store.tell({ event: "link", data: "offline" });
  }

  #pushed<K extends keyof Pushes>(event: K, data: Pushes[K]): void {
    if (event === "resync") return void this.#resume();
    const fact = { event, data, at: Date.now() } as Pushed;
    if (this.#held !== null) this.#held.push(fact);
    else this.#tell(fact);
  }

  #tell(fact: Pushed): void {
    this.store.tell(fact);
    for (const hearer of [...this.#hearers]) hearer(fact);
    if (fact.event === "message" || fact.event === "changed") void this.#fill(fact.data.conversation);
    this.groups.heard(fact);
  }

  /** Become as a fresh client would be, then apply what came meanwhile. */
  async #resume(): Promise<void> {
    this.#round += 1;
    const round = this.#round;
    this.#held ??= [];
    try {
      await this.#introduce();
      await this.#catchUp();
    } catch (thrown) {
      if (round === this.#round && faultOf(thrown).again !== null) setTimeout(() => this.#tryAgain(round), 1_000);
      return;
    }
    if (round !== this.#round) return;
    const held = this.#held;
    this.#held = null;
    for (const fact of held) this.#tell(fact);
    this.store.tell({ event: "link", data: "online" });
    this.#outbox.resume();
    for (const conversation of this.#reads.keys()) void this.#tellRead(conversation);
  }

  #tryAgain(round: number): void {
    if (round === this.#round && this.#link.connected) void this.#resume();
  }

  async #introduce(): Promise<void> {
    if (this.store.get().me !== null) return;
    const { person } = await this.#rest.ask("GET /me");
    const left = this.#outbox.left(person.id);
    this.store.tell({ event: "me", data: person }, ...left.map((data) => ({ event: "queued", data }) as const));
  }

  async #catchUp(): Promise<void> {
    await this.#relist();
    const shown = Object.values(this.store.get().talks).filter((talk) => talk.messages.length > 0);
    await Promise.all(shown.filter((talk) => talk.head - knownTo(talk) > FAR).map((talk) => this.#anew(talk)));
    const cursors = Object.fromEntries(shown.slice(0, SYNCED).map((talk) => [talk.id, this.#knownTo(talk.id)]));
    const data = await this.#asks("sync", { cursors });
    this.store.tell({ event: "synced", data, asked: Object.keys(cursors) });
    await Promise.all(shown.map((talk) => this.#fill(talk.id)));
    await Promise.all(shown.filter((talk) => talk.desk !== null).map((talk) => this.#desk(talk.id)));
    await this.groups.catchUp();
  }

  async #relist(): Promise<void> {
    const inbox = await this.#asks("inbox", {});
    this.store.tell({ event: "listed", data: inbox.conversations, cursor: inbox.cursor, more: false });
  }

  #knownTo(conversation: string): number {
    const talk = this.store.get().talks[conversation];
    return talk === undefined ? 0 : knownTo(talk);
  }

  async #anew(talk: Talk): Promise<void> {
    await this.#newest(talk.id, { event: "forgotten", conversation: talk.id });
  }

  async #desk(conversation: string): Promise<void> {
    const data = await this.#rest.ask("GET /conversations/{conversation}/desk", { path: { conversation } });
    this.store.tell({ event: "desk", data, at: Date.now() });
  }

  /** Pull what is missing between the run and what came after it, then what is there again after it was removed. */
  async #fill(conversation: string): Promise<void> {
    if (this.#filling.has(conversation)) return;
    this.#filling.add(conversation);
    try {
      for (;;) {
        const talk = this.store.get().talks[conversation];
        const after = talk === undefined || talk.messages.length === 0 ? null : gapOf(talk);
        if (after === null) {
          await this.#renew(conversation);
          return;
        }
        const { messages } = await this.#asks("pull", { conversation, after, limit: SYNCED });
        if (messages.length === 0) return;
        this.store.tell({ event: "pulled", conversation, messages });
      }
    } catch {
      // Lost on the way: the next connect fetches it.
    } finally {
      this.#filling.delete(conversation);
    }
  }

  async #renew(conversation: string): Promise<void> {
    for (;;) {
      const talk = this.store.get().talks[conversation];
      const last = talk === undefined ? null : staleOf(talk);
      if (last === null) return;
      const { messages } = await this.#asks("pull", { conversation, before: last + 1, limit: SYNCED });
      if (messages.at(-1)?.seq !== last) return;
      this.store.tell({ event: "pulled", conversation, messages });
    }
  }

  async #tellRead(conversation: string): Promise<void> {
    const seq = this.#reads.get(conversation);
    if (seq === undefined) return;
    try {
      await this.#asks("read", { conversation, seq });
      if (this.#reads.get(conversation) === seq) this.#reads.delete(conversation);
    } catch (thrown) {
      if (faultOf(thrown).again === null) this.#reads.delete(conversation);
    }
  }
}
