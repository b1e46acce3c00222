import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import { useLanguage } from "../../../ui/taste";
import type { VocabularyView } from "../../../wire";
import { useAsked } from "../../parts/asked";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Guard } from "../editor/Guard";
import { canonical } from "../model/rule";
import { lineFaultsOf, vocabularyOf, type Written, writtenOf } from "../model/vocabulary";
import { useReread, useRulebook } from "../rulebook";

/** What the account calls things: words of its own, and phrases it takes for one another. */
export function Words() {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const { value, fault, again } = useAsked("GET /accounts/{account}/rules/vocabulary", { path: { account } });
  if (fault !== null) return <Failed fault={fault} again={again} />;
  return value === null ? <p className="loading">{t("loading")}</p> : <Writing view={value} />;
}

function Writing({ view }: { view: VocabularyView }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { account, mayEdit } = useRulebook();
  const reread = useReread();
  const doing = useDoing();
  // The version that the writing began from: a save over a later one is a conflict, not a surprise.
  const [writing, setWriting] = useState<{ text: Written; version: number; base: string } | null>(null);
  const text = writing?.text ?? writtenOf(view.vocabulary);
  const set = (changes: Partial<Written>) => {
    doing.forget();
    setWriting({
      version: writing?.version ?? view.version,
      base: writing?.base ?? canonical(view.vocabulary),
      text: { ...text, ...changes },
    });
  };
  const isStale = writing !== null && writing.base !== canonical(view.vocabulary);
  // Rules that were saved meanwhile are no clash: only other words are.
  const version = writing === null || isStale ? (writing?.version ?? view.version) : view.version;
  const save = () =>
    doing.run(
      async () => {
        const body = vocabularyOf(text);
        await hub.ask("PUT /accounts/{account}/rules/vocabulary", { path: { account }, body, version });
        setWriting(null);
        await reread();
      },
      { done: t("rules.words.saved"), quiet: true },
    );
  return (
    <div className="vocabulary">
      <p className="soft">{t("rules.words.how")}</p>
      {(isStale || doing.fault?.code === "conflict") && writing !== null && (
        <div className="rules-note" role="alert">
          <span>{t("rules.words.stale")}</span>
          <Button size="small" onClick={() => void reread().then(() => setWriting(null))}>
            {t("rules.clash.theirs")}
          </Button>
          <Button
            size="small"
            onClick={() => {
              doing.forget();
              setWriting({ ...writing, version: view.version, base: canonical(view.vocabulary) });
            }}
          >
            {t("rules.clash.mine")}
          </Button>
        </div>
      )}
      <div className="vocabulary-lines">
        {(["words", "synonyms"] as const).map((of) => (
          <Lines
            key={of}
            of={of}
            value={text[of]}
            disabled={!mayEdit}
            fault={doing.fault}
            onChange={(changed) => set({ [of]: changed })}
          />
        ))}
      </div>
      {doing.fault !== null && doing.fault.code !== "conflict" && lineFaultsOf(doing.fault).length === 0 && (
        <Failed fault={doing.fault} />
      )}
      {mayEdit && (
        <p className="rules-row">
          <Button type="primary" disabled={writing === null || doing.busy} onClick={() => void save()}>
            {t("rules.words.save")}
          </Button>
          <span className="soft" role="status">
            {t(writing === null ? "rules.words.same" : "rules.words.unsaved")}
          </span>
        </p>
      )}
      {writing !== null && <Guard save={save} discard={() => setWriting(null)} />}
    </div>
  );
}

interface LinesProps {
  of: keyof Written;
  value: string;
  disabled: boolean;
  fault: ReturnType<typeof useDoing>["fault"];
  onChange: (value: string) => void;
}

function Lines({ of, value, disabled, fault, onChange }: LinesProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const faults = lineFaultsOf(fault).filter((one) => one.of === of);
  return (
    <div className="rule-field" data-severity={faults.length > 0 ? "error" : undefined}>
      <label className="rule-label" htmlFor={`lines-${of}`}>
        {t(`rules.words.${of}`)}
      </label>
      <p className="rule-hint">{t(`rules.words.${of}How`)}</p>
      <Input.TextArea
        id={`lines-${of}`}
        rows={5}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      />
      {faults.length > 0 && (
        <ul className="remarks">
          {faults.map((one, at) => (
            <li key={at} data-severity="error">
              {t("rules.words.lineFault", { line: one.line ?? "", text: language === "en" ? one.en : one.zh })}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
