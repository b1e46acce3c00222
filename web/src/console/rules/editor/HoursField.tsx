import { Button, Checkbox } from "antd";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../../ui/icons";
import type { Hours } from "../../../wire";
import { DAYS, type Shift, shiftsOf, weeklyOf } from "../model/week";
import { Field } from "./Field";

const RANGE = /^(\d\d:\d\d)-(\d\d:\d\d)$/;

/** When the rule may speak: days and times of a week, a first and a last day. Holidays, and what cannot be shown as a week, stay as they are. */
export function HoursField({
  hours,
  onChange,
  disabled,
}: {
  hours: Hours | null;
  onChange: (hours: Hours | null) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const begin = () => onChange({ zone: "Asia/Shanghai", weekly: { "mon-fri": ["09:00-18:00"] } });
  return (
    <Field
      path="hours"
      label={t("rules.editor.hours")}
      hint={t(hours === null ? "rules.editor.always" : "rules.editor.hoursHow")}
      group
    >
      {() => (
        <div className="hours">
          <Checkbox
            checked={hours !== null}
            disabled={disabled}
            onChange={(event) => (event.target.checked ? begin() : onChange(null))}
          >
            {t("rules.editor.onlyAt")}
          </Checkbox>
          {hours !== null && <Week hours={hours} onChange={onChange} disabled={disabled} />}
        </div>
      )}
    </Field>
  );
}

function Week({ hours, onChange, disabled }: { hours: Hours; onChange: (hours: Hours) => void; disabled: boolean }) {
  const { t } = useTranslation();
  const shifts = shiftsOf(hours.weekly ?? {});
  const put = (all: readonly Shift[]) => onChange({ ...hours, weekly: weeklyOf(all) });
  const holidays = Object.keys(hours.holidays ?? {}).length;
  return (
    <>
      {shifts === null ? (
        <p className="soft">{t("rules.editor.oddHours")}</p>
      ) : (
        shifts.map((shift, at) => (
          <ShiftRow
            key={at}
            shift={shift}
            taken={shifts.filter((one) => one !== shift).flatMap((one) => one.days)}
            disabled={disabled}
            onChange={(changed) => put(shifts.map((one, other) => (other === at ? changed : one)))}
            onDrop={() => put(shifts.filter((_, other) => other !== at))}
          />
        ))
      )}
      {shifts !== null && !disabled && (
        <Button
          size="small"
          disabled={shifts.flatMap((one) => one.days).length >= DAYS.length}
          onClick={() => {
            const free = DAYS.filter((day) => !shifts.some((one) => one.days.includes(day)));
            put([...shifts, { days: free, ranges: ["10:00-16:00"] }]);
          }}
        >
          {t("rules.editor.moreHours")}
        </Button>
      )}
      <span className="rules-row">
        {(["from", "until"] as const).map((end) => (
          <label key={end} className="hours-end">
            {t(`rules.editor.${end}`)}
            <input
              type="date"
              disabled={disabled || (hours[end] ?? "").length > 10}
              value={(hours[end] ?? "").slice(0, 10)}
              onChange={(event) => onChange({ ...hours, [end]: event.target.value === "" ? null : event.target.value })}
            />
          </label>
        ))}
      </span>
      {holidays > 0 && <p className="soft">{t("rules.editor.holidays", { count: holidays })}</p>}
      <p className="soft">{t("rules.editor.zone", { zone: hours.zone ?? "Asia/Shanghai" })}</p>
    </>
  );
}

interface ShiftProps {
  shift: Shift;
  /** Days that another row has. */
  taken: readonly string[];
  onChange: (shift: Shift) => void;
  onDrop: () => void;
  disabled: boolean;
}

function ShiftRow({ shift, taken, onChange, onDrop, disabled }: ShiftProps) {
  const { t } = useTranslation();
  return (
    <div className="shift">
      <span className="shift-days" role="group" aria-label={t("rules.editor.days")}>
        {DAYS.map((day) => {
          const isOn = shift.days.includes(day);
          return (
            <button
              key={day}
              type="button"
              aria-pressed={isOn}
              aria-label={t(`rules.editor.day.${day}`)}
              disabled={disabled || (!isOn && taken.includes(day)) || (isOn && shift.days.length === 1)}
              onClick={() =>
                onChange({ ...shift, days: isOn ? shift.days.filter((one) => one !== day) : [...shift.days, day] })
              }
            >
              {t(`rules.editor.shortDay.${day}`)}
            </button>
          );
        })}
      </span>
      <span className="shift-ranges">
        {shift.ranges.map((range, at) => (
          <Range
            key={at}
            range={range}
            disabled={disabled}
            onChange={(changed) =>
              onChange({ ...shift, ranges: shift.ranges.map((one, other) => (other === at ? changed : one)) })
            }
            onDrop={() => onChange({ ...shift, ranges: shift.ranges.filter((_, other) => other !== at) })}
          />
        ))}
        {shift.ranges.length === 0 && <span className="soft">{t("rules.editor.closed")}</span>}
        {!disabled && shift.ranges.length < 6 && (
          <IconButton
            icon="plus"
            label={t("rules.editor.addRange")}
            onClick={() => onChange({ ...shift, ranges: [...shift.ranges, "13:00-18:00"] })}
          />
        )}
        {!disabled && <IconButton icon="close" label={t("rules.editor.dropShift")} onClick={onDrop} />}
      </span>
    </div>
  );
}

interface RangeProps {
  range: string;
  onChange: (range: string) => void;
  onDrop: () => void;
  disabled: boolean;
}

function Range({ range, onChange, onDrop, disabled }: RangeProps) {
  const { t } = useTranslation();
  const found = RANGE.exec(range);
  if (found === null) return <span>{range}</span>;
  const [, from = "", to = ""] = found;
  return (
    <span className="range">
      <input
        type="time"
        aria-label={t("rules.editor.opens")}
        value={from}
        disabled={disabled}
        onChange={(event) => event.target.value !== "" && onChange(`${event.target.value}-${to}`)}
      />
      –
      <input
        type="time"
        aria-label={t("rules.editor.shuts")}
        value={to === "24:00" ? "00:00" : to}
        disabled={disabled}
        onChange={(event) =>
          event.target.value !== "" &&
          onChange(`${from}-${event.target.value === "00:00" ? "24:00" : event.target.value}`)
        }
      />
      {!disabled && <IconButton icon="close" label={t("rules.editor.dropRange")} onClick={onDrop} />}
    </span>
  );
}
