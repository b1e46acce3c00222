import { Button } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { Icon } from "../../../ui/icons";
import type { Finding, Rule } from "../../../wire";
import { Nothing } from "../../parts/Nothing";
import { byField, faultsOf, remarksOf } from "../model/findings";
import { DEAF, same, whole, type WholeRule, withRule } from "../model/rule";
import { pageHref } from "../places";
import { useDraft, useKept, useLint, useRulebook, useStaffName } from "../rulebook";
import { useChange } from "../useRuleActs";
import { useWhen } from "../when";
import { Basics } from "./Basics";
import { Conditions } from "./Conditions";
import { FIELDS, Remarks, RemarksProvider } from "./Field";
import { Guard } from "./Guard";
import { Messages } from "./Messages";
import { Patterns } from "./Patterns";
import { Preview } from "./Preview";
import { Questions } from "./Questions";
import { Thens } from "./Thens";

/** One rule as a page. What is written stays in this tab until it is saved or thrown away. */
export function Editor({ id }: { id: string }) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const { rules } = useDraft();
  const written = useKept()[id];
  const drafted = rules.find((rule) => rule.id === id) ?? null;
  const rule = written?.rule ?? drafted;
  if (rule === null) {
    return (
      <Nothing what={t("rules.editor.gone")}>
        <a href={pageHref(account)}>{t("rules.editor.toTable")}</a>
      </Nothing>
    );
  }
  return (
    <Writing rule={whole(rule)} drafted={drafted} base={written?.base ?? null} isWritten={written !== undefined} />
  );
}

interface WritingProps {
  rule: WholeRule;
  /** As the draft has it now; null of a new one. */
  drafted: Rule | null;
  /** As the draft had it when the writing began. */
  base: Rule | null;
  isWritten: boolean;
}

function Writing({ rule, drafted, base, isWritten }: WritingProps) {
  const { t } = useTranslation();
  const { kept, mayEdit, account } = useRulebook();
  const saving = useSaving(rule);
  const remarks = useFound(rule, saving.faults);
  const placed = useMemo(() => byField(remarks, FIELDS), [remarks]);
  const onChange = (changes: Partial<WholeRule>) => {
    saving.forget();
    const next = { ...rule, ...changes };
    if (drafted !== null && same(drafted, next)) kept.drop(rule.id);
    else kept.put(next, drafted);
  };
  const part = { rule, onChange, disabled: !mayEdit };
  const isDeaf =
    DEAF.includes(rule.layer) && rule.when.any.length + rule.when.none.length + rule.when.similar.length === 0;
  return (
    <RemarksProvider value={placed}>
      <form
        className="editor"
        aria-label={t("rules.editor.title")}
        onSubmit={(event) => {
          event.preventDefault();
          void saving.save();
        }}
      >
        <header className="editor-head">
          <a href={pageHref(account)} className="icon-button" aria-label={t("rules.editor.toTable")}>
            <Icon name="back" />
          </a>
          <h2>{rule.name === "" ? t("rules.table.new") : rule.name}</h2>
          <span className="soft">{rule.id}</span>
        </header>
        {drafted !== null && base !== null && !same(base, drafted) && <Stale rule={rule} drafted={drafted} />}
        <Remarks remarks={placed.get("") ?? []} />
        <div className="editor-parts">
          <div className="editor-form">
            <Section title={t("rules.editor.who")}>
              <Basics {...part} />
            </Section>
            {!isDeaf && (
              <Section title={t("rules.editor.listens")}>
                <Patterns
                  path="when.any"
                  patterns={rule.when.any}
                  disabled={!mayEdit}
                  onChange={(any) => onChange({ when: { ...rule.when, any } })}
                />
                <Questions
                  questions={rule.when.similar}
                  disabled={!mayEdit}
                  onChange={(similar) => onChange({ when: { ...rule.when, similar } })}
                />
                <Patterns
                  path="when.none"
                  patterns={rule.when.none}
                  disabled={!mayEdit}
                  onChange={(none) => onChange({ when: { ...rule.when, none } })}
                />
              </Section>
            )}
            <Section title={t("rules.editor.says")}>
              <Messages reply={rule.reply} disabled={!mayEdit} onChange={(reply) => onChange({ reply })} />
              <Thens {...part} />
            </Section>
            <Section title={t("rules.editor.limits")}>
              <Conditions {...part} />
            </Section>
          </div>
          <aside className="editor-aside">
            <Preview messages={rule.reply.messages} choose={rule.reply.choose} />
          </aside>
        </div>
        {mayEdit && (
          <footer className="editor-foot">
            <span role="status" className="soft">
              {t(isWritten ? "rules.editor.unsaved" : "rules.editor.same")}
            </span>
            <Button
              disabled={!isWritten || saving.busy}
              onClick={() => {
                saving.forget();
                kept.drop(rule.id);
                if (drafted === null) globalThis.location.assign(pageHref(account));
              }}
            >
              {t("rules.editor.discard")}
            </Button>
            <Button type="primary" htmlType="submit" disabled={!isWritten} loading={saving.busy}>
              {t("rules.editor.save")}
            </Button>
          </footer>
        )}
      </form>
      {isWritten && <Guard save={saving.save} discard={() => kept.drop(rule.id)} />}
    </RemarksProvider>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <section className="editor-section">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

/** The rule was changed in the draft while it was being written here: by whom, and whose words to go on with. */
function Stale({ rule, drafted }: { rule: Rule; drafted: Rule }) {
  const { t } = useTranslation();
  const { kept } = useRulebook();
  const { saved } = useDraft();
  const nameOf = useStaffName();
  const when = useWhen();
  return (
    <div className="rules-note" role="alert">
      <span>
        {t("rules.editor.stale", { name: nameOf(saved.author), time: saved.at === null ? "" : when(saved.at) })}
      </span>
      <Button size="small" onClick={() => kept.drop(rule.id)}>
        {t("rules.clash.theirs")}
      </Button>
      <Button size="small" onClick={() => kept.rest(rule.id, drafted)}>
        {t("rules.clash.mine")}
      </Button>
    </div>
  );
}

/** Saving the rule into the draft, and what the hub has against it. */
function useSaving(rule: WholeRule) {
  const { kept } = useRulebook();
  const change = useChange();
  const [faults, setFaults] = useState<readonly Finding[]>([]);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<boolean> => {
    setBusy(true);
    const outcome = await change((rules) => withRule(rules, rule));
    setBusy(false);
    setFaults(faultsOf(outcome.fault));
    if (outcome.saved) kept.drop(rule.id);
    return outcome.saved;
  };
  return { busy, faults, save, forget: () => setFaults([]) };
}

/** What is found about the rule as it is written: by lint a moment later, and by the hub when it was refused. */
function useFound(rule: WholeRule, faults: readonly Finding[]) {
  const { rules } = useDraft();
  const spoken = JSON.stringify(rule);
  const set = useMemo(() => withRule(rules, JSON.parse(spoken) as Rule), [rules, spoken]);
  const linted = useLint(set);
  const at = set.findIndex((one) => one.id === rule.id);
  const found = linted.findings;
  return useMemo(
    () => remarksOf(faults.length > 0 ? [...faults, ...found.filter((one) => one.code !== "fault")] : found, at),
    [faults, found, at],
  );
}
