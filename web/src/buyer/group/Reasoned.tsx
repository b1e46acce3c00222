import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { unitOf } from "../../talk/units";
import { FaultLine } from "../FaultLine";

/** The hub keeps no longer reasons. */
const LONGEST = 200;

interface ReasonedProps {
  /** What it does, on the button. */
  act: string;
  /** What becomes of it, in a sentence. */
  says: string;
  busy: boolean;
  fault: string | null;
  onSend: (reason: string) => void;
  onClose: () => void;
  children?: ReactNode;
}

/** A form of a moderator: whatever has to be chosen, and the reason, without which the hub does nothing. */
export function Reasoned({ act, says, busy, fault, onSend, onClose, children }: ReasonedProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const told = reason.trim();
  return (
    <form
      className="report"
      onSubmit={(event) => {
        event.preventDefault();
        onSend(told);
      }}
    >
      {children}
      <label className="field">
        {t("tend.why")}
        <input required maxLength={LONGEST} value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <p className="soft">{says}</p>
      <FaultLine fault={fault} />
      <div className="acts end">
        <button type="button" className="button" onClick={onClose}>
          {t("cancel")}
        </button>
        <button className="button danger" disabled={busy || told === ""}>
          {act}
        </button>
      </div>
    </form>
  );
}

interface SpansProps {
  label: string;
  spans: readonly (number | null)[];
  value: number | null;
  onChange: (seconds: number | null) => void;
}

/** A length of time to be chosen. */
export function Spans({ label, spans, value, onChange }: SpansProps) {
  const { t } = useTranslation();
  return (
    <label className="field">
      {label}
      <select
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value === "" ? null : Number(event.target.value))}
      >
        {spans.map((span) => (
          <option key={span} value={span ?? ""}>
            {span === null ? t("tend.forGood") : t(`tend.span.${unitOf(span).unit}`, { count: unitOf(span).count })}
          </option>
        ))}
      </select>
    </label>
  );
}
