import { describe, expect, test } from "vitest";

import { HubFault } from "../src/hub/fault";
import { isReordered, piecesOf } from "../src/console/rules/model/diff";
import { ALL, ordered, rowsOf, sifted } from "../src/console/rules/model/filter";
import { byField, faultsOf, remarksOf } from "../src/console/rules/model/findings";
import { Kept } from "../src/console/rules/model/kept";
import {
  addPatterns,
  canonical,
  copyOf,
  patternsOf,
  putBefore,
  putFirst,
  same,
  whole,
  withRule,
} from "../src/console/rules/model/rule";
import { filled, inserted } from "../src/console/rules/model/template";
import { lineFaultsOf, vocabularyOf, writtenOf } from "../src/console/rules/model/vocabulary";
import { shiftsOf, weeklyOf } from "../src/console/rules/model/week";
import { ruleHref, spotOf } from "../src/console/rules/places";
import { byDay } from "../src/console/rules/stats/rows";
import { partsOf } from "../src/ui/route";
import type { Finding, Rule } from "../src/wire";

const keyword = (id: string, more: Partial<Rule> = {}): Rule => ({ id, name: id, layer: "keyword", ...more });
const finding = (path: string, more: Partial<Finding> = {}): Finding => ({
  code: "one_character",
  severity: "warning",
  path,
  zh: path,
  en: path,
  ...more,
});

describe("a rule", () => {
  test("is the same however it is written: with defaults or without, in any order of members", () => {
    const short = keyword("a", { when: { any: [{ mode: "exact", text: "在吗" }] } });
    const long = JSON.parse(canonical(whole(short))) as Rule;
    expect(same(short, { ...long, after_s: null, then: { tag: [], invite: null } })).toBe(true);
    expect(same(short, { ...short, priority: 1 })).toBe(false);
    expect(same(short, { ...short, when: { any: [{ mode: "contains", text: "在吗" }] } })).toBe(false);
  });

  test("keeps members that this page does not know", () => {
    const newer = { ...keyword("a"), mood: "merry", then: { hand_off: true, dance: "yes" } } as Rule;
    expect(whole(newer)).toMatchObject({ mood: "merry", then: { dance: "yes", tag: [] } });
  });

  test("is copied switched off, under a name that fits", () => {
    const copied = copyOf(keyword("a"), "b", "长".repeat(100));
    expect(copied).toMatchObject({ id: "b", enabled: false });
    expect(copied.name).toHaveLength(80);
  });

  test("is put before all others of its layer, as far as numbers go", () => {
    const rules = [
      keyword("a", { priority: 7 }),
      keyword("b"),
      keyword("c", { layer: "first", priority: 900 }),
      keyword("d", { priority: 1_000 }),
    ];
    expect(putFirst(rules.slice(0, 3), "b")[1]?.priority).toBe(8);
    expect(putFirst(rules, "b")[1]?.priority).toBe(1_000);
    expect(putFirst(rules.slice(0, 3), "a")).toEqual(rules.slice(0, 3));
  });

  test("is put directly before another of its layer, and nobody else changes places", () => {
    const order = (rules: readonly Rule[]) =>
      ordered(rowsOf(rules, { published: null, findings: [], stats: new Map() }), "priority").map((row) => row.rule.id);
    const equal = [keyword("a", { priority: 5 }), keyword("b", { priority: 5 }), keyword("c", { priority: 5 })];
    const far = [keyword("a", { priority: 90 }), keyword("b"), keyword("c", { priority: -7 })];
    for (const rules of [equal, far]) {
      expect(order(putBefore(rules, "c", "b"))).toEqual(["a", "c", "b"]);
      expect(order(putBefore(rules, "b", "a"))).toEqual(["b", "a", "c"]);
      expect(order(putBefore(rules, "c", "a"))).toEqual(["c", "a", "b"]);
    }
    expect(putBefore(far, "c", "b").filter((rule) => !far.includes(rule))).toEqual([{ ...far[2], priority: 1 }]);
    expect(putBefore(equal, "a", "x")).toEqual(equal);
    const full = [keyword("a", { priority: 1_000 }), keyword("b", { priority: 1_000 })];
    expect(putBefore(full, "b", "a").map((rule) => rule.priority)).toEqual([1_000, 1_000]);
  });
});

