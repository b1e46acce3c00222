import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../../ui/icons";
import { entryOf } from "../model/findings";
import { unique } from "../model/rule";
import { Field, useRemarks } from "./Field";

/** Similar questions, one a line; several can be pasted at once. */
export function Questions({
  questions,
  onChange,
  disabled,
}: {
  questions: readonly string[];
  onChange: (questions: string[]) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const remarks = useRemarks("when.similar");
  const add = () => {
    const more = text.split("\n").map((one) => one.trim());
    onChange(unique([...questions, ...more].filter(Boolean)));
    setText("");
  };
  return (
    <Field path="when.similar" label={t("rules.editor.similar")} hint={t("rules.editor.similarHow")} group>
      {() => (
        <>
          <ul className="questions">
            {questions.map((question, at) => (
              <li
                key={question}
                data-severity={remarks.find((one) => entryOf(one.path, "when.similar") === at)?.severity}
              >
                <span>{question}</span>
                {!disabled && (
                  <IconButton
                    icon="close"
                    label={t("rules.editor.drop", { text: question })}
                    onClick={() => onChange(questions.filter((one) => one !== question))}
                  />
                )}
              </li>
            ))}
          </ul>
          {!disabled && (
            <div className="adding-row">
              <Input.TextArea
                rows={1}
                aria-label={t("rules.editor.addTo", { label: t("rules.editor.similar") })}
                placeholder={t("rules.editor.similarHint")}
                value={text}
                onChange={(event) => setText(event.target.value)}
                onPressEnter={(event) => {
                  if (event.nativeEvent.isComposing || event.shiftKey) return;
                  event.preventDefault();
                  add();
                }}
                onBlur={() => text.trim() !== "" && add()}
              />
              <Button onClick={add} disabled={text.trim() === ""}>
                {t("console.add")}
              </Button>
            </div>
          )}
        </>
      )}
    </Field>
  );
}
