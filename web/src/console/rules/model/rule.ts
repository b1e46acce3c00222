import type { Audience, Mode, Pattern, Reply, Rule, Then, When } from "../../../wire";

/** A rule with nothing left out, as it is edited. Members that this page does not know stay where they are. */
export interface WholeRule extends Rule {
  enabled: boolean;
  priority: number;
  when: Required<When>;
  where: ("direct" | "group")[];
  unaddressed: boolean;
  channels: string[];
  audience: Required<Audience>;
  cooldown_s: number;
  reply: Required<Reply>;
  then: Required<Then>;
}

export type RuleMessage = Required<Reply>["messages"][number];
export type Layer = Rule["layer"];
/** Modes of a pattern; `similar` is none, it stands in questions of its own. */
export type PatternMode = Exclude<Mode, "similar">;

export const LAYERS: readonly Layer[] = ["follow", "first", "keyword", "offhours", "waiting", "default"];
export const MODES: readonly PatternMode[] = ["contains", "all", "exact", "words", "typo", "pinyin", "regex"];
/** Layers that hear no message and so listen for nothing. */
export const DEAF: readonly Layer[] = ["follow", "waiting"];
export const PRIORITY = { min: -1_000, max: 1_000 };

/** The rule with every member, the absent ones as the hub reads them. */
export function whole(rule: Rule): WholeRule {
  return {
    ...rule,
    enabled: rule.enabled ?? true,
    priority: rule.priority ?? 0,
    when: { any: [], none: [], similar: [], ...rule.when },
    where: rule.where ?? ["direct"],
    unaddressed: rule.unaddressed ?? false,
    channels: rule.channels ?? [],
    audience: { tags: [], ...rule.audience },
    hours: rule.hours ?? null,
    cooldown_s: rule.cooldown_s ?? 0,
    after_s: rule.after_s ?? null,
    reply: { choose: "all", visible: "room", messages: [], ...rule.reply },
    then: { hand_off: null, team: null, invite: null, tag: [], ...rule.then },
  };
}

/** A value in one form, whatever the order of its members, without those that say nothing. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => {
    if (member === null || typeof member !== "object" || Array.isArray(member)) return member;
    const said = Object.entries(member).filter(([, one]) => one !== null && one !== undefined);
    return Object.fromEntries(said.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Whether two rules say the same. */
export function same(one: Rule, other: Rule): boolean {
  return one === other || canonical(whole(one)) === canonical(whole(other));
}

/** An id that no rule of these has. */
export function freshId(rules: readonly Rule[], wished = "r"): string {
  const taken = new Set(rules.map((rule) => rule.id));
  for (;;) {
    const id = `${wished.slice(0, 55)}-${crypto.randomUUID().slice(0, 6)}`;
    if (!taken.has(id)) return id;
  }
}

/** A rule that says nothing yet. */
export function blankRule(id: string): WholeRule {
  return whole({ id, name: "", layer: "keyword", reply: { messages: [{ kind: "text", text: "" }] } });
}

/** The same rule under another id, switched off until somebody has looked at it. */
export function copyOf(rule: Rule, id: string, name: string): Rule {
  return { ...rule, id, name: name.slice(0, 80), enabled: false };
}

/** The rules with this one in its place, or at their end where it is new. */
export function withRule(rules: readonly Rule[], rule: Rule): Rule[] {
  return rules.some((one) => one.id === rule.id)
    ? rules.map((one) => (one.id === rule.id ? rule : one))
    : [...rules, rule];
}

export function without(rules: readonly Rule[], id: string): Rule[] {
  return rules.filter((rule) => rule.id !== id);
}

/** The rules with this one before all others of its layer. */
export function putFirst(rules: readonly Rule[], id: string): Rule[] {
  const rule = rules.find((one) => one.id === id);
  if (rule === undefined) return [...rules];
  const others = rules.filter((one) => one.layer === rule.layer && one.id !== id).map((one) => one.priority ?? 0);
  const priority = Math.min(PRIORITY.max, Math.max(rule.priority ?? 0, ...others.map((one) => one + 1)));
  return withRule(rules, { ...rule, priority });
}

/**
 * The rules with this one directly before another of its layer. Those that stood before the other stay before this one: where
 * there is no number between them, theirs rise as well.
 */
export function putBefore(rules: readonly Rule[], id: string, other: string): Rule[] {
  const layer = rules.find((one) => one.id === id)?.layer;
  const priorityOf = (rule: Rule) => rule.priority ?? 0;
  const peers = rules.filter((one) => one.layer === layer && one.id !== id);
  peers.sort((a, b) => priorityOf(b) - priorityOf(a));
  const at = peers.findIndex((one) => one.id === other);
  const mine = rules.find((one) => one.id === id);
  if (at < 0 || mine === undefined) return [...rules];
  const risen = new Map<string, number>();
  let least = priorityOf(peers[at] as Rule) + 1;
  for (const rule of [mine, ...peers.slice(0, at).reverse()]) {
    const priority = rule === mine ? least : Math.max(priorityOf(rule), least);
    risen.set(rule.id, Math.min(PRIORITY.max, priority));
    least = priority + 1;
  }
  return rules.map((rule) => {
    const priority = risen.get(rule.id) ?? priorityOf(rule);
    return priority === priorityOf(rule) ? rule : { ...rule, priority };
  });
}

/** Several patterns as somebody types or pastes them: one a line, or between commas; an expression takes its line. */
export function patternsOf(typed: string, mode: PatternMode): Pattern[] {
  const parts = mode === "regex" ? typed.split(/\n/) : typed.split(/[\n，,、；;]/);
  return unique(parts.map((part) => part.trim()).filter(Boolean)).map((text) => ({ mode, text }));
}

/** The patterns and those that are not there yet. */
export function addPatterns(patterns: readonly Pattern[], more: readonly Pattern[]): Pattern[] {
  const known = new Set(patterns.map((one) => `${one.mode} ${one.text}`));
  return [...patterns, ...more.filter((one) => !known.has(`${one.mode} ${one.text}`))];
}

export function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

/** What a rule says, in one line; empty where it says nothing. */
export function gistOf(rule: Rule): string {
  const first = rule.reply?.messages?.[0];
  if (first === undefined) return "";
  if (first.kind === "image") return first.alt ?? "";
  return first.kind === "card" ? first.title : first.text;
}

/** All words that somebody may look for in a rule. */
export function searched(rule: Rule): string {
  const when = whole(rule).when;
  const replies = (rule.reply?.messages ?? []).map((one) =>
    one.kind === "image" ? (one.alt ?? "") : one.kind === "card" ? `${one.title} ${one.text ?? ""}` : one.text,
  );
  const patterns = [...when.any, ...when.none].map((one) => one.text);
  return [rule.name, rule.id, ...patterns, ...when.similar, ...replies].join("\n").toLowerCase();
}
