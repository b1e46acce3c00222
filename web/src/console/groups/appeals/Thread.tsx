import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { AppealView } from "../../../wire";
import { useAsked, useStale } from "../../parts/asked";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { faultAt, Field, Form } from "../../parts/Field";
import { told } from "../time";

const TEXT_LIMIT = 1_000;

/** What both sides said, the first word first; who judges answers here. */
export function Thread({ one }: { one: AppealView }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const [text, setText] = useState("");
  const path = { appeal: one.id };
  const asked = useAsked("GET /appeals/{appeal}/messages", { path });
  const send = async () => {
    const done = await doing.run(
      async () => {
        await hub.ask("POST /appeals/{appeal}/messages", { path, body: { text: text.trim() } });
        await stale("GET /appeals/{appeal}/messages", "GET /accounts/{account}/appeals");
      },
      { quiet: true },
    );
    if (done) setText("");
  };
  if (asked.fault !== null) return <Failed fault={asked.fault} again={asked.again} />;
  if (asked.value === null) return <p className="soft">{t("loading")}</p>;
  return (
    <div className="evidence">
      <ul className="thread" aria-label={t("groups.appeals.thread", { name: one.person.name })}>
        {asked.value.items.map((said) => (
          <li key={said.number}>
            <p className="soft">
              {said.author.name} · {told(said.at, i18n.language)}
            </p>
            <p className="text-as-written">{said.text}</p>
          </li>
        ))}
      </ul>
      {one.may_judge && (
        <Form label={t("groups.appeals.answerOf", { name: one.person.name })} onSend={() => void send()}>
          <Field
            label={t("groups.appeals.answer")}
            hint={t("groups.appeals.answerHint")}
            fault={doing.fault}
            path="text"
          >
            <Input.TextArea
              rows={2}
              required
              maxLength={TEXT_LIMIT}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          </Field>
          {doing.fault !== null && faultAt(doing.fault, "text") === null && <Failed fault={doing.fault} />}
          <div className="form-acts">
            <Button htmlType="submit" disabled={doing.busy || text.trim() === ""}>
              {t("groups.appeals.send")}
            </Button>
          </div>
        </Form>
      )}
    </div>
  );
}
