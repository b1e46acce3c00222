import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMoment } from "../../talk/time";
import { useChosen, useHub } from "../../ui/context";
import type { GroupView, HeldView } from "../../wire";
import { Dialog } from "../Dialog";
import { FaultLine } from "../FaultLine";
import { useRun } from "../useRun";
import { Reasoned } from "./Reasoned";
import { useWaiting } from "./useWaiting";

/** Messages that wait: each is let through, or refused with a reason that its author is told. One's own is for others to decide. */
export function HeldList({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const { items, more, fault, again } = useWaiting(view, "held");
  const me = useChosen((state) => state.me?.id ?? "");
  return (
    <section aria-labelledby="held">
      <h4 id="held">{t("held.title")}</h4>
      <FaultLine fault={fault} />
      {items?.length === 0 && <p className="soft">{t("held.none")}</p>}
      <ul className="waiting">
        {items?.map((one) => (
          <Held key={one.id} group={view.id} held={one} own={one.author === me} onDecided={again} />
        ))}
      </ul>
      {more && <p className="soft">{t("held.more")}</p>}
    </section>
  );
}

interface HeldProps {
  group: string;
  held: HeldView;
  own: boolean;
  onDecided: () => void;
}

function Held({ group, held, own, onDecided }: HeldProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const moment = useMoment();
  const [refusing, setRefusing] = useState(false);
  const { busy, fault, run } = useRun();
  const decide = (approve: boolean, reason: string) =>
    run(
      hub
        .ask("POST /groups/{group}/held/{held}", { path: { group, held: held.id }, body: { approve, reason } })
        .then(onDecided),
    );
  return (
    <li>
      <p className="soft">
        {held.author_name} · {moment(held.at)}
      </p>
      <p className="words">{held.text}</p>
      <FaultLine fault={refusing ? null : fault} />
      {own ? (
        <p className="soft">{t("held.own")}</p>
      ) : (
        <div className="acts">
          <button
            type="button"
            className="button"
            aria-label={t("held.releaseWhose", { name: held.author_name })}
            disabled={busy}
            onClick={() => decide(true, "")}
          >
            {t("held.release")}
          </button>
          <button
            type="button"
            className="button"
            aria-label={t("held.refuseWhose", { name: held.author_name })}
            disabled={busy}
            onClick={() => setRefusing(true)}
          >
            {t("held.refuse")}
          </button>
        </div>
      )}
      {refusing && (
        <Dialog title={t("held.refuse")} onClose={() => setRefusing(false)}>
          <p className="report-what">{held.text}</p>
          <Reasoned
            act={t("held.refuse")}
            says={t("held.says")}
            busy={busy}
            fault={fault}
            onSend={(reason) => decide(false, reason)}
            onClose={() => setRefusing(false)}
          />
        </Dialog>
      )}
    </li>
  );
}
