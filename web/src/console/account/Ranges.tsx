import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../ui/icons";
import { ALL_DAY, type DayHours, isOverNight, rangeOf, RANGES_LIMIT, timesOf } from "./hours";

/** The hours of one day: closed, or from when until when, several times if need be. `name`: of the day, for who hears the page. */
export function Ranges({
  name,
  hours,
  readOnly,
  onChange,
}: {
  name: string;
  hours: DayHours;
  readOnly: boolean;
  onChange: (hours: DayHours) => void;
}) {
  const { t } = useTranslation();
  const put = (place: number, range: string) => onChange(hours.map((one, at) => (at === place ? range : one)));
  return (
    <div className="ranges">
      {hours.length === 0 && <span className="soft">{t("account.hours.closed")}</span>}
      {hours.map((range, place) => {
        const [begin, end] = timesOf(range);
        const named = { day: name, number: place + 1 };
        if (range === ALL_DAY && hours.length === 1) {
          return (
            <span className="range" key={place}>
              {t("account.hours.allDay")}
              {!readOnly && (
                <Button
                  size="small"
                  type="link"
                  aria-label={t("account.hours.limitOf", { day: name })}
                  onClick={() => put(place, "09:00-18:00")}
                >
                  {t("account.hours.limit")}
                </Button>
              )}
            </span>
          );
        }
        return (
          <span className="range" key={place}>
            <input
              type="time"
              className="plain-input"
              aria-label={t("account.hours.begins", named)}
              value={begin}
              disabled={readOnly}
              required
              onChange={(event) => put(place, rangeOf(event.target.value, end))}
            />
            <span aria-hidden="true">–</span>
            <input
              type="time"
              className="plain-input"
              aria-label={t("account.hours.ends", named)}
              value={end}
              disabled={readOnly}
              required
              onChange={(event) => put(place, rangeOf(begin, event.target.value))}
            />
            {isOverNight(range) && <small className="soft">{t("account.hours.nextDay")}</small>}
            {!readOnly && (
              <IconButton
                icon="close"
                className="small"
                label={t("account.hours.drop", named)}
                onClick={() => onChange(hours.filter((_, at) => at !== place))}
              />
            )}
          </span>
        );
      })}
      {!readOnly && hours.length < RANGES_LIMIT && hours[0] !== ALL_DAY && (
        <Button
          size="small"
          type="link"
          aria-label={t("account.hours.addTo", { day: name })}
          onClick={() => onChange([...hours, hours.length === 0 ? "09:00-18:00" : "19:00-21:00"])}
        >
          {t(hours.length === 0 ? "account.hours.open" : "account.hours.another")}
        </Button>
      )}
    </div>
  );
}
