import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { RuleStatsView, StatsView } from "../../../wire";
import { ruleHref } from "../places";
import { useRulebook } from "../rulebook";

const FIGURES = ["heard", "answered", "handed_off", "asked_again"] as const;
type Figure = (typeof FIGURES)[number];
/** Rules that are shown at first; a button shows the rest. */
const FEW = 25;

interface ByRuleProps {
  rules: readonly RuleStatsView[];
  view: Pick<StatsView, "from" | "to" | "zone">;
  chosen: string | null;
  onChoose: (rule: string | null) => void;
}

/** Each rule's figures, the most first; a rule that is chosen is plotted by day. */
export function ByRule({ rules, view, chosen, onChoose }: ByRuleProps) {
  const { t } = useTranslation();
  const [by, setBy] = useState<Figure>("answered");
  const [all, setAll] = useState(false);
  const sorted = [...rules].sort((a, b) => b[by] - a[by]);
  const most = Math.max(1, ...rules.map((one) => one[by]));
  return (
    <section className="by-rule">
      <h3>{t("rules.stats.rules", { ...view })}</h3>
      <p className="soft">{t("rules.stats.more")}</p>
      <div className="scrolling" tabIndex={0} role="region" aria-label={t("rules.page.stats")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t("rules.stats.rule")}</th>
              {FIGURES.map((figure) => (
                <th key={figure} scope="col" aria-sort={by === figure ? "descending" : "none"}>
                  <button type="button" onClick={() => setBy(figure)}>
                    {t(`rules.stats.series.${figure}`)}
                    {by === figure && <span aria-hidden="true"> ↓</span>}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {(all ? sorted : sorted.slice(0, FEW)).map((one) => (
              <Line key={one.rule} one={one} by={by} most={most} isChosen={chosen === one.rule} onChoose={onChoose} />
            ))}
          </tbody>
        </table>
      </div>
      {!all && sorted.length > FEW && (
        <button type="button" className="button" onClick={() => setAll(true)}>
          {t("console.more")}
        </button>
      )}
    </section>
  );
}

interface LineProps {
  one: RuleStatsView;
  by: Figure;
  most: number;
  isChosen: boolean;
  onChoose: (rule: string | null) => void;
}

function Line({ one, by, most, isChosen, onChoose }: LineProps) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  return (
    <tr data-chosen={isChosen}>
      <th scope="row">
        <span className="by-rule-bar" style={{ inlineSize: `${(100 * one[by]) / most}%` }} aria-hidden="true" />
        <span className="by-rule-name">
          <button type="button" aria-pressed={isChosen} onClick={() => onChoose(isChosen ? null : one.rule)}>
            {one.name ?? `${one.rule} ${t("rules.stats.gone")}`}
          </button>
          {one.name !== null && <a href={ruleHref(account, one.rule)}>{t("console.edit")}</a>}
        </span>
      </th>
      {FIGURES.map((figure) => (
        <td key={figure}>{one[figure]}</td>
      ))}
    </tr>
  );
}