test("patterns are typed several at once, an expression by the line, none twice", () => {
  expect(patternsOf("发货，什么时候寄、 发货\n几时发", "contains").map((one) => one.text)).toEqual([
    "发货",
    "什么时候寄",
    "几时发",
  ]);
  expect(patternsOf("订单\\d{6,8}\n单号", "regex").map((one) => one.text)).toEqual(["订单\\d{6,8}", "单号"]);
  const known = patternsOf("发货", "contains");
  expect(addPatterns(known, patternsOf("发货，寄", "contains"))).toHaveLength(2);
  expect(addPatterns(known, patternsOf("发货", "exact"))).toHaveLength(2);
});

describe("findings", () => {
  const found = [
    finding("rules[1].when.any[2]"),
    finding("rules[1].reply.messages[0].text"),
    finding("rules[1]", { code: "never_wins" }),
    finding("rules[10].name"),
  ];

  test("stand beside the closest field, each once, those of no field at the rule", () => {
    const remarks = remarksOf(found, 1);
    expect(remarks.map((one) => one.path)).toEqual(["when.any[2]", "reply.messages[0].text", ""]);
    const placed = byField(remarks, ["when.any", "reply.messages", "reply.messages[0]"]);
    expect([...placed].map(([field, here]) => [field, here.length])).toEqual([
      ["when.any", 1],
      ["reply.messages[0]", 1],
      ["", 1],
    ]);
  });

  test("come from a refusal of the hub too", () => {
    const told = { path: "rules[0].name", zh: "太长", en: "too long" };
    const fault = new HubFault({ code: "invalid", message: "x", faults: [told, null, { path: 1 }] });
    expect(faultsOf(fault)).toEqual([{ code: "fault", severity: "error", ...told }]);
    expect(faultsOf(new HubFault(null))).toEqual([]);
  });
});

test("the table tells what is new, changed, doubtful; and finds words of a reply", () => {
  const published = [keyword("a"), keyword("b", { priority: 3 })];
  const rules = [
    keyword("a", { reply: { messages: [{ kind: "text", text: "今天发" }] } }),
    keyword("b", { priority: 3, when: { similar: ["几天能到"] } }),
    keyword("c", { enabled: false, layer: "default" }),
    keyword("d", { priority: 9 }),
  ];
  const known = {
    published: [...published, keyword("d", { priority: 9 })],
    findings: [finding("rules[1]")],
    stats: new Map(),
  };
  const rows = rowsOf(rules, known);
  expect(rows.map((row) => row.status)).toEqual(["changed", "changed", "new", "same"]);
  const ids = (sieve: object) => sifted(rows, { ...ALL, ...sieve }).map((row) => row.rule.id);
  expect(ids({ text: "今天 A" })).toEqual(["a"]);
  expect(ids({ found: true })).toEqual(["b"]);
  expect(ids({ enabled: false })).toEqual(["c"]);
  expect(ids({ changed: true, layer: "keyword" })).toEqual(["a", "b"]);
  expect(ids({ mode: "similar" })).toEqual(["b"]);
  expect(ordered(rows, "priority").map((row) => row.rule.id)).toEqual(["d", "b", "a", "c"]);
});

test("a difference is told by what went and what came, and a mere new order as that", () => {
  const change = {
    member: "when.any",
    before: [
      { mode: "exact", text: "在吗" },
      { mode: "exact", text: "在" },
    ],
    after: [
      { mode: "exact", text: "在" },
      { mode: "contains", text: "在吗" },
    ],
  };
  expect(piecesOf(change)).toEqual([
    { text: "exact: 在吗", is: "removed" },
    { text: "contains: 在吗", is: "added" },
  ]);
  const [first, second] = change.before;
  expect(isReordered({ ...change, after: [second, first] })).toBe(true);
  expect(piecesOf({ member: "cooldown_s", before: 0, after: 600 }).map((one) => one.text)).toEqual(["0", "600"]);
  expect(piecesOf({ member: "then.team", before: null, after: "售后" })).toEqual([{ text: "售后", is: "added" }]);
});

