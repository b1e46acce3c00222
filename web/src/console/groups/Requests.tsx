import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { Asking } from "../../wire";
import { usePages, useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Form } from "../parts/Field";
import { DialogActs } from "../parts/Foot";
import { TextField } from "../parts/Inputs";
import { Nothing } from "../parts/Nothing";
import { Face } from "../account/Face";
import { useGroup } from "./group";
import { told } from "./time";

/** Who asks to be let in, the longest wait first. */
export function Requests() {
  const { t } = useTranslation();
  const group = useGroup();
  const list = usePages("GET /groups/{group}/requests", { path: { group: group.id }, query: { limit: 100 } });
  if (list.fault !== null) return <Failed fault={list.fault} again={list.again} />;
  if (list.known && list.items.length === 0) {
    const next = group.joining === "approval" ? "groups.requests.noneNext" : "groups.requests.noneOpen";
    return <Nothing what={t("groups.requests.none")} next={t(next)} />;
  }
  return (
    <div className="stack">
      {group.question !== "" && <p className="soft">{t("groups.requests.question", { question: group.question })}</p>}
      <ul className="rows" aria-label={t("groups.view.requests")}>
        {list.items.map((asking) => (
          <Row key={asking.person.id} asking={asking} />
        ))}
      </ul>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

function Row({ asking: { person, answer, at } }: { asking: Asking }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [declining, setDeclining] = useState(false);
  const [reason, setReason] = useState("");
  const decide = async (approve: boolean) => {
    const path = { group: group.id, person: person.id };
    const done = await doing.run(
      async () => {
        await hub.ask("POST /groups/{group}/requests/{person}", { path, body: { approve, reason: reason.trim() } });
        await stale(
          "GET /groups/{group}/requests",
          "GET /groups/{group}/members",
          "GET /groups/{group}",
          "GET /groups/{group}/log",
        );
      },
      { done: t(approve ? "groups.requests.approved" : "groups.requests.declined", { name: person.name }) },
    );
    if (done) setDeclining(false);
  };
  return (
    <li>
      <Face name={person.name} src={person.avatar ?? null} />
      <div className="grow">
        <p>
          <strong>{person.name}</strong> <span className="soft">{told(at, i18n.language)}</span>
        </p>
        {answer !== "" && <p className="text-as-written">{answer}</p>}
      </div>
      <div className="row-acts">
        <Button
          type="primary"
          disabled={doing.busy}
          aria-label={t("groups.requests.approveWhom", { name: person.name })}
          onClick={() => void decide(true)}
        >
          {t("groups.act.approve")}
        </Button>
        <Button
          disabled={doing.busy}
          aria-label={t("groups.requests.declineWhom", { name: person.name })}
          onClick={() => setDeclining(true)}
        >
          {t("groups.act.decline")}
        </Button>
      </div>
      {declining && (
        <Dialog title={t("groups.requests.declineWhom", { name: person.name })} onClose={() => setDeclining(false)}>
          <Form label={t("groups.act.decline")} onSend={() => void decide(false)}>
            <TextField
              label={t("console.why")}
              hint={t("groups.requests.whyHint")}
              value={reason}
              maxLength={200}
              onChange={setReason}
            />
            <DialogActs danger does={t("groups.act.decline")} doing={doing} onClose={() => setDeclining(false)} />
          </Form>
        </Dialog>
      )}
    </li>
  );
}
