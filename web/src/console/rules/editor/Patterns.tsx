import { Button, Input, Select, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Pattern } from "../../../wire";
import { entryOf } from "../model/findings";
import { addPatterns, MODES, type PatternMode, patternsOf } from "../model/rule";
import { Field, useRemarks } from "./Field";

interface PatternsProps {
  path: "when.any" | "when.none";
  patterns: readonly Pattern[];
  onChange: (patterns: Pattern[]) => void;
  disabled: boolean;
}

/** Patterns as chips, each mode in a row of its own, and a field for more that says by an example what its mode does. */
export function Patterns({ path, patterns, onChange, disabled }: PatternsProps) {
  const { t } = useTranslation();
  const words = path === "when.any" ? "any" : "none";
  return (
    <Field path={path} label={t(`rules.editor.${words}`)} hint={t(`rules.editor.${words}How`)} group>
      {() => (
        <>
          {MODES.filter((mode) => patterns.some((one) => one.mode === mode)).map((mode) => (
            <Chips key={mode} path={path} mode={mode} patterns={patterns} onChange={onChange} disabled={disabled} />
          ))}
          {!disabled && (
            <Adding label={t(`rules.editor.${words}`)} onAdd={(more) => onChange(addPatterns(patterns, more))} />
          )}
        </>
      )}
    </Field>
  );
}

function Chips({ path, mode, patterns, onChange, disabled }: PatternsProps & { mode: PatternMode }) {
  const { t } = useTranslation();
  const remarks = useRemarks(path);
  const severityAt = (at: number) => remarks.find((one) => entryOf(one.path, path) === at)?.severity;
  return (
    <div className="chips">
      <span className="chips-mode" aria-hidden="true">
        {t(`rules.modes.${mode}`)}
      </span>
      <ul aria-label={t(`rules.modes.${mode}`)}>
        {patterns.map((pattern, at) =>
          pattern.mode !== mode ? null : (
            <li key={`${at} ${pattern.text}`}>
              <Tag
                className="chip"
                data-severity={severityAt(at)}
                closable={!disabled}
                closeIcon={<span aria-label={t("rules.editor.drop", { text: pattern.text })}>×</span>}
                onClose={(event) => {
                  event.preventDefault();
                  onChange(patterns.filter((_, one) => one !== at));
                }}
              >
                {pattern.text}
              </Tag>
            </li>
          ),
        )}
      </ul>
    </div>
  );
}

function Adding({ label, onAdd }: { label: string; onAdd: (patterns: Pattern[]) => void }) {
  const { t } = useTranslation();
  const [mode, setMode] = useState<PatternMode>("contains");
  const [text, setText] = useState("");
  const add = () => {
    const more = patternsOf(text, mode);
    if (more.length === 0) return;
    onAdd(more);
    setText("");
  };
  return (
    <div className="adding">
      <div className="adding-row">
        <Select
          aria-label={t("rules.editor.modeOf", { label })}
          value={mode}
          onChange={setMode}
          popupMatchSelectWidth={false}
          options={MODES.map((one) => ({ value: one, label: t(`rules.modes.${one}`) }))}
        />
        <Input
          aria-label={t("rules.editor.addTo", { label })}
          placeholder={t("rules.editor.addHint")}
          value={text}
          maxLength={2_000}
          onChange={(event) => setText(event.target.value)}
          onPressEnter={(event) => {
            if (event.nativeEvent.isComposing) return; // the Enter that ends a word being composed is none
            event.preventDefault();
            add();
          }}
          onBlur={add}
        />
        <Button onClick={add}>{t("console.add")}</Button>
      </div>
      <p className="rule-hint">{t(`rules.editor.example.${mode}`)}</p>
    </div>
  );
}
