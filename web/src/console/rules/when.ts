import { useMemo } from "react";

import { useLanguage } from "../../ui/taste";

/** Writes a moment: the time alone where it is today. */
export function useWhen(): (at: string) => string {
  const language = useLanguage();
  return useMemo(() => {
    const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
    const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
    return (at) => {
      const date = new Date(at);
      return (date.toDateString() === new Date().toDateString() ? clock : full).format(date);
    };
  }, [language]);
}
