import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Form } from "../parts/Field";
import { FormFault } from "../parts/Foot";
import { ReasonField } from "../parts/Inputs";
import { useGroup } from "./group";
import { Span } from "./Span";
import { told } from "./time";

/** Everyone but moderators is muted for a time, as when a discussion gets out of hand. */
export function Silenced() {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [seconds, setSeconds] = useState<number | null>(3_600);
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
              hub.ask("PUT /groups/{group}/silence", {
                path,
                body: { seconds: seconds ?? 3_600, reason: reason.trim() },
              }),
            )
          }
        >
          <p className="soft">{t("groups.silence.says")}</p>
          <Span label={t("groups.act.long")} value={seconds} onChange={setSeconds} />
          <ReasonField value={reason} onChange={setReason} fault={doing.fault} />
          <div className="form-acts">
            <Button danger htmlType="submit" disabled={doing.busy}>
              {t("groups.silence.do")}
            </Button>
          </div>
        </Form>
      )}
      <FormFault doing={doing} paths={until === null ? ["reason"] : []} />
    </section>
  );
}
