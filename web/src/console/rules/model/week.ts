/** Days in the order of a week, as hours name them. */
export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** Some days that have the same hours. */
export interface Shift {
  days: Day[];
  ranges: string[];
}

/** Weekly hours as JSON has them (`mon-fri`, `sat,sun`), as shifts; null where a key is none that we can read. */
export function shiftsOf(weekly: Readonly<Record<string, readonly string[]>>): Shift[] | null {
  const shifts: Shift[] = [];
  for (const [key, ranges] of Object.entries(weekly)) {
    const days = daysOf(key);
    if (days === null) return null;
    shifts.push({ days, ranges: [...ranges] });
  }
  return shifts;
}

function daysOf(key: string): Day[] | null {
  const days: Day[] = [];
  for (const part of key.toLowerCase().split(",")) {
    const [from, to = from] = part
      .trim()
      .split("-")
      .map((day) => DAYS.indexOf(day.trim() as Day));
    if (from === undefined || to === undefined || from < 0 || to < 0) return null;
    for (let at = from; ; at = (at + 1) % DAYS.length) {
      const day = DAYS[at];
      if (day !== undefined) days.push(day);
      if (at === to) break;
    }
  }
  return days;
}

/** The same as JSON has it; days beside each other as `mon-fri`. Shifts without a day are left out. */
export function weeklyOf(shifts: readonly Shift[]): Record<string, string[]> {
  const weekly: Record<string, string[]> = {};
  for (const { days, ranges } of shifts) {
    if (days.length === 0) continue;
    const key = keyOf(days);
    weekly[key] = [...(weekly[key] ?? []), ...ranges];
  }
  return weekly;
}

function keyOf(days: readonly Day[]): string {
  const runs: Day[][] = [];
  for (const day of DAYS.filter((one) => days.includes(one))) {
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && DAYS.indexOf(day) === DAYS.indexOf(last) + 1) runs.at(-1)?.push(day);
    else runs.push([day]);
  }
  return runs.map((run) => (run.length > 2 ? `${run[0] ?? ""}-${run.at(-1) ?? ""}` : run.join(","))).join(",");
}
