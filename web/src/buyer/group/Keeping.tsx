import { useState } from "react";
import { useTranslation } from "react-i18next";

import { mayDo } from "../../talk/may";
import { waitSaid } from "../../talk/faults";
import { useMoment, useNow } from "../../talk/time";
import { useHub } from "../../ui/context";
import type { GroupView } from "../../wire";
import { Dialog } from "../Dialog";
import { FaultLine } from "../FaultLine";
import { useRun } from "../useRun";
import { AskList } from "./AskList";
import { CaseList } from "./CaseList";
import { HeldList } from "./HeldList";
import { SPANS } from "./against";
import { Reasoned, Spans } from "./Reasoned";

const SLOW_S = [0, 10, 30, 60, 300];

/** What who moderates a group keeps in order as a whole: what waits, how fast people write, and quiet for a time. */
export function Keeping({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  if (!mayDo(view.role, "oversee")) return null;
  return (
    <section className="panel keeping" aria-labelledby="keeping">
      <h3 id="keeping">{t("tend.title")}</h3>
      <AskList view={view} />
      <HeldList view={view} />
      <CaseList view={view} />
      <SlowMode view={view} />
      <Silence view={view} />
    </section>
  );
}

function SlowMode({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { busy, fault, run } = useRun();
  const now = view.order.slow_s;
  const offered = SLOW_S.includes(now) ? SLOW_S : [...SLOW_S, now].sort((a, b) => a - b);
  const change = (slow_s: number) =>
    run(
      hub
        .ask("PATCH /groups/{group}/order", { path: { group: view.id }, body: { slow_s }, version: view.version })
        .then(() => hub.groups.look(view.id)),
    );
  return (
    <>
      <label className="field">
        {t("tend.slow")}
        <select value={now} disabled={busy} onChange={(event) => change(Number(event.target.value))}>
          {offered.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? t("tend.slowOff") : t("tend.slowEvery", { wait: waitSaid(seconds, t) })}
            </option>
          ))}
        </select>
      </label>
      <FaultLine fault={fault} />
    </>
  );
}

/** Everyone but moderators is muted for a time, and let speak again before it is over. */
function Silence({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const hub = useHub();
  const moment = useMoment();
  const [asking, setAsking] = useState(false);
  const [seconds, setSeconds] = useState<number | null>(SPANS.mute[0] ?? null);
  const { busy, fault, run } = useRun();
  const { silent_until: until, silent_reason: why } = view.order;
  const now = useNow(until === null ? null : Date.parse(until));
  const path = { group: view.id };
  const change = (work: Promise<unknown>) =>
    run(
      work.then(() => {
        setAsking(false);
        return hub.groups.look(view.id);
      }),
    );
  if (until !== null && Date.parse(until) > now)
    return (
      <div className="told" role="status">
        <p>
          {t("barred.silent", { time: moment(until) })} {why !== "" && t("group.reason", { reason: why })}
        </p>
        <FaultLine fault={fault} />
        <button
          type="button"
          className="button"
          disabled={busy}
          onClick={() => change(hub.ask("DELETE /groups/{group}/silence", { path }))}
        >
          {t("tend.unsilence")}
        </button>
      </div>
    );
  return (
    <>
      <button type="button" className="button" onClick={() => setAsking(true)}>
        {t("tend.silence")}
      </button>
      {asking && (
        <Dialog title={t("tend.silence")} onClose={() => setAsking(false)}>
          <Reasoned
            act={t("tend.silence")}
            says={t("tend.silenceSays")}
            busy={busy}
            fault={fault}
            onSend={(reason) =>
              change(hub.ask("PUT /groups/{group}/silence", { path, body: { seconds: seconds ?? 600, reason } }))
            }
            onClose={() => setAsking(false)}
          >
            <Spans label={t("tend.long")} spans={SPANS.mute} value={seconds} onChange={setSeconds} />
          </Reasoned>
        </Dialog>
      )}
    </>
  );
}
