import { faultOf, type HubFault } from "../../../hub/fault";
import type { DraftView, Rule, RulesView } from "../../../wire";
import { canonical, same } from "./rule";

/** What the keeper of a draft needs of the hub. */
export interface DraftWays {
  read: () => Promise<RulesView>;
  save: (rules: readonly Rule[], version: number) => Promise<DraftView>;
  /** Wait so many seconds. */
  pause: (seconds: number) => Promise<void>;
}

export interface DraftState {
  /** As the hub has it. */
  saved: RulesView;
  /** As it is shown: with the changes that are on their way. */
  rules: readonly Rule[];
  saving: boolean;
  /** What somebody else saved meanwhile, until it is decided whose changes stay. */
  clash: RulesView | null;
}

export type Change = (rules: readonly Rule[]) => readonly Rule[];
/** What became of a change: saved, or given up for theirs, or refused with a fault. */
export interface Outcome {
  saved: boolean;
  fault: HubFault | null;
}

const SAVED: Outcome = { saved: true, fault: null };
const GIVEN_UP: Outcome = { saved: false, fault: null };

/** Times that a change is tried again when the hub asks to wait. */
const TRIES = 4;

function appliedTo(rules: readonly Rule[], changes: readonly { change: Change }[]): readonly Rule[] {
  return changes.reduce((sum, one) => one.change(sum), rules);
}

/** My changes since `base`, on top of what somebody else made of it: rule by rule, mine where both changed one. */
export function rebased(base: readonly Rule[], mine: readonly Rule[], theirs: readonly Rule[]): Rule[] {
  const was = new Map(base.map((rule) => [rule.id, rule]));
  const now = new Map(mine.map((rule) => [rule.id, rule]));
  const isMine = (id: string) => {
    const [before, after] = [was.get(id), now.get(id)];
    return before === undefined || after === undefined ? before !== after : !same(before, after);
  };
  const kept = theirs.flatMap((rule) => (isMine(rule.id) ? (now.get(rule.id) ?? []) : rule));
  const there = new Set(theirs.map((rule) => rule.id));
  return [...kept, ...mine.filter((rule) => !there.has(rule.id) && isMine(rule.id))];
}

/**
 * The draft of an account, changed at once where one sees it and saved one change after the other, each over the version it
 * was made from. What is shown is never called saved before the hub has it.
 */
export class DraftKeeper {
  readonly #ways: DraftWays;
  readonly #hearers = new Set<() => void>();
  #state: DraftState;
  #waiting: { change: Change; settle: (outcome: Outcome) => void }[] = [];

  constructor(saved: RulesView, ways: DraftWays) {
    this.#ways = ways;
    this.#state = { saved, rules: saved.rules, saving: false, clash: null };
  }

  readonly get = (): DraftState => this.#state;

  readonly subscribe = (hearer: () => void): (() => void) => {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  };

  /** Somebody else's save that was read in between, where nothing of ours is on its way. */
  adopt(saved: RulesView): void {
    if (this.#state.saving || this.#state.clash !== null || saved.version === this.#state.saved.version) return;
    this.#tell({ saved, rules: saved.rules });
  }

  /** Change the draft and save it. Answers when the hub has it, or has refused it and the change is undone. */
  change(change: Change): Promise<Outcome> {
    return new Promise((settle) => {
      this.#waiting.push({ change, settle });
      this.#tell({ rules: change(this.#state.rules) });
      if (!this.#state.saving && this.#state.clash === null) void this.#save();
    });
  }

  /** Decide a clash: go on with theirs, and let our changes go; or put ours on top of theirs. */
  resolve(whose: "mine" | "theirs"): void {
    const { clash, saved, rules } = this.#state;
    if (clash === null) return;
    if (whose === "theirs") {
      this.#tell({ saved: clash, rules: clash.rules, clash: null });
      for (const one of this.#taken()) one.settle(GIVEN_UP);
      return;
    }
    const mine = rebased(saved.rules, rules, clash.rules);
    const first = this.#waiting[0];
    if (first !== undefined) this.#waiting = [{ change: () => mine, settle: this.#all(this.#taken()) }];
    this.#tell({ saved: clash, rules: mine, clash: null });
    void this.#save();
  }

  #taken(): { settle: (outcome: Outcome) => void }[] {
    const taken = this.#waiting;
    this.#waiting = [];
    return taken;
  }

  #all(changes: { settle: (outcome: Outcome) => void }[]): (outcome: Outcome) => void {
    return (outcome) => changes.forEach((one) => one.settle(outcome));
  }

  /** Everything that waits is saved as one; what comes meanwhile is saved after it. */
  async #save(): Promise<void> {
    this.#tell({ saving: true });
    while (this.#waiting.length > 0 && this.#state.clash === null) {
      const batch = this.#waiting;
      this.#waiting = [];
      const rules = appliedTo(this.#state.saved.rules, batch);
      const settle = this.#all(batch);
      try {
        this.#saved(rules, await this.#patiently(rules));
        settle(SAVED);
      } catch (thrown) {
        const fault = faultOf(thrown);
        const found = fault.code === "conflict" ? await this.#clashed(rules) : null;
        if (found === "ours") settle(SAVED);
        else if (found === "theirs") this.#waiting = [...batch, ...this.#waiting];
        else {
          this.#tell({
            rules: appliedTo(this.#state.saved.rules, this.#waiting),
          });
          settle({ saved: false, fault });
        }
      }
    }
    this.#tell({ saving: false });
  }

  #saved(rules: readonly Rule[], done: DraftView): void {
    const saved = { ...done, rules: [...rules] };
    this.#tell({ saved, rules: appliedTo(rules, this.#waiting) });
  }

  async #patiently(rules: readonly Rule[]): Promise<DraftView> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#ways.save(rules, this.#state.saved.version);
      } catch (thrown) {
        const fault = faultOf(thrown);
        if (fault.code !== "rate_limited" || tries >= TRIES) throw fault;
        await this.#ways.pause(fault.again ?? 1);
      }
    }
  }

  /** Whose the draft is that the hub has now, after it refused ours as stale: ours where an answer was lost on the way; null where it could not be read. */
  async #clashed(rules: readonly Rule[]): Promise<"ours" | "theirs" | null> {
    try {
      const theirs = await this.#ways.read();
      const isOurs = canonical(theirs.rules) === canonical(rules);
      this.#tell(isOurs ? { saved: theirs } : { clash: theirs });
      return isOurs ? "ours" : "theirs";
    } catch {
      return null;
    }
  }

  #tell(changes: Partial<DraftState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const hearer of [...this.#hearers]) hearer();
  }
}
