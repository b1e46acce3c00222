import { Checkbox, Select } from "antd";
import { useTranslation } from "react-i18next";

import { useAsked } from "../../parts/asked";
import { useRulebook } from "../rulebook";
import type { PartProps } from "./Basics";
import { TagsField } from "./Conditions";
import { Field } from "./Field";

/** What follows the reply: people are called, tags are put on the buyer, they are invited into a group. */
export function Thens({ rule, onChange, disabled }: PartProps) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const teams = useAsked("GET /accounts/{account}/teams", { path: { account } });
  const groups = useAsked("GET /accounts/{account}/groups", { path: { account }, query: { limit: 100 } });
  const { then } = rule;
  const set = (changes: Partial<typeof then>) => onChange({ then: { ...then, ...changes } });
  const named = (value: string | null, known: { value: string; label: string }[]) =>
    value === null || known.some((one) => one.value === value) ? known : [...known, { value, label: value }];
  // A rule names a team or a group by its name or its id: what it has stays, what is chosen here is the id.
  const teamOptions =
    teams.value?.items.map(({ id, name }) => ({ value: then.team === name ? name : id, label: name })) ?? [];
  const groupOptions = groups.value?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  return (
    <>
      <Field path="then.hand_off" label={t("rules.editor.then")} group>
        {() => (
          <Checkbox
            checked={then.hand_off === true}
            disabled={disabled}
            onChange={(event) => set(event.target.checked ? { hand_off: true } : { hand_off: null, team: null })}
          >
            {t("rules.editor.handOff")}
          </Checkbox>
        )}
      </Field>
      {(then.hand_off === true || then.team !== null) && (
        <Field path="then.team" label={t("rules.editor.team")}>
          {(id) => (
            <Select
              id={id}
              allowClear
              placeholder={t("rules.editor.anyTeam")}
              value={then.team}
              disabled={disabled}
              onChange={(team: string | null | undefined) => set({ team: team ?? null })}
              options={named(then.team, teamOptions)}
            />
          )}
        </Field>
      )}
      <TagsField
        path="then.tag"
        label={t("rules.editor.tag")}
        hint={t("rules.editor.tagHow")}
        tags={then.tag}
        disabled={disabled}
        onChange={(tag) => set({ tag })}
      />
      <Field path="then.invite" label={t("rules.editor.invite")} hint={t("rules.editor.inviteHow")}>
        {(id) => (
          <Select
            id={id}
            allowClear
            placeholder={t("rules.editor.noInvite")}
            value={then.invite}
            disabled={disabled}
            onChange={(invite: string | null | undefined) => set({ invite: invite ?? null })}
            options={named(then.invite, groupOptions)}
          />
        )}
      </Field>
    </>
  );
}
