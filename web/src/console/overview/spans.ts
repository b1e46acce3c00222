import type { TFunction } from "i18next";

/** Seconds between two moments of the wire; never less than none. */
export function secondsSince(then: string, now: string): number {
  return Math.max(0, (Date.parse(now) - Date.parse(then)) / 1_000);
}

/** A span as people say it: seconds under a minute and a half, minutes under an hour and a half. */
export function inWords(t: TFunction, seconds: number): string {
  if (seconds < 90) return t("overview.seconds", { count: Math.round(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return t("overview.minutes", { count: minutes });
  return t("overview.hours", { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}
