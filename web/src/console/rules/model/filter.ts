import type { Finding, Rule, RuleStatsView } from "../../../wire";
import { type Layer, LAYERS, same, searched } from "./rule";

export interface Sieve {
  text: string;
  layer: Layer | null;
  mode: string | null;
  enabled: boolean | null;
  changed: boolean;
  found: boolean;
}

export const ALL: Sieve = { text: "", layer: null, mode: null, enabled: null, changed: false, found: false };

export type Order = "priority" | "name" | "heard" | "answered";
export type Status = "new" | "changed" | "same";

/** A rule as the table shows it. */
export interface Row {
  rule: Rule;
  status: Status;
  findings: readonly Finding[];
  stats: RuleStatsView | null;
}

export interface Known {
  /** What is published; null while it is not known, or nothing ever was. */
  published: readonly Rule[] | null;
  findings: readonly Finding[];
  stats: ReadonlyMap<string, RuleStatsView>;
}

/** Every rule with what is known of it. */
export function rowsOf(rules: readonly Rule[], known: Known): Row[] {
  const published = known.published === null ? null : new Map(known.published.map((rule) => [rule.id, rule]));
  const found = new Map<string, Finding[]>();
  for (const finding of known.findings) {
    const owner = ownerOf(finding, rules) ?? "";
    found.set(owner, [...(found.get(owner) ?? []), finding]);
  }
  return rules.map((rule) => ({
    rule,
    status: statusOf(rule, published),
    findings: found.get(rule.id) ?? [],
    stats: known.stats.get(rule.id) ?? null,
  }));
}

function statusOf(rule: Rule, published: ReadonlyMap<string, Rule> | null): Status {
  if (published === null) return "same";
  const was = published.get(rule.id);
  return was === undefined ? "new" : same(was, rule) ? "same" : "changed";
}

/** The id of the rule that a finding is about: a fault tells only its place. */
export function ownerOf(finding: Finding, rules: readonly Rule[]): string | null {
  if (typeof finding.rule === "string") return finding.rule;
  const at = /^rules\[(\d+)\]/.exec(finding.path)?.[1];
  return at === undefined ? null : (rules[Number(at)]?.id ?? null);
}

export function sifted(rows: readonly Row[], sieve: Sieve): Row[] {
  const words = sieve.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const { rule } = row;
    if (sieve.layer !== null && rule.layer !== sieve.layer) return false;
    if (sieve.enabled !== null && (rule.enabled ?? true) !== sieve.enabled) return false;
    if (sieve.changed && row.status === "same") return false;
    if (sieve.found && row.findings.length === 0) return false;
    if (sieve.mode !== null && !hasMode(rule, sieve.mode)) return false;
    return words.length === 0 || holdsAll(searched(rule), words);
  });
}

function holdsAll(text: string, words: readonly string[]): boolean {
  return words.every((word) => text.includes(word));
}

function hasMode(rule: Rule, mode: string): boolean {
  if (mode === "similar") return (rule.when?.similar?.length ?? 0) > 0;
  return [...(rule.when?.any ?? []), ...(rule.when?.none ?? [])].some((one) => one.mode === mode);
}

/** By layer and priority as the engine asks them; or by a figure, the most first. */
export function ordered(rows: readonly Row[], order: Order): Row[] {
  const figure = (row: Row) => (order === "heard" ? row.stats?.heard : row.stats?.answered) ?? 0;
  return [...rows].sort((a, b) => {
    if (order === "name") return a.rule.name.localeCompare(b.rule.name, "zh");
    if (order !== "priority") return figure(b) - figure(a);
    const layer = LAYERS.indexOf(a.rule.layer) - LAYERS.indexOf(b.rule.layer);
    return layer !== 0 ? layer : (b.rule.priority ?? 0) - (a.rule.priority ?? 0);
  });
}
