import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMoment } from "../../talk/time";
import { useChosen, useHub } from "../../ui/context";
import type { CaseSignal, CaseView, GroupView } from "../../wire";
import { FaultLine } from "../FaultLine";
import { decide, type Decision, measuresFor, type Somebody } from "./against";
import { Measures } from "./Measures";
import { useWaiting } from "./useWaiting";

const SHOWN = 3;

/** What speaks against members and is in nobody's hands, the weightiest first: read, and decided with a reason. Shown where there is something. */
export function CaseList({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const { items, more, fault, again } = useWaiting(view, "cases");
  const [decided, setDecided] = useState<CaseView | null>(null);
  if (fault === null && decided === null && (items === null || items.length === 0)) return null;
  return (
    <section aria-labelledby="cases">
      <h4 id="cases">{t("cases.title")}</h4>
      <FaultLine fault={fault} />
      <ul className="waiting">
        {items?.map((one) => (
          <Case key={one.id} one={one} onDecide={() => setDecided(one)} />
        ))}
      </ul>
      {more && <p className="soft">{t("held.more")}</p>}
      {decided !== null && <Deciding view={view} one={decided} onClose={() => setDecided(null)} onDone={again} />}
    </section>
  );
}

function Case({ one, onDecide }: { one: CaseView; onDecide: () => void }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const name = one.offender.name ?? t("cases.nobody");
  return (
    <li>
      <p className="soft">
        {name} · {one.reporters > 0 && `${t("cases.reporters", { count: one.reporters })} · `}
        {moment(one.latest_at)}
      </p>
      <Signals signals={one.latest} />
      <div className="acts">
        <button type="button" className="button" aria-label={t("cases.decideWhom", { name })} onClick={onDecide}>
          {t("cases.decide")}
        </button>
      </div>
    </li>
  );
}

/** What was noticed last: what they wrote, and why somebody, or the hub, thought it worth a look. */
function Signals({ signals }: { signals: readonly CaseSignal[] }) {
  return signals.slice(0, SHOWN).map((signal) => (
    <p key={signal.id} className="words">
      {signal.text} <Why signal={signal} />
    </p>
  ));
}

function Why({ signal: { kind, detail } }: { signal: CaseSignal }) {
  const { t } = useTranslation();
  const { reason, note } = detail;
  const why = kind === "report" ? t(`report.reason.${String(reason)}`) : t(`cases.kind.${kind}`);
  return <span className="soft">{typeof note === "string" && note !== "" ? `${why}${t("colon")}${note}` : why}</span>;
}

interface DecidingProps {
  view: GroupView;
  one: CaseView;
  onClose: () => void;
  onDone: () => void;
}

function Deciding({ view, one, onClose, onDone }: DecidingProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const me = useChosen((state) => state.me?.id ?? "");
  const { id, name, member_since: since } = one.offender;
  const offender: Somebody = {
    id,
    name: name ?? t("cases.nobody"),
    role: since === null ? "outsider" : "member",
  };
  const measures = measuresFor(view.role, offender, me).filter((measure) => measure !== "purge");
  return (
    <Measures<Decision>
      name={offender.name}
      about={
        <div className="report-what">
          <Signals signals={one.latest} />
        </div>
      }
      measures={["dismiss", ...measures]}
      take={(wish) => decide(hub, one.id, wish)}
      onClose={onClose}
      onDone={onDone}
    />
  );
}
