import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useMoment } from "../../talk/time";
import { useHub } from "../../ui/context";
import { Dialog } from "../Dialog";
import { FaultLine } from "../FaultLine";
import { useRun } from "../useRun";
import { type Measure, SPANS, type Taken, type Wish } from "./against";
import { Reasoned, Spans } from "./Reasoned";

interface MeasuresProps<M extends Measure> {
  name: string;
  /** What it is about. */
  about: ReactNode;
  /** When what it is about was written; what is removed reaches back to it. */
  since?: string | undefined;
  measures: readonly M[];
  take: (wish: Wish<M>) => Promise<Taken>;
  onClose: () => void;
  /** Something was done, or taken back. */
  onDone?: (() => void) | undefined;
}

/** What is done about somebody: which, for how long, and why; then that it is done, with the way back. */
export function Measures<M extends Measure>(props: MeasuresProps<M>) {
  const { name, about, since, measures, onClose, onDone } = props;
  const { t } = useTranslation();
  const doing = (one: Measure) => t(`tend.does.${one}`);
  const [measure, setMeasure] = useState(measures[0]);
  const [taken, setTaken] = useState<Taken | null>(null);
  const { busy, fault, run } = useRun();
  const send = (wish: Wish<M>) =>
    run(
      props.take(wish).then((found) => {
        setTaken(found);
        onDone?.();
      }),
    );
  return (
    <Dialog title={t("tend.whom", { name })} onClose={onClose}>
      {taken !== null && measure !== undefined ? (
        <Told measure={measure} name={name} taken={taken} onUndone={onDone} onClose={onClose} />
      ) : (
        <>
          {about}
          <fieldset className="choices-of-one">
            <legend>{t("tend.what")}</legend>
            {measures.map((one) => (
              <label key={one} className="choice-line">
                <input type="radio" name="measure" checked={measure === one} onChange={() => setMeasure(one)} />
                {doing(one)}
              </label>
            ))}
          </fieldset>
          {measure !== undefined && (
            <How
              key={measure}
              measure={measure}
              since={since}
              busy={busy}
              fault={fault}
              onSend={(seconds, reason) => send({ measure, seconds, reason })}
              onClose={onClose}
            />
          )}
        </>
      )}
    </Dialog>
  );
}

interface HowProps {
  measure: Measure;
  since: string | undefined;
  busy: boolean;
  fault: string | null;
  onSend: (seconds: number | null, reason: string) => void;
  onClose: () => void;
}

/** For how long, and why. */
function How({ measure, since, busy, fault, onSend, onClose }: HowProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const spans = SPANS[measure];
  const [seconds, setSeconds] = useState<number | null>(() => spanFor(measure, since, hub.now()));
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
function spanFor(measure: Measure, since: string | undefined, now: number): number | null {
  const spans = SPANS[measure];
  if (measure !== "purge" || since === undefined) return spans[0] ?? null;
  const age = (now - Date.parse(since)) / 1_000;
  return spans.find((span) => span !== null && span > age) ?? spans.at(-1) ?? null;
}
