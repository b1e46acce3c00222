import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { DAYS, type DayHours } from "./hours";
import { Ranges } from "./Ranges";

/** The seven days, each with its hours. */
export function Week({
  week,
  readOnly,
  onChange,
}: {
  week: readonly DayHours[];
  readOnly: boolean;
  onChange: (week: DayHours[]) => void;
}) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <ul className="rows week">
        {DAYS.map((day, place) => (
          <li key={day}>
            <strong className="week-day">{t(`account.hours.day.${day}`)}</strong>
            <Ranges
              name={t(`account.hours.day.${day}`)}
              hours={week[place] ?? []}
              readOnly={readOnly}
              onChange={(hours) => onChange(week.map((one, at) => (at === place ? hours : one)))}
            />
          </li>
        ))}
      </ul>
      {!readOnly && (
        <div className="form-acts">
          <Button
            size="small"
            onClick={() => onChange(DAYS.map((_, at) => (at < 5 ? (week[0] ?? []) : (week[at] ?? []))))}
          >
            {t("account.hours.toWorkdays")}
          </Button>
          <Button size="small" onClick={() => onChange(DAYS.map(() => week[0] ?? []))}>
            {t("account.hours.toAll")}
          </Button>
        </div>
      )}
    </div>
  );
}
