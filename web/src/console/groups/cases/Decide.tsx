import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { unitOf } from "../../../talk/units";
import { useHub } from "../../../ui/context";
import type { CaseView, Step } from "../../../wire";
import { useStale } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { faultAt, Field, Form } from "../../parts/Field";
import { SPANS } from "../time";

const ACTS = ["dismiss", "warn", "mute", "remove", "ban"] as const satisfies readonly Step["act"][];
const DAY_S = 86_400;

/** Decide a case: the ladder's next rung is suggested, whoever decides chooses, and says why. */
export function Decide({ one, name, onDone }: { one: CaseView; name: string; onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const [act, setAct] = useState<Step["act"]>(one.suggested?.act ?? "dismiss");
  const [seconds, setSeconds] = useState<number | null>(one.suggested?.seconds ?? DAY_S);
  const [purge, setPurge] = useState(false);
  const [reason, setReason] = useState("");
  const ends = act === "mute" || act === "ban";
  const title = t("groups.cases.decideOf", { name });
  const send = async () => {
    const body = {
      act,
      seconds: ends ? seconds : null,
      reason: reason.trim(),
      purge_s: purge && act !== "dismiss" ? DAY_S : null,
    };
    const done = await doing.run(
      async () => {
        await hub.ask("POST /cases/{case}/decide", { path: { case: one.id }, body });
        await stale("GET /accounts/{account}/cases", "GET /cases/{case}");
      },
      { done: t("groups.cases.decided"), quiet: true },
    );
    if (done) onDone();
  };
  const spans = [...new Set([...SPANS, ...(seconds === null ? [] : [seconds])])].sort((a, b) => a - b);
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void send()}>
        <fieldset className="choice-list">
          <legend>{t("groups.cases.what")}</legend>
          {ACTS.map((each) => (
            <label key={each}>
              <input type="radio" checked={act === each} onChange={() => setAct(each)} />
              <span>
                {t(`groups.cases.act.${each}`)}
                {one.suggested?.act === each && <small>{t("groups.cases.suggested")}</small>}
              </span>
            </label>
          ))}
        </fieldset>
        {ends && (
          <Field label={t("groups.act.long")}>
            <select
              className="plain-select"
              value={seconds ?? ""}
              onChange={(event) => setSeconds(event.target.value === "" ? null : Number(event.target.value))}
            >
              {spans.map((span) => (
                <option key={span} value={span}>
                  {t(`groups.span.${unitOf(span).unit}`, { count: unitOf(span).count })}
                </option>
              ))}
              {act === "ban" && <option value="">{t("groups.span.forGood")}</option>}
            </select>
          </Field>
        )}
        {act !== "dismiss" && one.group !== null && (
          <label>
            <input type="checkbox" checked={purge} onChange={(event) => setPurge(event.target.checked)} />{" "}
            {t("groups.cases.purge")}
          </label>
        )}
        <Field label={t("console.why")} hint={t("groups.act.whyHint")} fault={doing.fault} path="reason">
          <Input value={reason} required maxLength={200} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {doing.fault !== null && faultAt(doing.fault, "reason") === null && <Failed fault={doing.fault} />}
        <div className="dialog-acts">
          <Button onClick={onDone}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={doing.busy}>
            {t("groups.cases.decide")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