test("weekly hours are read as shifts and written back the same", () => {
  const weekly = { "mon-fri": ["09:00-12:00", "13:30-18:00"], "sat,sun": ["22:00-02:00"] };
  expect(weeklyOf(shiftsOf(weekly) ?? [])).toEqual(weekly);
  expect(shiftsOf({ "sat-mon": [] })?.[0]?.days).toEqual(["sat", "sun", "mon"]);
  expect(shiftsOf({ someday: [] })).toBeNull();
  expect(weeklyOf([{ days: ["wed", "mon"], ranges: [] }])).toEqual({ "mon,wed": [] });
});

test("a template is shown with its names filled in; what is none stays", () => {
  expect(filled("亲{{name|}}，{{ time | 现在 }}", { name: "小雨" })).toBe("亲小雨， 现在 ");
  expect(filled("{{unknown|x}} {{name}}", { name: "小雨" })).toBe("{{unknown|x}} {{name}}");
  expect(inserted("亲，在的", 1, 1, "name", "")).toBe("亲{{name|}}，在的");
});

test("a vocabulary is written line by line, and a fault finds its line", () => {
  const written = { words: "小白瓶\n\n雪绒毯\n小白瓶", synonyms: "雪绒毯、毛毛毯，那个毯子\n\n七天无理由,退换" };
  const vocabulary = vocabularyOf(written);
  expect(vocabulary).toEqual({
    words: ["小白瓶", "雪绒毯"],
    synonyms: [
      ["雪绒毯", "毛毛毯", "那个毯子"],
      ["七天无理由", "退换"],
    ],
  });
  expect(vocabularyOf(writtenOf(vocabulary))).toEqual(vocabulary);
  const told = { path: "vocabulary.synonyms[1]", zh: "重复", en: "twice" };
  expect(lineFaultsOf(new HubFault({ code: "invalid", message: "", faults: [told] }))).toEqual([
    { of: "synonyms", line: 2, zh: "重复", en: "twice" },
  ]);
});

test("every rule has an address, whatever its id, and no page is in its way", () => {
  for (const id of ["a", "~replay", "发货 1".replace(" ", "-"), "a/b", "~rule", "100%"]) {
    expect(spotOf(partsOf(ruleHref("demo", id)).slice(2))).toEqual({ is: "rule", id });
  }
  expect(spotOf(["~stats"])).toEqual({ is: "page", key: "stats" });
  expect(spotOf(["~nowhere"])).toEqual({ is: "table" });
});

test("a day without messages has a row of its own", () => {
  const rows = byDay([{ day: "2026-11-02", heard: 3 }], { from: "2026-11-01", to: "2026-11-03" }, ["heard"]);
  expect(rows).toEqual([
    { label: "11-01", values: { heard: 0 } },
    { label: "11-02", values: { heard: 3 } },
    { label: "11-03", values: { heard: 0 } },
  ]);
});

test("what was being written outlives the page, with what it began from; a storage that fails loses nothing else", () => {
  const stored = new Map<string, string>();
  const storage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => void stored.set(name, value),
    removeItem: (name: string) => void stored.delete(name),
  };
  const [base, one, two] = [keyword("a"), keyword("a", { name: "甲" }), keyword("a", { name: "乙" })];
  const kept = new Kept("1", storage);
  kept.put(one, base);
  kept.put(two, one); // what it began from stays
  expect(new Kept("1", storage).get()).toEqual({ a: { rule: two, base } });
  expect(new Kept("2", storage).get()).toEqual({});
  kept.drop("a");
  expect(stored.size).toBe(0);
  expect(new Kept("1", { ...storage, getItem: () => "{nonsense" }).get()).toEqual({});
  const full = new Kept("1", {
    ...storage,
    setItem: () => {
      throw new Error("full");
    },
  });
  full.put(one, null);
  expect(full.get()["a"]?.rule).toEqual(one);
});

test("a rule that is new is put at the end", () => {
  expect(withRule([keyword("a")], keyword("b")).map((one) => one.id)).toEqual(["a", "b"]);
});
