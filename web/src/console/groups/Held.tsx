import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { HeldView } from "../../wire";
import { usePages, useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Form } from "../parts/Field";
import { DialogActs } from "../parts/Foot";
import { ReasonField } from "../parts/Inputs";
import { Nothing } from "../parts/Nothing";
import { Marked, Signals } from "./filters/Marked";
import { useGroup } from "./group";
import { told } from "./time";

/** Messages that wait for a moderator: members see them when they are let through. */
export function Held() {
  const { t } = useTranslation();
  const group = useGroup();
  const list = usePages("GET /groups/{group}/held", { path: { group: group.id }, query: { limit: 100 } });
  if (list.fault !== null) return <Failed fault={list.fault} again={list.again} />;
  const waiting = list.items.filter(({ state }) => state === "waiting");
  if (list.known && waiting.length === 0) {
    return <Nothing what={t("groups.held.none")} next={t("groups.held.noneNext")} />;
  }
  return (
    <div className="stack">
      <ul className="rows" aria-label={t("groups.view.held")}>
        {waiting.map((held) => (
          <Row key={held.id} held={held} />
        ))}
      </ul>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

function Row({ held }: { held: HeldView }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [refusing, setRefusing] = useState(false);
  const [reason, setReason] = useState("");
  const decide = async (approve: boolean) => {
    const done = await doing.run(
      async () => {
        await hub.ask("POST /groups/{group}/held/{held}", {
          path: { group: group.id, held: held.id },
          body: { approve, reason: approve ? "" : reason.trim() },
        });
        await stale("GET /groups/{group}/held", "GET /groups/{group}/log");
      },
      { done: t(approve ? "groups.held.released" : "groups.held.refused") },
    );
    if (done) setRefusing(false);
  };
  return (
    <li>
      <div className="grow evidence">
        <p>
          <strong>{held.author_name}</strong> <span className="soft">{told(held.at, i18n.language)}</span>
        </p>
        <Marked text={held.text} signals={held.signals} />
        <Signals signals={held.signals} />
      </div>
      <div className="row-acts">
        <Button type="primary" disabled={doing.busy} onClick={() => void decide(true)}>
          {t("groups.held.release")}
        </Button>
        <Button danger disabled={doing.busy} onClick={() => setRefusing(true)}>
          {t("groups.held.refuse")}
        </Button>
      </div>
      {refusing && (
        <Dialog title={t("groups.held.refuseWhose", { name: held.author_name })} onClose={() => setRefusing(false)}>
          <Form label={t("groups.held.refuse")} onSend={() => void decide(false)}>
            <ReasonField value={reason} onChange={setReason} hint={t("groups.held.whyHint")} fault={doing.fault} />
            <DialogActs danger does={t("groups.held.refuse")} doing={doing} onClose={() => setRefusing(false)} />
          </Form>
        </Dialog>
      )}
    </li>
  );
}
