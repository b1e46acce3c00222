import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import { useStale } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Form } from "../../parts/Field";
import { DialogActs, FormFault } from "../../parts/Foot";
import { ReasonField } from "../../parts/Inputs";

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
        <ReasonField value={reason} onChange={setReason} fault={doing.fault} />
        <FormFault doing={doing} paths={["reason"]} />
        <DialogActs danger does={title} doing={doing} onClose={onDone} />
      </Form>
    </Dialog>
  );
}
