import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Form } from "../parts/Field";
import { DialogActs, FormFault } from "../parts/Foot";
import { ReasonField } from "../parts/Inputs";

/** Bring back what was purged, with a reason; `children` tell of what. */
export function BringBack({
  purge,
  name,
  onDone,
  children,
}: {
  purge: string;
  name: string;
  onDone: () => void;
  children: React.ReactNode;
}) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const [reason, setReason] = useState("");
  const title = t("groups.act.unpurgeWhom", { name });
  const undo = async () => {
    const done = await doing.run(
      async () => {
        await hub.ask("POST /purges/{purge}/undo", { path: { purge }, body: { reason: reason.trim() } });
        await stale("GET /groups/{group}/log", "GET /groups/{group}/purges");
      },
      { done: t("groups.act.unpurged", { name }), quiet: true },
    );
    if (done) onDone();
  };
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void undo()}>
        <p role="status">{children}</p>
        <ReasonField label={t("groups.act.unpurgeWhy")} value={reason} onChange={setReason} fault={doing.fault} />
        <FormFault doing={doing} paths={["reason"]} />
        <DialogActs does={t("groups.act.unpurge")} doing={doing} onClose={onDone} close={t("close")} />
      </Form>
    </Dialog>
  );
}
