import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { AppealView } from "../../../wire";
import { useStale } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Form } from "../../parts/Field";
import { DialogActs, FormFault } from "../../parts/Foot";
import { Choice, ReasonField } from "../../parts/Inputs";

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
        <Choice
          legend={t("groups.appeals.verdict")}
          value={verdict}
          onChange={setVerdict}
          options={VERDICTS.map((each) => ({
            value: each,
            label: t(`groups.appeals.verdicts.${each}`),
            says: t(`groups.appeals.verdictSays.${each}`),
          }))}
        />
        <ReasonField value={reason} onChange={setReason} hint={t("groups.act.whyHint")} fault={doing.fault} />
        <FormFault doing={doing} paths={["reason"]} />
        <DialogActs does={t("groups.appeals.decide")} doing={doing} onClose={onDone} ready={verdict !== null} />
      </Form>
    </Dialog>
  );
}
