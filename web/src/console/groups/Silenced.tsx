import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { unitOf } from "../../talk/units";
import { useHub } from "../../ui/context";
import { useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Field, Form } from "../parts/Field";
import { useGroup } from "./group";
import { SPANS, told } from "./time";

/** Everyone but moderators is muted for a time, as when a discussion gets out of hand. */
export function Silenced() {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [seconds, setSeconds] = useState<number>(3_600);
  const [reason, setReason] = useState("");
  const path = { group: group.id };
  const change = (work: () => Promise<unknown>) =>
    doing.run(
      async () => {
        await work();
        await stale("GET /groups/{group}", "GET /groups/{group}/log");
      },
      { quiet: true },
    );
  const { silent_until: until, silent_reason: why } = group.order;
  return (
    <section className="panel" aria-label={t("groups.silence.title")}>
      <h2>{t("groups.silence.title")}</h2>
      {until !== null ? (
        <>
          <p className="muted-until">{t("groups.silence.until", { at: told(until, i18n.language) })}</p>
          <p>{why}</p>
          <div className="form-acts">
            <Button
              disabled={doing.busy}
              onClick={() => void change(() => hub.ask("DELETE /groups/{group}/silence", { path }))}
            >
              {t("groups.silence.end")}
            </Button>
          </div>
        </>
      ) : (
        <Form
          label={t("groups.silence.title")}
          onSend={() =>
            void change(() =>
              hub.ask("PUT /groups/{group}/silence", { path, body: { seconds, reason: reason.trim() } }),
            )
          }
        >
          <p className="soft">{t("groups.silence.says")}</p>
          <Field label={t("groups.act.long")}>
            <select
              className="plain-select"
              value={seconds}
              onChange={(event) => setSeconds(Number(event.target.value))}
            >
              {SPANS.map((span) => (
                <option key={span} value={span}>
                  {t(`groups.span.${unitOf(span).unit}`, { count: unitOf(span).count })}
                </option>
              ))}
            </select>
          </Field>
          <Field label={t("console.why")}>
            <Input value={reason} required maxLength={200} onChange={(event) => setReason(event.target.value)} />
          </Field>
          <div className="form-acts">
            <Button danger htmlType="submit" disabled={doing.busy}>
              {t("groups.silence.do")}
            </Button>
          </div>
        </Form>
      )}
      {doing.fault !== null && <Failed fault={doing.fault} />}
    </section>
  );
}
