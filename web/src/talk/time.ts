import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../ui/context";
import { useLanguage } from "../ui/taste";

const DAY_MS = 86_400_000;
/** Browsers take no longer timers; this long is short enough to look again. */
const LONGEST_TIMER_MS = 3_600_000;

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Which day a time of the wire falls on, as a number that grows by one each day here. */
export function dayOf(at: string): number {
  return Math.round(startOfDay(new Date(at)) / DAY_MS);
}

/** The time of day. */
export function useClock(): (at: string) => string {
  const language = useLanguage();
  return useMemo(() => {
    const format = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return (at) => format.format(new Date(at));
  }, [language]);
}

/** The day, as people say it: by itself, or within a sentence. */
export function useDate(within = false): (at: string) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo(() => {
    const near = new Intl.DateTimeFormat(language, { month: "long", day: "numeric", weekday: "short" });
    const far = new Intl.DateTimeFormat(language, { dateStyle: "long" });
    return (at) => {
      const date = new Date(at);
      const days = Math.round((startOfDay(new Date()) - startOfDay(date)) / DAY_MS);
      if (days === 0) return t(within ? "within.today" : "today");
      if (days === 1) return t(within ? "within.yesterday" : "yesterday");
      return (days < 300 ? near : far).format(date);
    };
  }, [language, t, within]);
}

/** The time today, the day before that: for lists. */
export function useDay(): (at: string) => string {
  const clock = useClock();
  const { t } = useTranslation();
  const language = useLanguage();
  return useMemo(() => {
    const short = new Intl.DateTimeFormat(language, { month: "numeric", day: "numeric" });
    return (at) => {
      const days = Math.round((startOfDay(new Date()) - startOfDay(new Date(at))) / DAY_MS);
      return days === 0 ? clock(at) : days === 1 ? t("yesterday") : short.format(new Date(at));
    };
  }, [clock, language, t]);
}

/** A day and the time of it, within a sentence: for what ends or begins then. */
export function useMoment(): (at: string) => string {
  const date = useDate(true);
  const clock = useClock();
  return useMemo(() => (at) => `${date(at)} ${clock(at)}`, [date, clock]);
}

/** What time it is at the hub, in milliseconds, told anew when `until` has come, and each second before where `ticks`. */
export function useNow(until: number | null, ticks = false): number {
  const hub = useHub();
  const [now, setNow] = useState(() => hub.now());
  useEffect(() => {
    if (until === null) return;
    const left = until - hub.now();
    const tell = () => setNow(hub.now());
    if (left <= 0) {
      const timer = setTimeout(tell);
      return () => clearTimeout(timer);
    }
    const timer = setTimeout(tell, Math.min(left + 50, ticks ? left % 1_000 || 1_000 : LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  }, [hub, until, ticks, now]);
  return now;
}
