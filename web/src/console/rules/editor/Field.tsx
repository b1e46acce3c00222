import { Button } from "antd";
import { createContext, use, useId } from "react";
import { useTranslation } from "react-i18next";

import { useLanguage } from "../../../ui/taste";
import type { Remark } from "../model/findings";
import { ruleHref } from "../places";
import { useRulebook } from "../rulebook";
import { useAddWords } from "../vocabulary/useAddWords";
import { Mark } from "../Mark";

/** The members of a rule that have a field, so that what is found about them stands there. */
export const FIELDS = [
  "name",
  "layer",
  "priority",
  "after_s",
  "when.any",
  "when.none",
  "when.similar",
  "where",
  "channels",
  "audience",
  "hours",
  "cooldown_s",
  "reply.choose",
  "reply.messages",
  ...[0, 1, 2, 3, 4].map((at) => `reply.messages[${at}]`),
  "then.hand_off",
  "then.team",
  "then.invite",
  "then.tag",
];

const RemarksContext = createContext<ReadonlyMap<string, readonly Remark[]>>(new Map());
export const RemarksProvider = RemarksContext.Provider;

const NONE: readonly Remark[] = [];

/** What is found about one field. */
export function useRemarks(path: string): readonly Remark[] {
  return use(RemarksContext).get(path) ?? NONE;
}

/** A field of the rule: its label, a word about it, and below it what is wrong or doubtful. `group`: several controls in it have labels of their own. */
export function Field({
  path,
  label,
  hint,
  group = false,
  children,
}: {
  path: string;
  label: string;
  hint?: string;
  group?: boolean;
  children: (id: string, described: string | undefined) => React.ReactNode;
}) {
  const id = useId();
  const remarks = useRemarks(path);
  const described = remarks.length > 0 ? `${id}-remarks` : undefined;
  return (
    <div
      className="rule-field"
      data-severity={remarks[0]?.severity}
      {...(group ? { role: "group", "aria-labelledby": `${id}-label` } : {})}
    >
      {group ? (
        <span className="rule-label" id={`${id}-label`}>
          {label}
        </span>
      ) : (
        <label className="rule-label" htmlFor={id}>
          {label}
        </label>
      )}
      {group && hint !== undefined && <p className="rule-hint">{hint}</p>}
      {children(id, described)}
      {!group && hint !== undefined && <p className="rule-hint">{hint}</p>}
      <Remarks remarks={remarks} id={`${id}-remarks`} />
    </div>
  );
}

export function Remarks({ remarks, id }: { remarks: readonly Remark[]; id?: string }) {
  if (remarks.length === 0) return null;
  return (
    <ul className="remarks" id={id}>
      {remarks.map((remark) => (
        <OneRemark key={`${remark.path} ${remark.code} ${remark.other ?? ""} ${remark.zh}`} remark={remark} />
      ))}
    </ul>
  );
}

function OneRemark({ remark }: { remark: Remark }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { account, keeper, mayEdit } = useRulebook();
  const addWords = useAddWords();
  const other = remark.other === null ? undefined : keeper.get().rules.find((rule) => rule.id === remark.other);
  return (
    <li data-severity={remark.severity}>
      <Mark>{t(`rules.severity.${remark.severity}`)}</Mark>
      <span>{language === "en" ? remark.en : remark.zh}</span>
      {other !== undefined && (
        <a href={ruleHref(account, other.id)}>{t("rules.editor.toOther", { name: other.name })}</a>
      )}
      {remark.words.length > 0 && mayEdit && (
        <Button size="small" loading={addWords.busy} onClick={() => void addWords.add(remark.words)}>
          {t("rules.editor.addWords", { words: remark.words.join("、") })}
        </Button>
      )}
    </li>
  );
}
