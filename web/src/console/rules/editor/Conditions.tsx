import { Checkbox, InputNumber, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useAsked } from "../../parts/asked";
import { useRulebook } from "../rulebook";
import type { PartProps } from "./Basics";
import { Field } from "./Field";
import { HoursField } from "./HoursField";

/** Where, for whom, when and how often the rule may speak. */
export function Conditions({ rule, onChange, disabled }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <Field path="where" label={t("rules.editor.where")} group>
        {() => (
          <span className="rules-row">
            <Checkbox.Group
              value={rule.where}
              disabled={disabled}
              onChange={(where) => where.length > 0 && onChange({ where })}
              options={(["direct", "group"] as const).map((value) => ({
                value,
                label: t(`rules.editor.place.${value}`),
              }))}
            />
            {rule.where.includes("group") && (
              <Checkbox
                checked={rule.unaddressed}
                disabled={disabled}
                onChange={(event) => onChange({ unaddressed: event.target.checked })}
              >
                {t("rules.editor.unaddressed")}
              </Checkbox>
            )}
            {rule.where.includes("group") && (
              <Checkbox
                checked={rule.reply.visible === "asker"}
                disabled={disabled}
                onChange={(event) =>
                  onChange({ reply: { ...rule.reply, visible: event.target.checked ? "asker" : "room" } })
                }
              >
                {t("rules.editor.aside")}
              </Checkbox>
            )}
          </span>
        )}
      </Field>
      <TagsField
        path="audience"
        label={t("rules.editor.audience")}
        hint={t("rules.editor.audienceHow")}
        tags={rule.audience.tags}
        disabled={disabled}
        onChange={(tags) => onChange({ audience: { tags } })}
      />
      <HoursField hours={rule.hours ?? null} disabled={disabled} onChange={(hours) => onChange({ hours })} />
      <Field path="cooldown_s" label={t("rules.editor.cooldown")} hint={t("rules.editor.cooldownHow")}>
        {(id) => (
          <InputNumber
            id={id}
            min={0}
            max={2_678_400}
            precision={0}
            suffix={t("rules.editor.seconds")}
            value={rule.cooldown_s}
            disabled={disabled}
            onChange={(cooldown_s) => onChange({ cooldown_s: cooldown_s ?? 0 })}
          />
        )}
      </Field>
    </>
  );
}

/** Tags of followers: those the account knows are offered, others can be typed. */
export function TagsField({
  path,
  label,
  hint,
  tags,
  onChange,
  disabled,
}: {
  path: string;
  label: string;
  hint: string;
  tags: readonly string[];
  onChange: (tags: string[]) => void;
  disabled: boolean;
}) {
  const { account } = useRulebook();
  const known = useAsked("GET /accounts/{account}/tags", { path: { account } });
  return (
    <Field path={path} label={label} hint={hint}>
      {(id) => (
        <Select
          id={id}
          mode="tags"
          maxCount={20}
          tokenSeparators={["，", ",", "、"]}
          value={[...tags]}
          disabled={disabled}
          onChange={onChange}
          options={known.value?.items.map((one) => ({ value: one.tag, label: one.tag })) ?? []}
        />
      )}
    </Field>
  );
}
