import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMoment } from "../../talk/time";
import { useHub } from "../../ui/context";
import type { Asking, GroupView } from "../../wire";
import { Dialog } from "../Dialog";
import { FaultLine } from "../FaultLine";
import { useRun } from "../useRun";
import { Reasoned } from "./Reasoned";
import { useWaiting } from "./useWaiting";

/** Who asks to be let in, with what they answered; shown where there is somebody. */
export function AskList({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { items, more, fault, again } = useWaiting(view, "requests");
  if (fault === null && (items === null || items.length === 0)) return null;
  const decided = () => {
    again();
    void hub.groups.look(view.id).catch(() => undefined); // How many are in it is read with the next change.
  };
  return (
    <section aria-labelledby="asking">
      <h4 id="asking">{t("asking.title")}</h4>
      <FaultLine fault={fault} />
      {view.question !== "" && <p className="soft">{`${t("group.question")}${t("colon")}${view.question}`}</p>}
      <ul className="waiting">
        {items?.map((one) => (
          <Asker key={one.person.id} group={view.id} asking={one} onDecided={decided} />
        ))}
      </ul>
      {more && <p className="soft">{t("held.more")}</p>}
    </section>
  );
}

function Asker({ group, asking, onDecided }: { group: string; asking: Asking; onDecided: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const moment = useMoment();
  const [declining, setDeclining] = useState(false);
  const { busy, fault, run } = useRun();
  const { name, id } = asking.person;
  const decide = (approve: boolean, reason: string) =>
    run(
      hub
        .ask("POST /groups/{group}/requests/{person}", { path: { group, person: id }, body: { approve, reason } })
        .then(onDecided),
    );
  return (
    <li>
      <p className="soft">
        {name} · {moment(asking.at)}
      </p>
      {asking.answer !== "" && <p className="words">{asking.answer}</p>}
      <FaultLine fault={declining ? null : fault} />
      <div className="acts">
        <button
          type="button"
          className="button"
          aria-label={t("asking.approveWhom", { name })}
          disabled={busy}
          onClick={() => decide(true, "")}
        >
          {t("asking.approve")}
        </button>
        <button
          type="button"
          className="button"
          aria-label={t("asking.declineWhom", { name })}
          disabled={busy}
          onClick={() => setDeclining(true)}
        >
          {t("asking.decline")}
        </button>
      </div>
      {declining && (
        <Dialog title={t("asking.declineWhom", { name })} onClose={() => setDeclining(false)}>
          <Reasoned
            act={t("asking.decline")}
            says={t("asking.says")}
            busy={busy}
            fault={fault}
            onSend={(reason) => decide(false, reason)}
            onClose={() => setDeclining(false)}
          />
        </Dialog>
      )}
    </li>
  );
}
