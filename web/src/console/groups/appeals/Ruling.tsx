import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { AppealView } from "../../../wire";
import { useStale } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { faultAt, Field, Form } from "../../parts/Field";

const VERDICTS = ["lift", "uphold"] as const;

/** Whether the sanction stays, with a reason that they are told. Nothing is chosen before somebody chooses. */
export function Ruling({ one, onDone }: { one: AppealView; onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const [verdict, setVerdict] = useState<(typeof VERDICTS)[number] | null>(null);
  const [reason, setReason] = useState("");
  const title = t("groups.appeals.decideOf", { name: one.person.name });
  const send = async () => {
    if (verdict === null) return;
    const done = await doing.run(
      async () => {
        const body = { verdict, reason: reason.trim() };
        await hub.ask("POST /appeals/{appeal}/decide", { path: { appeal: one.id }, body });
        await stale(
          "GET /accounts/{account}/appeals",
          "GET /appeals/{appeal}/messages",
          "GET /groups/{group}/sanctions",
          "GET /groups/{group}/members",
          "GET /groups/{group}/log",
        );
      },
      { done: t("groups.appeals.decided"), quiet: true },
    );
    if (done) onDone();
  };
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void send()}>
        <fieldset className="choice-list">
          <legend>{t("groups.appeals.verdict")}</legend>
          {VERDICTS.map((each) => (
            <label key={each}>
              <input type="radio" name="verdict" checked={verdict === each} onChange={() => setVerdict(each)} />
              <span>
                {t(`groups.appeals.verdicts.${each}`)}
                <small>{t(`groups.appeals.verdictSays.${each}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label={t("console.why")} hint={t("groups.act.whyHint")} fault={doing.fault} path="reason">
          <Input value={reason} required maxLength={200} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {doing.fault !== null && faultAt(doing.fault, "reason") === null && <Failed fault={doing.fault} />}
        <div className="dialog-acts">
          <Button onClick={onDone}>{t("cancel")}</Button>
          <Button type="primary" htmlType="submit" disabled={verdict === null || doing.busy}>
            {t("groups.appeals.decide")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
