import { Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Day, Figures } from "../../../wire";
import { useAsked } from "../../parts/asked";
import { Failed } from "../../parts/Failed";
import { Nothing } from "../../parts/Nothing";
import { Plot } from "../../parts/plots/Plot";
import type { Series } from "../../parts/plots/plotted";
import { useGroup } from "../group";
import { ByModerator } from "./ByModerator";

const RANGES = [7, 30, 90];
type Figure = Exclude<keyof Day, "day">;
const COUNTED: readonly Figure[] = ["messages", "joins", "leaves", "reports", "filtered", "held", "blocked", "acts"];

/** What happened in the group day by day, and what each moderator did. */
export function Stats() {
  const { t } = useTranslation();
  const group = useGroup();
  const [days, setDays] = useState(7);
  const { value, fault, again } = useAsked("GET /groups/{group}/stats", {
    path: { group: group.id },
    query: { days },
  });
  return (
    <div className="stack">
      <Segmented
        className="group-days"
        aria-label={t("groups.stats.range")}
        value={days}
        onChange={setDays}
        options={RANGES.map((count) => ({ value: count, label: t("groups.stats.lastDays", { count }) }))}
      />
      {fault !== null && <Failed fault={fault} again={again} />}
      {value === null && fault === null && <p className="loading">{t("loading")}</p>}
      {value !== null &&
        (isEmpty(value) ? (
          <Nothing what={t("groups.stats.none")} next={t("groups.stats.noneNext")} />
        ) : (
          <Shown figures={value} />
        ))}
    </div>
  );
}

function Shown({ figures }: { figures: Figures }) {
  const { t } = useTranslation();
  const plot = (title: string, kind: "stack" | "lines" | "bars", drawn: [key: Figure, color: Series["color"]][]) => (
    <Plot
      kind={kind}
      title={title}
      axis={t("groups.stats.day")}
      rows={figures.days.map((one) => ({
        label: one.day.slice(5),
        values: Object.fromEntries(drawn.map(([key]) => [key, one[key]])),
      }))}
      series={drawn.map(([key, color]) => ({ key, color, name: t(`groups.stats.${key}`) }))}
    />
  );
  return (
    <>
      <div className="group-plots">
        {plot(t("groups.stats.messages"), "bars", [["messages", 1]])}
        {plot(t("groups.stats.people"), "bars", [
          ["joins", 1],
          ["leaves", 2],
        ])}
        {plot(t("groups.stats.trouble"), "stack", [
          ["held", 2],
          ["blocked", 5],
          ["reports", 3],
        ])}
      </div>
      <ByModerator figures={figures} />
    </>
  );
}

function isEmpty({ days, moderators }: Figures): boolean {
  return moderators.length === 0 && days.every((day) => COUNTED.every((key) => day[key] === 0));
}
