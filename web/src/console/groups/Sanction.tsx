import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { PersonView } from "../../wire";
import { useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Form } from "../parts/Field";
import { DialogActs, FormFault } from "../parts/Foot";
import { ReasonField } from "../parts/Inputs";
import { useGroup } from "./group";
import { Span } from "./Span";

/** Warn, mute, put out, or keep out: with a reason that they are told; a mute and a ban with an end. */
export function Sanction({
  act,
  person,
  onDone,
}: {
  act: "mute" | "ban" | "remove" | "warn";
  person: PersonView;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [seconds, setSeconds] = useState<number | null>(act === "ban" ? null : 86_400);
  const [reason, setReason] = useState("");
  const title = t(`groups.act.${act}Whom`, { name: person.name });
  const ask = () => {
    const path = { group: group.id, person: person.id };
    const why = reason.trim();
    if (act === "warn")
      return hub.ask("POST /groups/{group}/members/{person}/warning", { path, body: { reason: why } });
    if (act === "remove")
      return hub.ask("POST /groups/{group}/members/{person}/removal", { path, body: { reason: why } });
    if (act === "ban")
      return hub.ask("PUT /groups/{group}/sanctions/{person}/ban", { path, body: { seconds, reason: why } });
    return hub.ask("PUT /groups/{group}/sanctions/{person}/mute", {
      path,
      body: { seconds: seconds ?? 86_400, reason: why },
    });
  };
  const send = async () => {
    const done = await doing.run(
      async () => {
        await ask();
        await stale(
          "GET /groups/{group}/members",
          "GET /groups/{group}/sanctions",
          "GET /groups/{group}/log",
          "GET /groups/{group}",
        );
      },
      { done: t(`groups.act.${act}Done`, { name: person.name }), quiet: true },
    );
    if (done) onDone();
  };
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void send()}>
        <p className="soft">{t(`groups.act.${act}Says`)}</p>
        {(act === "mute" || act === "ban") && (
          <Span label={t("groups.act.long")} value={seconds} onChange={setSeconds} forGood={act === "ban"} />
        )}
        <ReasonField value={reason} onChange={setReason} hint={t("groups.act.whyHint")} fault={doing.fault} />
        <FormFault doing={doing} paths={["reason"]} />
        <DialogActs danger does={t(`groups.act.${act}`)} doing={doing} onClose={onDone} />
      </Form>
    </Dialog>
  );
}
