import { expect, test } from "vitest";

import { type DraftWays, DraftKeeper, rebased } from "../src/console/rules/model/draft";
import { HubFault } from "../src/hub/fault";
import type { ErrorCode, Rule, RulesView } from "../src/wire";

const rule = (id: string, name = id): Rule => ({ id, name, layer: "keyword" });
const rename = (id: string, name: string) => (rules: readonly Rule[]) =>
  rules.map((one) => (one.id === id ? { ...one, name } : one));
const fault = (code: ErrorCode, more: object = {}) => new HubFault({ code, message: code, ...more });
const names = (rules: readonly Rule[]) => rules.map((one) => one.name).join(",");

/** A hub with one draft. */
class Shelf {
  draft: RulesView = { version: 1, rules: [rule("a"), rule("b")], author: "me", at: null };
  /** Thrown by the next saves, one each; "after": the draft is saved, and the answer is lost. */
  failing: (HubFault | "after")[] = [];
  saves = 0;
  paused: number[] = [];

  readonly ways: DraftWays = {
    read: () => Promise.resolve(this.draft),
    pause: (seconds) => {
      this.paused.push(seconds);
      return Promise.resolve();
    },
    save: async (rules, version) => {
      await Promise.resolve();
      this.saves += 1;
      const failing = this.failing.shift();
      if (failing instanceof HubFault) throw failing;
      if (version !== this.draft.version) throw fault("conflict");
      this.draft = { version: version + 1, rules: [...rules], author: "me", at: "2026-11-30T00:00:00Z" };
      if (failing === "after") throw new HubFault(null);
      return { ...this.draft, at: "2026-11-30T00:00:00Z" };
    },
  };

  keeper(): DraftKeeper {
    return new DraftKeeper(this.draft, this.ways);
  }

  /** Somebody else saves. */
  other(rules: Rule[]): void {
    this.draft = { version: this.draft.version + 1, rules, author: "other", at: null };
  }
}

test("a change is seen at once, called saved when the hub has it, and several are saved as few", async () => {
  const shelf = new Shelf();
  const keeper = shelf.keeper();
  const done = [keeper.change(rename("a", "1")), keeper.change(rename("b", "2")), keeper.change(rename("a", "3"))];
  expect(names(keeper.get().rules)).toBe("3,2");
  expect(keeper.get()).toMatchObject({ saving: true, saved: { version: 1 } });
  expect(await Promise.all(done)).toEqual(done.map(() => ({ saved: true, fault: null })));
  expect(names(shelf.draft.rules)).toBe("3,2");
  expect(shelf.saves).toBeLessThanOrEqual(2);
  await Promise.resolve();
  expect(keeper.get()).toMatchObject({ saving: false, saved: { version: shelf.draft.version } });
});

test("a refused change is undone and says why; what came after it stays", async () => {
  const shelf = new Shelf();
  shelf.failing = [fault("invalid", { path: "rules[0].name" })];
  const keeper = shelf.keeper();
  const [bad, good] = [keeper.change(rename("a", "")), keeper.change(rename("b", "2"))];
  expect(await bad).toMatchObject({ saved: false, fault: { code: "invalid" } });
  expect((await good).saved).toBe(true);
  expect(names(keeper.get().rules)).toBe("a,2");
  expect(names(shelf.draft.rules)).toBe("a,2");
});

test("a hub that asks to wait is waited for", async () => {
  const shelf = new Shelf();
  shelf.failing = [fault("rate_limited", { retry_after: 2 })];
  const keeper = shelf.keeper();
  expect((await keeper.change(rename("a", "1"))).saved).toBe(true);
  expect(shelf.paused).toEqual([2]);
});

test("a stale draft waits for a decision: mine goes on top of theirs, rule by rule", async () => {
  const shelf = new Shelf();
  const keeper = shelf.keeper();
  shelf.other([rule("a", "theirs"), rule("b", "theirs"), rule("c", "theirs")]);
  const done = keeper.change(rename("a", "mine"));
  await expect.poll(() => keeper.get().clash?.author).toBe("other");
  expect(names(keeper.get().rules)).toBe("mine,b");
  keeper.resolve("mine");
  expect((await done).saved).toBe(true);
  expect(names(shelf.draft.rules)).toBe("mine,theirs,theirs");
});

test("theirs is loaded where one says so, and the change is not called saved", async () => {
  const shelf = new Shelf();
  const keeper = shelf.keeper();
  shelf.other([rule("c", "theirs")]);
  const done = keeper.change(rename("a", "mine"));
  await expect.poll(() => keeper.get().clash).not.toBeNull();
  keeper.resolve("theirs");
  expect(await done).toEqual({ saved: false, fault: null });
  expect(names(keeper.get().rules)).toBe("theirs");
  expect((await keeper.change(rename("c", "mine"))).saved).toBe(true);
});

test("an answer that was lost on the way is no clash with oneself", async () => {
  const shelf = new Shelf();
  shelf.failing = ["after"];
  const keeper = shelf.keeper();
  expect((await keeper.change(rename("a", "1"))).saved).toBe(false);
  const again = await keeper.change(rename("a", "1"));
  expect(again.saved).toBe(true);
  expect(keeper.get()).toMatchObject({ clash: null, saved: { version: 2 } });
});

test("what is read later is taken over, but never over a change that is on its way", async () => {
  const shelf = new Shelf();
  const keeper = shelf.keeper();
  const done = keeper.change(rename("a", "1"));
  keeper.adopt({ version: 9, rules: [], author: "other", at: null });
  expect(names(keeper.get().rules)).toBe("1,b");
  await done;
  await Promise.resolve();
  keeper.adopt({ version: 9, rules: [rule("z")], author: "other", at: null });
  expect(names(keeper.get().rules)).toBe("z");
});

test("putting mine on theirs keeps what each added and removed", () => {
  const base = [rule("a"), rule("b"), rule("c")];
  const mine = [rule("a", "mine"), rule("c"), rule("m")]; // changed a, removed b, added m
  const theirs = [rule("a", "theirs"), rule("b"), rule("t")]; // changed a, removed c, added t
  expect(names(rebased(base, mine, theirs))).toBe("mine,t,m");
});
