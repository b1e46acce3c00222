import { Segmented } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Failed } from "../../parts/Failed";
import { Nothing } from "../../parts/Nothing";
import { Plot } from "../../parts/plots/Plot";
import type { Series } from "../../parts/plots/plotted";
import { ByRule } from "./ByRule";
import { byDay } from "./rows";
import { lastDays, type Range, useRuleDays, useStats } from "./useStats";

const RANGES = [7, 14, 30, 90];
const FATES = ["answered", "choices", "handed_off", "silent"] as const;

/** What became of the messages day by day, and what each rule did. */
export function Stats() {
  const { t } = useTranslation();
  const [count, setCount] = useState(7);
  const range = useMemo(() => lastDays(count), [count]);
  const [chosen, setChosen] = useState<string | null>(null);
  const { view, rules, fault, again } = useStats(range);
  const named = (key: string, color: Series["color"]): Series => ({ key, name: t(`rules.stats.series.${key}`), color });
  const name = rules.find((one) => one.rule === chosen)?.name ?? chosen ?? "";
  if (fault !== null) return <Failed fault={fault} again={again} />;
  return (
    <div className="stats">
      <Segmented
        aria-label={t("rules.stats.range")}
        value={count}
        onChange={setCount}
        options={RANGES.map((value) => ({ value, label: t("rules.replay.lastDays", { count: value }) }))}
      />
      {view === null ? (
        <p className="loading">{t("loading")}</p>
      ) : view.days.length === 0 && rules.length === 0 ? (
        <Nothing what={t("rules.stats.none")} next={t("rules.stats.noneHow")} />
      ) : (
        <>
          <div className="plots">
            <Plot
              kind="stack"
              title={t("rules.stats.days")}
              axis={t("rules.stats.date")}
              rows={byDay(view.days, range, FATES)}
              series={[named("answered", 1), named("choices", 3), named("handed_off", 2), named("silent", 4)]}
            />
            {chosen === null ? (
              <Plot
                kind="lines"
                title={t("rules.stats.unanswered")}
                axis={t("rules.stats.date")}
                rows={byDay(view.days, range, ["unanswered"])}
                series={[named("unanswered", 5)]}
              />
            ) : (
              <OfRule key={chosen} rule={chosen} name={name} range={range} named={named} />
            )}
          </div>
          <ByRule rules={rules} view={view} chosen={chosen} onChoose={setChosen} />
        </>
      )}
    </div>
  );
}

const DID = ["heard", "answered", "handed_off", "asked_again"] as const;

function OfRule({
  rule,
  name,
  range,
  named,
}: {
  rule: string;
  name: string;
  range: Range;
  named: (key: string, color: Series["color"]) => Series;
}) {
  const { t } = useTranslation();
  const days = useRuleDays(rule, range);
  return (
    <Plot
      kind="lines"
      title={t("rules.stats.one", { name })}
      axis={t("rules.stats.date")}
      rows={byDay(days ?? [], range, DID)}
      series={[named("heard", 4), named("answered", 1), named("handed_off", 2), named("asked_again", 5)]}
    />
  );
}
