import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { FilterTried } from "../../../wire";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Form } from "../../parts/Field";
import { Marked, Signals } from "./Marked";
import { type Scope, useFilterActs } from "./scope";

/** What a sentence would get, with the very characters that spoke against it marked. Nothing is counted. */
export function TryPanel({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  const acts = useFilterActs(scope);
  const doing = useDoing();
  const [text, setText] = useState("");
  const [tried, setTried] = useState<{ text: string; told: FilterTried } | null>(null);
  const attempt = () => doing.run(async () => setTried({ text, told: await acts.attempt(text) }), { quiet: true });
  return (
    <section className="panel" aria-label={t("groups.filters.try")}>
      <h2>{t("groups.filters.try")}</h2>
      <Form label={t("groups.filters.try")} onSend={() => void attempt()}>
        <div className="try-row">
          <Input
            value={text}
            required
            maxLength={4_000}
            aria-label={t("groups.filters.sentence")}
            placeholder={t("groups.filters.sentence")}
            onChange={(event) => setText(event.target.value)}
          />
          <Button htmlType="submit" disabled={doing.busy}>
            {t("groups.filters.tryDo")}
          </Button>
        </div>
      </Form>
      {doing.fault !== null && <Failed fault={doing.fault} />}
      {tried !== null && <Verdict {...tried} />}
    </section>
  );
}

function Verdict({ text, told: { action, signals } }: { text: string; told: FilterTried }) {
  const { t } = useTranslation();
  return (
    <div className="verdict" role="status">
      <p>
        <strong>{t(`groups.filters.verdict.${action}`, { defaultValue: action })}</strong>
      </p>
      <Marked text={text} signals={signals} />
      <Signals signals={signals} />
    </div>
  );
}
