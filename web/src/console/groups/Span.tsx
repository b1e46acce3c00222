import { useTranslation } from "react-i18next";

import type { HubFault } from "../../hub/fault";
import { unitOf } from "../../talk/units";
import { Field } from "../parts/Field";
import { SPANS } from "./time";

/** For how long, in seconds: one of the usual spans or what is chosen already; with `forGood` also without an end, which is null. */
export function Span({
  label,
  value,
  onChange,
  spans = SPANS,
  forGood = false,
  fault = null,
}: {
  label: string;
  value: number | null;
  onChange: (seconds: number | null) => void;
  spans?: readonly number[];
  forGood?: boolean;
  fault?: HubFault | null;
}) {
  const { t } = useTranslation();
  const shown = [...new Set(value === null ? spans : [...spans, value])].sort((a, b) => a - b);
  return (
    <Field label={label} fault={fault} path="seconds">
      <select
        className="plain-select"
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
      >
        {shown.map((span) => (
          <option key={span} value={span}>
            {spanWords(t, span)}
          </option>
        ))}
        {forGood && <option value="">{t("groups.span.forGood")}</option>}
      </select>
    </Field>
  );
}

/** A span of time in the largest unit in which it is whole. */
export function spanWords(t: (key: string, values: { count: number }) => string, seconds: number): string {
  const { unit, count } = unitOf(seconds);
  return t(`groups.span.${unit}`, { count });
}
