import type { HubFault } from "../../../hub/fault";
import type { Finding } from "../../../wire";

/** Something to say beside a field. `path` is within the rule: `when.any[0].text`. */
export interface Remark {
  path: string;
  severity: Finding["severity"];
  code: Finding["code"];
  zh: string;
  en: string;
  other: string | null;
  words: readonly string[];
}

/** What is found about the rule at this place of its set. */
export function remarksOf(findings: readonly Finding[], at: number): Remark[] {
  const prefix = `rules[${at}]`;
  return findings.flatMap((one) => {
    if (one.path !== prefix && !one.path.startsWith(`${prefix}.`)) return [];
    return {
      path: one.path.slice(prefix.length + 1),
      severity: one.severity,
      code: one.code,
      zh: one.zh,
      en: one.en,
      other: one.other ?? null,
      words: one.words ?? [],
    };
  });
}

/** The faults for which the hub refused a set of rules, as findings. */
export function faultsOf(fault: HubFault | null): Finding[] {
  const told = fault?.fault?.["faults"];
  if (!Array.isArray(told)) return [];
  return told.flatMap((one: unknown) => {
    if (typeof one !== "object" || one === null) return [];
    const { path, zh, en } = one as Record<string, unknown>;
    if (typeof path !== "string" || typeof zh !== "string" || typeof en !== "string") return [];
    return { code: "fault", severity: "error", path, zh, en };
  });
}

/** Each remark at the closest of these fields, so that it is said once and nowhere lost; "" is the rule as a whole. */
export function byField(remarks: readonly Remark[], fields: readonly string[]): Map<string, Remark[]> {
  const placed = new Map<string, Remark[]>();
  for (const remark of remarks) {
    const inside = fields.filter((field) => isWithin(remark.path, field));
    const field = inside.reduce((best, one) => (one.length > best.length ? one : best), "");
    placed.set(field, [...(placed.get(field) ?? []), remark]);
  }
  return placed;
}

function isWithin(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

/** The place of an entry of a list that a remark is about: of `when.any`, 2 for `when.any[2].text`. */
export function entryOf(path: string, list: string): number | null {
  const found = path.startsWith(`${list}[`) ? /^\[(\d+)\]/.exec(path.slice(list.length)) : null;
  return found === null ? null : Number(found[1]);
}
