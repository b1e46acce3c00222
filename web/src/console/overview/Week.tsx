import { useTranslation } from "react-i18next";

import type { DayView } from "../../wire";
import { Plot } from "../parts/plots/Plot";

/** What became of the messages of the last seven days. */
export function Week({ days }: { days: readonly DayView[] }) {
  const { t } = useTranslation();
  return (
    <Plot
      title={t("overview.week")}
      axis={t("overview.day")}
      kind="stack"
      rows={days.map((day) => ({
        label: day.day.slice(5),
        values: { answered: day.answered, choices: day.choices, handed_off: day.handed_off, silent: day.silent },
      }))}
      series={[
        { key: "answered", name: t("overview.answered"), color: 1 },
        { key: "choices", name: t("overview.choices"), color: 3 },
        { key: "handed_off", name: t("overview.handedOff"), color: 2 },
        { key: "silent", name: t("overview.silent"), color: 4 },
      ]}
    />
  );
}
