import { useTranslation } from "react-i18next";

import type { Hours } from "../wire";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

/** When somebody is there, by days of the week and special dates. */
export function Opening({ hours }: { hours: Hours }) {
  const { t } = useTranslation();
  const said = (times: readonly string[]) =>
    times.length === 0
      ? t("account.closed")
      : times.map((one) => (one === "00:00-24:00" ? t("account.always") : one)).join(t("comma"));
  const weekly = hours.weekly ?? {};
  const holidays = Object.entries(hours.holidays ?? {});
  return (
    <section className="opening" aria-labelledby="opening">
      <h3 id="opening">{t("account.hours")}</h3>
      <dl>
        {Object.entries(weekly).map(([days, times]) => (
          <div key={days}>
            <dt>{daysOf(days, (day) => t(`day.${day}`), t("comma"))}</dt>
            <dd>{said(times)}</dd>
          </div>
        ))}
      </dl>
      {holidays.length > 0 && (
        <>
          <h3>{t("account.holidays")}</h3>
          <dl>
            {holidays.map(([date, times]) => (
              <div key={date}>
                <dt>{date}</dt>
                <dd>{said(times)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
      {hours.zone !== undefined && <p className="soft">{t("account.zone", { zone: hours.zone })}</p>}
    </section>
  );
}

/** `mon-fri` and `sat,sun` as people say them. */
export function daysOf(days: string, nameOf: (day: (typeof DAYS)[number]) => string, between: string): string {
  return days
    .split(",")
    .map((part) =>
      part
        .split("-")
        .map((day) => {
          const known = DAYS.find((one) => one === day.trim());
          return known === undefined ? day : nameOf(known);
        })
        .join("–"),
    )
    .join(between);
}
