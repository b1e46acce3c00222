import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import { useStale } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Field, Form } from "../../parts/Field";

/** Take a decision back, with a reason: its sanction ends, and what it purged comes back. */
export function Undo({ id, onDone }: { id: string; onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const [reason, setReason] = useState("");
  const title = t("groups.cases.undo");
  const send = async () => {
    const done = await doing.run(
      async () => {
        await hub.ask("POST /cases/{case}/undo", { path: { case: id }, body: { reason: reason.trim() } });
        await stale("GET /accounts/{account}/cases", "GET /cases/{case}");
      },
      { quiet: true },
    );
    if (done) onDone();
  };
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void send()}>
        <p className="soft">{t("groups.cases.undoSays")}</p>
        <Field label={t("console.why")}>
          <Input value={reason} required maxLength={200} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {doing.fault !== null && <Failed fault={doing.fault} />}
        <div className="dialog-acts">
          <Button onClick={onDone}>{t("cancel")}</Button>
          <Button danger type="primary" htmlType="submit" disabled={doing.busy}>
            {t("groups.cases.undo")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
