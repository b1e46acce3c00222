import { Input, InputNumber, Select, Switch } from "antd";
import { useTranslation } from "react-i18next";

import { type Layer, LAYERS, PRIORITY, type WholeRule } from "../model/rule";
import { Field } from "./Field";

export interface PartProps {
  rule: WholeRule;
  onChange: (changes: Partial<WholeRule>) => void;
  disabled: boolean;
}

/** What the rule is called, in which layer it speaks, and before which others. */
export function Basics({ rule, onChange, disabled }: PartProps) {
  const { t } = useTranslation();
  const change = (layer: Layer) => onChange({ layer, after_s: layer === "waiting" ? (rule.after_s ?? 60) : null });
  return (
    <div className="rule-basics">
      <Field path="name" label={t("rules.editor.name")}>
        {(id, described) => (
          <Input
            id={id}
            aria-describedby={described}
            value={rule.name}
            maxLength={80}
            disabled={disabled}
            placeholder={t("rules.editor.nameHint")}
            onChange={(event) => onChange({ name: event.target.value })}
          />
        )}
      </Field>
      <Field path="layer" label={t("rules.editor.layer")} hint={t(`rules.editor.layerHow.${rule.layer}`)}>
        {(id) => (
          <Select
            id={id}
            value={rule.layer}
            disabled={disabled}
            onChange={change}
            options={LAYERS.map((layer) => ({ value: layer, label: t(`rules.layers.${layer}`) }))}
          />
        )}
      </Field>
      <Field path="priority" label={t("rules.editor.priority")} hint={t("rules.editor.priorityHow")}>
        {(id) => (
          <InputNumber
            id={id}
            min={PRIORITY.min}
            max={PRIORITY.max}
            precision={0}
            value={rule.priority}
            disabled={disabled}
            onChange={(priority) => onChange({ priority: priority ?? 0 })}
          />
        )}
      </Field>
      {rule.layer === "waiting" && (
        <Field path="after_s" label={t("rules.editor.after")}>
          {(id) => (
            <InputNumber
              id={id}
              min={1}
              max={86_400}
              precision={0}
              suffix={t("rules.editor.seconds")}
              value={rule.after_s ?? null}
              disabled={disabled}
              onChange={(after_s) => onChange({ after_s })}
            />
          )}
        </Field>
      )}
      <Field path="enabled" label={t("rules.table.enabled")}>
        {(id) => (
          <Switch id={id} checked={rule.enabled} disabled={disabled} onChange={(enabled) => onChange({ enabled })} />
        )}
      </Field>
    </div>
  );
}
