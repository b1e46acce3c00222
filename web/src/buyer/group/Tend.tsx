import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useMoment } from "../../talk/time";
import { useChosen, useHub } from "../../ui/context";
import type { GroupView, WireMessage } from "../../wire";
import { Dialog } from "../Dialog";
import { FaultLine } from "../FaultLine";
import { useRun } from "../useRun";
import { type Measure, measuresFor, type Somebody, SPANS, take, type Taken } from "./measures";
import { Reasoned, Spans } from "./Reasoned";

interface TendProps {
  view: GroupView;
  person: Somebody;
  /** What they wrote, where it is about that. */
  said?: WireMessage | undefined;
  onClose: () => void;
  /** Something was done to them, or taken back. */
  onDone?: (() => void) | undefined;
}

/** What a moderator does to somebody: which, for how long, and why they are told it; then that it is done, with the way back. */
export function Tend({ view, person, said, onClose, onDone }: TendProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const me = useChosen((state) => state.me?.id ?? "");
  const measures = measuresFor(view.role, person, me);
  const [measure, setMeasure] = useState<Measure>(measures[0] ?? "mute");
  const [taken, setTaken] = useState<Taken | null>(null);
  const { busy, fault, run } = useRun();
  const send = (seconds: number | null, reason: string) =>
    run(
      take(hub, view.id, person.id, { measure, seconds, reason }).then((found) => {
        setTaken(found);
        onDone?.();
      }),
    );
  return (
    <Dialog title={t("tend.whom", { name: person.name })} onClose={onClose}>
      {taken !== null ? (
        <Told measure={measure} name={person.name} taken={taken} onUndone={onDone} onClose={onClose} />
      ) : (
        <>
          {said !== undefined && <p className="report-what">{said.fallback}</p>}
          <fieldset className="choices-of-one">
            <legend>{t("tend.what")}</legend>
            {measures.map((one) => (
              <label key={one} className="choice-line">
                <input type="radio" name="measure" checked={measure === one} onChange={() => setMeasure(one)} />
                {t(`tend.does.${one}`)}
              </label>
            ))}
          </fieldset>
          <How key={measure} measure={measure} said={said} busy={busy} fault={fault} onSend={send} onClose={onClose} />
        </>
      )}
    </Dialog>
  );
}

interface HowProps {
  measure: Measure;
  said: WireMessage | undefined;
  busy: boolean;
  fault: string | null;
  onSend: (seconds: number | null, reason: string) => void;
  onClose: () => void;
}

/** For how long, and why. */
function How({ measure, said, busy, fault, onSend, onClose }: HowProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const spans = SPANS[measure];
  const [seconds, setSeconds] = useState<number | null>(() => spanFor(measure, said, hub.now()));
  return (
    <Reasoned
      act={t(`tend.does.${measure}`)}
      says={t(`tend.says.${measure}`)}
      busy={busy}
      fault={fault}
      onSend={(reason) => onSend(seconds, reason)}
      onClose={onClose}
    >
      {spans.length > 0 && (
        <Spans
          label={t(measure === "purge" ? "tend.back" : "tend.long")}
          spans={spans}
          value={seconds}
          onChange={setSeconds}
        />
      )}
    </Reasoned>
  );
}

interface ToldProps {
  measure: Measure;
  name: string;
  taken: Taken;
  onUndone: (() => void) | undefined;
  onClose: () => void;
}

/** It is done; what can be undone, is from here. */
function Told({ measure, name, taken, onUndone, onClose }: ToldProps) {
  const { t } = useTranslation();
  const moment = useMoment();
  const [undone, setUndone] = useState(false);
  const { busy, fault, run } = useRun();
  const { undo, until, count } = taken;
  const done = measure === "ban" && until === null ? "forGood" : measure;
  const takeBack = (back: NonNullable<Taken["undo"]>) =>
    run(
      back(t("tend.undo")).then(() => {
        setUndone(true);
        onUndone?.();
      }),
    );
  return (
    <>
      <p role="status">
        {undone ? t("tend.undone") : t(`tend.done.${done}`, { name, count, time: until === null ? "" : moment(until) })}
      </p>
      <FaultLine fault={fault} />
      <div className="acts end">
        {undo !== null && !undone && (
          <button type="button" className="button" disabled={busy} onClick={() => takeBack(undo)}>
            {t("tend.undo")}
          </button>
        )}
        <button type="button" className="button main" onClick={onClose}>
          {t("close")}
        </button>
      </div>
    </>
  );
}

/** The shortest span; of what is removed the shortest that reaches back to the message. */
function spanFor(measure: Measure, said: WireMessage | undefined, now: number): number | null {
  const spans = SPANS[measure];
  if (measure !== "purge" || said === undefined) return spans[0] ?? null;
  const age = (now - Date.parse(said.at)) / 1_000;
  return spans.find((span) => span !== null && span > age) ?? spans.at(-1) ?? null;
}
