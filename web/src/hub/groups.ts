import type { Pushed } from "../state/facts";
import type { Store } from "../state/store";
import type { Asks, PinView, WireMessage } from "../wire";
import { faultOf } from "./fault";
import type { RestClient } from "./rest";

/** How often a group that changes while it is read is read before it is shown. */
const ROUNDS = 3;

interface Ways {
  store: Store;
  rest: RestClient;
  ask: <K extends keyof Asks>(event: K, request: Asks[K][0]) => Promise<Asks[K][1]>;
  /** Fetch the list of conversations anew. */
  relist: () => Promise<void>;
}

/** What a page does with groups: it looks at them, joins, leaves; and what is told of them is fetched where it is not spelt out. */
export class Groups {
  readonly #ways: Ways;
  readonly #looking = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();

  constructor(ways: Ways) {
    this.#ways = ways;
  }

  /** Have a group as it is now, with what is pinned for who is in it. Who asks meanwhile waits for a fresher one. @throws HubFault */
  look(group: string): Promise<void> {
    const running = this.#looking.get(group);
    if (running !== undefined) {
      this.#again.add(group);
      return running;
    }
    const looked = this.#look(group).finally(() => this.#looking.delete(group));
    this.#looking.set(group, looked);
    return looked;
  }

  /** Come in, or ask to be let in. Who is banned is told so as by the room. @throws HubFault */
  async join(group: string, answer: string): Promise<void> {
    try {
      await this.#ways.ask("join", { group, answer });
    } catch (thrown) {
      const { code, fault } = faultOf(thrown);
      const { store } = this.#ways;
      const person = store.get().me?.id ?? "";
      const { until, reason } = { until: stringOf(fault?.until), reason: stringOf(fault?.reason) };
      if (code === "banned")
        store.tell({ event: "member", data: { group, person, change: "banned", until, reason }, at: Date.now() });
      throw thrown;
    }
    await this.look(group);
    await this.#ways.relist();
  }

  /** Go, or ask no more. @throws HubFault */
  async leave(group: string): Promise<void> {
    await this.#ways.ask("leave", { group });
    const { store } = this.#ways;
    const person = store.get().me?.id ?? "";
    store.tell({ event: "member", data: { group, person, change: "left" }, at: Date.now() });
  }

  /** Do not come where one is invited. @throws HubFault */
  async turnDown(group: string): Promise<void> {
    await this.#ways.rest.ask("DELETE /groups/{group}/invitation", { path: { group } });
  }

  /** Want no notices of a group, or want them again. @throws HubFault */
  async hush(group: string, hushed: boolean): Promise<void> {
    await this.#ways.rest.ask(hushed ? "PUT /groups/{group}/hush" : "DELETE /groups/{group}/hush", { path: { group } });
    this.#ways.store.tell({ event: "quieted", conversation: group, muted: hushed });
  }

  /** One message, also where it is far above what is here; null where it is not for this person to see. @throws HubFault */
  async message(group: string, seq: number): Promise<WireMessage | null> {
    const here = this.#ways.store.get().talks[group]?.messages.find((message) => message.seq === seq);
    if (here !== undefined) return here;
    const { messages } = await this.#ways.ask("pull", { conversation: group, after: seq - 1, limit: 1 });
    return messages[0]?.seq === seq ? messages[0] : null;
  }

  /** Something was pushed, and is in the state by now. */
  heard(fact: Pushed): void {
    const group = fact.event === "member" || fact.event === "notice" ? fact.data.group : null;
    if (group === null) return;
    const { me, groups } = this.#ways.store.get();
    if (fact.event === "member" && fact.data.change === "joined" && fact.data.person === me?.id)
      this.#ways.relist().catch(() => undefined); // Lost on the way: the next connect fetches the list.
    // What is being fetched may be older than what was just told.
    if (this.#looking.has(group)) this.#again.add(group);
    else if (groups[group]?.stale === true) this.look(group).catch(() => undefined);
  }

  /** After the connection was away: every group that was looked at, as it is now. */
  async catchUp(): Promise<void> {
    await Promise.all(Object.keys(this.#ways.store.get().groups).map((group) => this.#lookOrPart(group)));
  }

  async #lookOrPart(group: string): Promise<void> {
    try {
      await this.look(group);
    } catch (thrown) {
      const { store } = this.#ways;
      const person = store.get().me?.id ?? "";
      // There is no such group for this person any more: they are out of it, and nobody could tell them.
      if (faultOf(thrown).code === "not_found")
        store.tell({ event: "member", data: { group, person, change: "left" }, at: Date.now() });
      else if (faultOf(thrown).again !== null) throw thrown;
    }
  }

  /** What is pinned; nothing for who was put out since the group was read, of which they are being told. */
  async #pins(group: string): Promise<readonly PinView[] | null> {
    try {
      return (await this.#ways.rest.ask("GET /groups/{group}/pins", { path: { group } })).items;
    } catch (thrown) {
      if (faultOf(thrown).code === "forbidden") return null;
      throw thrown;
    }
  }

  async #look(group: string): Promise<void> {
    const { rest, store } = this.#ways;
    for (let round = 1; ; round += 1) {
      this.#again.delete(group);
      const view = await rest.ask("GET /groups/{group}", { path: { group } });
      const inside = view.membership !== null;
      const pins = inside ? await this.#pins(group) : null;
      // What was told meanwhile is newer than what was read, and must not be undone by it; only a group that never rests is shown as it was.
      const rests = !this.#again.has(group);
      if (rests || round >= ROUNDS) store.tell({ event: "grouped", data: view, pins });
      if (rests) return;
    }
  }
}

function stringOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
