import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { CaseView, Step } from "../../../wire";
import { useStale } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Form } from "../../parts/Field";
import { DialogActs, FormFault } from "../../parts/Foot";
import { Choice, ReasonField } from "../../parts/Inputs";
import { Span } from "../Span";

const ACTS = ["dismiss", "warn", "mute", "remove", "ban"] as const satisfies readonly Step["act"][];
const DAY_S = 86_400;

/** Of messages that wait, at most so many are settled with a decision. */
const SETTLED_MOST = 20;

/** What becomes of a message that waits; none is let through of whom the decision silences or puts out. */
const WAITS = ["stay", "release", "refuse"] as const;
type Waits = (typeof WAITS)[number];

/** Decide a case: the ladder's next rung is suggested, whoever decides chooses, and says why. */
export function Decide({ one, name, onDone }: { one: CaseView; name: string; onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const [act, setAct] = useState<Step["act"]>(one.suggested?.act ?? "dismiss");
  const [seconds, setSeconds] = useState<number | null>(one.suggested?.seconds ?? DAY_S);
  const [purge, setPurge] = useState(false);
  const [reason, setReason] = useState("");
  const [waits, setWaits] = useState<Waits>("stay");
  const ends = act === "mute" || act === "ban";
  const mayPass = act === "dismiss" || act === "warn";
  const settled: Waits = waits === "release" && !mayPass ? "stay" : waits;
  const title = t("groups.cases.decideOf", { name });
  const send = async () => {
    const body = {
      act,
      seconds: ends ? seconds : null,
      reason: reason.trim(),
      purge_s: purge && act !== "dismiss" ? DAY_S : null,
      ...(settled === "stay" ? {} : { [settled]: one.waiting.slice(0, SETTLED_MOST) }),
    };
    const done = await doing.run(
      async () => {
        await hub.ask("POST /cases/{case}/decide", { path: { case: one.id }, body });
        await stale("GET /accounts/{account}/cases", "GET /cases/{case}", "GET /groups/{group}/held");
      },
      { done: t("groups.cases.decided"), quiet: true },
    );
    if (done) onDone();
  };
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void send()}>
        <Choice
          legend={t("groups.cases.what")}
          value={act}
          onChange={setAct}
          options={ACTS.map((each) => ({
            value: each,
            label: t(`groups.cases.act.${each}`),
            says: one.suggested?.act === each ? t("groups.cases.suggested") : undefined,
          }))}
        />
        {ends && <Span label={t("groups.act.long")} value={seconds} onChange={setSeconds} forGood={act === "ban"} />}
        {act !== "dismiss" && one.group !== null && (
          <label>
            <input type="checkbox" checked={purge} onChange={(event) => setPurge(event.target.checked)} />{" "}
            {t("groups.cases.purge")}
          </label>
        )}
        {one.waiting.length > 0 && (
          <Choice
            legend={t("groups.cases.waiting", { count: Math.min(one.waiting.length, SETTLED_MOST) })}
            value={settled}
            onChange={setWaits}
            options={WAITS.filter((each) => each !== "release" || mayPass).map((each) => ({
              value: each,
              label: t(`groups.cases.waits.${each}`),
            }))}
          />
        )}
        <ReasonField value={reason} onChange={setReason} hint={t("groups.act.whyHint")} fault={doing.fault} />
        <FormFault doing={doing} paths={["reason"]} />
        <DialogActs does={t("groups.cases.decide")} doing={doing} onClose={onDone} />
      </Form>
    </Dialog>
  );
}
