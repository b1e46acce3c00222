import { Input } from "antd";
import { useTranslation } from "react-i18next";

import type { HubFault } from "../../hub/fault";
import { Field } from "./Field";

interface Written {
  label: string;
  hint?: string;
  value: string;
  onChange: (value: string) => void;
  /** The fault of the last try; shown here where its path is this field's. */
  fault?: HubFault | null;
  path?: string;
  required?: boolean;
  disabled?: boolean;
}

/** A text that somebody writes: on one line, or on several. */
export function TextField({
  label,
  hint,
  value,
  onChange,
  fault = null,
  path = "",
  rows,
  ...rest
}: Written & { maxLength: number; rows?: number; autoFocus?: boolean; autoComplete?: string }) {
  const change = (event: { target: { value: string } }) => onChange(event.target.value);
  return (
    <Field label={label} hint={hint} fault={fault} path={path}>
      {rows === undefined ? (
        <Input value={value} onChange={change} {...rest} />
      ) : (
        <Input.TextArea value={value} onChange={change} rows={rows} {...rest} />
      )}
    </Field>
  );
}

/** The address of a picture: the policy of the pages lets in what comes by `https:` alone. */
export function PictureField({ label, hint, value, onChange, fault = null, path = "", ...rest }: Written) {
  const { t } = useTranslation();
  return (
    <Field label={label} hint={hint} fault={fault} path={path}>
      <Input
        value={value}
        type="url"
        pattern="https://.+"
        title={t("console.pictureMustBe")}
        placeholder="https://"
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
    </Field>
  );
}

/** Why something is done to somebody; they are told, and the log keeps it. */
export function ReasonField({
  label,
  ...rest
}: Omit<Written, "label" | "path" | "required" | "disabled"> & { label?: string }) {
  const { t } = useTranslation();
  return <TextField label={label ?? t("console.why")} path="reason" required maxLength={200} {...rest} />;
}

/** One of a few, each with what it means. */
export function Choice<T extends string>({
  legend,
  options,
  value,
  onChange,
  disabled = false,
}: {
  legend: string;
  options: readonly { value: T; label: string; says?: string | undefined }[];
  /** Null where nothing is chosen yet. */
  value: T | null;
  onChange: (value: T) => void;
  disabled?: boolean;
}) {
  return (
    <fieldset className="choice-list" disabled={disabled}>
      <legend>{legend}</legend>
      {options.map((one) => (
        <label key={one.value}>
          <input type="radio" checked={value === one.value} onChange={() => onChange(one.value)} />
          <span>
            {one.label}
            {one.says !== undefined && <small>{one.says}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
