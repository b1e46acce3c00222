import type { Hours } from "../../wire";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

export type Day = (typeof DAYS)[number];

/** The hours of one day: ranges such as `09:00-18:00`; none is closed. */
export type DayHours = readonly string[];

/** A day or days that are not as the week is. */
export interface Special {
  first: string;
  last: string;
  hours: DayHours;
}

export const RANGES_LIMIT = 6;
export const SPECIALS_LIMIT = 100;

export const ALL_DAY = "00:00-24:00";

/** The week, Monday first. Without weekly hours every hour is open. */
export function weekOf(hours: Hours): DayHours[] {
  const weekly = hours.weekly ?? {};
  const week: DayHours[] = DAYS.map(() => (Object.keys(weekly).length === 0 ? [ALL_DAY] : []));
  for (const [key, ranges] of Object.entries(weekly)) for (const day of daysOf(key)) week[day] = ranges;
  return week;
}

/** The days, Monday being 0, of `mon-fri`, `sat,sun` or `fri-mon`. */
function daysOf(key: string): number[] {
  return key.split(",").flatMap((part) => {
    const [first, last = first] = part.trim().split("-") as [Day, Day?];
    const [begin, end] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    return Array.from({ length: ((end - begin + 7) % 7) + 1 }, (_, step) => (begin + step) % 7);
  });
}

/** The week as the hub keeps it: neighbours that are alike under one key. Every day is named, for no days at all would mean every hour. */
export function weeklyOf(week: readonly DayHours[]): Record<string, string[]> {
  const weekly: Record<string, string[]> = {};
  let begin = 0;
  for (let day = 1; day <= DAYS.length; day += 1) {
    if (day < DAYS.length && isAlike(week[day], week[begin])) continue;
    const [first, last] = [DAYS[begin], DAYS[day - 1]];
    weekly[first === last ? String(first) : `${String(first)}-${String(last)}`] = [...(week[begin] ?? [])];
    begin = day;
  }
  return weekly;
}

function isAlike(one: DayHours = [], other: DayHours = []): boolean {
  return one.join() === other.join();
}

/** The special days in their order. */
export function specialsOf(hours: Hours): Special[] {
  return Object.entries(hours.holidays ?? {})
    .map(([key, ranges]) => {
      const [first = "", last = first] = key.split("/");
      return { first, last, hours: ranges };
    })
    .sort((one, other) => one.first.localeCompare(other.first));
}

export function holidaysOf(specials: readonly Special[]): Record<string, string[]> {
  return Object.fromEntries(
    specials.map(({ first, last, hours }) => [last === "" || last === first ? first : `${first}/${last}`, [...hours]]),
  );
}

/** A range as two times of the clock; midnight at the end is `00:00`, as clocks show it. */
export function timesOf(range: string): [string, string] {
  const [begin = "09:00", end = "18:00"] = range.split("-");
  return [begin, end === "24:00" ? "00:00" : end];
}

export function rangeOf(begin: string, end: string): string {
  return `${begin}-${end === "00:00" ? "24:00" : end}`;
}

/** Whether the range runs past midnight, into the next day. */
export function isOverNight(range: string): boolean {
  const [begin = "", end = ""] = range.split("-");
  return end < begin;
}
