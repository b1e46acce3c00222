/** A moment as people say it: the time alone when it is today. */
export function told(at: string, language: string, now = Date.now()): string {
  const moment = new Date(at);
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  if (moment.toDateString() === new Date(now).toDateString()) return moment.toLocaleTimeString(language, time);
  const year = moment.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: "numeric" } as const);
  return moment.toLocaleString(language, { month: "short", day: "numeric", ...year, ...time });
}

/** For how long somebody can be muted or banned; null is for good. In seconds. */
export const SPANS = [600, 3_600, 86_400, 7 * 86_400, 30 * 86_400] as const;
