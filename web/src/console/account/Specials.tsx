import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../ui/icons";
import { type Special, SPECIALS_LIMIT } from "./hours";
import { Ranges } from "./Ranges";

/** Holidays and days that are worked though the week says otherwise. */
export function Specials({
  specials,
  readOnly,
  onChange,
}: {
  specials: readonly Special[];
  readOnly: boolean;
  onChange: (specials: Special[]) => void;
}) {
  const { t } = useTranslation();
  const put = (place: number, some: Partial<Special>) =>
    onChange(specials.map((one, at) => (at === place ? { ...one, ...some } : one)));
  return (
    <fieldset className="specials">
      <legend>{t("account.hours.specials")}</legend>
      <p className="soft">{t("account.hours.specialsSays")}</p>
      {specials.length > 0 && (
        <ul className="rows">
          {specials.map((special, place) => (
            <li key={place}>
              <span className="range">
                <input
                  type="date"
                  className="plain-input"
                  aria-label={t("account.hours.first", { number: place + 1 })}
                  value={special.first}
                  disabled={readOnly}
                  required
                  onChange={(event) => put(place, { first: event.target.value })}
                />
                <span aria-hidden="true">–</span>
                <input
                  type="date"
                  className="plain-input"
                  aria-label={t("account.hours.last", { number: place + 1 })}
                  value={special.last}
                  min={special.first}
                  disabled={readOnly}
                  onChange={(event) => put(place, { last: event.target.value })}
                />
              </span>
              <Ranges
                name={special.first}
                hours={special.hours}
                readOnly={readOnly}
                onChange={(hours) => put(place, { hours })}
              />
              {!readOnly && (
                <IconButton
                  icon="close"
                  className="row-acts"
                  label={t("account.hours.dropDay", { day: special.first })}
                  onClick={() => onChange(specials.filter((_, at) => at !== place))}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {!readOnly && specials.length < SPECIALS_LIMIT && (
        <Button onClick={() => onChange([...specials, { first: "", last: "", hours: [] }])}>
          {t("account.hours.addDay")}
        </Button>
      )}
    </fieldset>
  );
}
