import type { PlotRow } from "../../parts/plots/plotted";
import type { Range } from "./useStats";

/** A row for every day of the range, also for those on which nothing was counted; labels without the year. */
export function byDay<T extends { day: string | null }>(
  days: readonly T[],
  range: Range,
  members: readonly (keyof T & string)[],
): PlotRow[] {
  const known = new Map(days.map((one) => [one.day, one]));
  return daysOf(range).map((day) => {
    const counted = known.get(day);
    const values = members.map((member) => [member, counted === undefined ? 0 : Number(counted[member])] as const);
    return { label: day.slice(5), values: Object.fromEntries(values) };
  });
}

const DAY_MS = 86_400_000;

function daysOf(range: Range): string[] {
  const [from, to] = [Date.parse(range.from), Date.parse(range.to)];
  const count = Math.floor((to - from) / DAY_MS) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, at) => new Date(from + at * DAY_MS).toISOString().slice(0, 10));
}
