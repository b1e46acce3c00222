import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Report } from "../wire";
import { useThrownSaid } from "../talk/faults";
import { Dialog } from "./Dialog";
import { FaultLine } from "./FaultLine";

const REASONS = ["spam", "abuse", "fraud", "adult", "other"] as const;

export type Why = Report["reason"];

/** Whose matter a report is: those who keep order in the group, or whoever runs the hub. */
export type Judge = "group" | "hub";

interface ReportDialogProps {
  /** What is reported, in words. */
  what: string;
  to: Judge;
  send: (reason: Why, note: string) => Promise<unknown>;
  onClose: () => void;
}

/** Say what is wrong with a message, a member, a group or an account; told as done when the hub has it. */
export function ReportDialog({ what, to, send, onClose }: ReportDialogProps) {
  const { t } = useTranslation();
  const say = useThrownSaid();
  const [reason, setReason] = useState<Why | null>(null);
  const [note, setNote] = useState("");
  const [state, setState] = useState<"open" | "busy" | "done">("open");
  const [fault, setFault] = useState<string | null>(null);
  const submit = () => {
    if (reason === null) return;
    setState("busy");
    setFault(null);
    send(reason, note.trim()).then(
      () => setState("done"),
      (thrown: unknown) => {
        setState("open");
        setFault(say(thrown));
      },
    );
  };
  return (
    <Dialog title={t("report.title")} onClose={onClose}>
      {state === "done" ? (
        <>
          <p role="status">{t(`report.done.${to}`)}</p>
          <div className="acts end">
            <button type="button" className="button main" onClick={onClose}>
              {t("close")}
            </button>
          </div>
        </>
      ) : (
        <form
          className="report"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <p className="report-what">{what}</p>
          <fieldset>
            <legend>{t("report.why")}</legend>
            {REASONS.map((one) => (
              <label key={one} className="choice-line">
                <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
                {t(`report.reason.${one}`)}
              </label>
            ))}
          </fieldset>
          <label className="field">
            {t("report.note")}
            <textarea rows={3} maxLength={500} value={note} onChange={(event) => setNote(event.target.value)} />
          </label>
          <p className="soft">{t(`report.says.${to}`)}</p>
          <FaultLine fault={fault} />
          <div className="acts end">
            <button type="button" className="button" onClick={onClose}>
              {t("cancel")}
            </button>
            <button className="button main" disabled={reason === null || state === "busy"}>
              {t("report.send")}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
