import { Input } from "antd";
import type { TextAreaRef } from "antd/es/input/TextArea";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { inserted, NAMES } from "../model/template";

/** A text with names to fill in: each name is offered as a button, which puts it where one writes. */
export function Template({
  label,
  value,
  limit,
  rows = 2,
  onChange,
  disabled,
}: {
  label: string;
  value: string;
  limit: number;
  rows?: number;
  onChange: (value: string) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const area = useRef<TextAreaRef>(null);
  const put = (name: (typeof NAMES)[number]) => {
    const field = area.current?.resizableTextArea?.textArea;
    const at = field?.selectionStart ?? value.length;
    const end = field?.selectionEnd ?? at;
    onChange(inserted(value, at, end, name, t(`rules.editor.defaults.${name}`)));
    field?.focus();
  };
  return (
    <div className="template">
      <Input.TextArea
        ref={area}
        aria-label={label}
        placeholder={label}
        rows={rows}
        maxLength={limit}
        value={value}
        disabled={disabled}
        onChange={(event) => onChange(event.target.value)}
      />
      {!disabled && (
        <details className="template-names">
          <summary>{t("rules.editor.names")}</summary>
          <span>
            {NAMES.map((name) => (
              <button key={name} type="button" onClick={() => put(name)}>
                {t(`rules.editor.named.${name}`)}
              </button>
            ))}
          </span>
        </details>
      )}
    </div>
  );
}
