import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import type { Figures } from "../../../wire";

/** Each moderator with what they did, and after what time half of their cases were decided. */
export function ByModerator({ figures }: { figures: Figures }) {
  const { t } = useTranslation();
  const { moderators, decided, median_decision_s: median } = figures;
  return (
    <section className="panel" aria-label={t("groups.stats.moderators")}>
      <h2>{t("groups.stats.moderators")}</h2>
      {moderators.length === 0 ? (
        <p>{t("groups.stats.nobody")}</p>
      ) : (
        <div className="scrolling" tabIndex={0} role="region" aria-label={t("groups.stats.moderators")}>
          <table className="figures-table">
            <thead>
              <tr>
                {(["who", "acts", "which", "decided", "median"] as const).map((key) => (
                  <th key={key} scope="col">
                    {t(`groups.stats.${key}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {moderators.map((one) => (
                <tr key={one.person}>
                  <th scope="row">{one.name || one.person || t("groups.stats.hub")}</th>
                  <td>{sum(one.acts)}</td>
                  <td className="figures-which">{actsOf(t, one.acts)}</td>
                  <td>{one.decided}</td>
                  <td>{spanOf(t, one.median_decision_s)}</td>
                </tr>
              ))}
            </tbody>
            <tfoot>
              <tr>
                <th scope="row">{t("groups.stats.all")}</th>
                <td>{moderators.reduce((count, one) => count + sum(one.acts), 0)}</td>
                <td />
                <td>{decided}</td>
                <td>{spanOf(t, median)}</td>
              </tr>
            </tfoot>
          </table>
        </div>
      )}
      <p className="soft">{t("groups.stats.zone", { zone: figures.zone })}</p>
    </section>
  );
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

/** The acts by name, the most first. */
function actsOf(t: TFunction, acts: Readonly<Record<string, number>>): string {
  const sorted = Object.entries(acts).sort(([, a], [, b]) => b - a);
  return sorted.map(([act, count]) => `${t(`groups.log.act.${act}`, { defaultValue: act })} ${count}`).join(" · ");
}

/** A time to decision as people say it; a dash where nothing was decided. */
function spanOf(t: TFunction, seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 90) return t("groups.span.seconds", { count: seconds });
  if (seconds < 90 * 60) return t("groups.span.minutes", { count: Math.round(seconds / 60) });
  if (seconds < 36 * 3_600) return t("groups.span.hours", { count: Math.round(seconds / 3_600) });
  return t("groups.span.days", { count: Math.round(seconds / 86_400) });
}
