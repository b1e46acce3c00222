import { App, Button } from "antd";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { Rule } from "../../wire";
import type { Change, Outcome } from "./model/draft";
import { copyOf, freshId, putBefore, putFirst, without, withRule } from "./model/rule";
import { useReread, useRulebook } from "./rulebook";

const UNDO_S = 8;

/** What can be done to a rule from the table. Each is seen at once, and told as it is only when the hub has it. */
export interface RuleActs {
  set: (rule: Rule, changes: Partial<Rule>) => void;
  copy: (rule: Rule) => Rule;
  first: (rule: Rule) => void;
  /** Put a rule directly before another of its layer. */
  before: (rule: string, other: string) => void;
  remove: (rule: Rule) => void;
}

/** Save a change of the draft; a fault is told, and afterwards everything is asked anew that depends on it. */
export function useChange(): (change: Change, quiet?: boolean) => Promise<Outcome> {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { keeper } = useRulebook();
  const reread = useReread();
  return useCallback(
    async (change, quiet = false) => {
      const outcome = await keeper.change(change);
      const { fault } = outcome;
      if (fault !== null && !quiet) void message.error(fault.fault?.message ?? t("lost"));
      void reread().catch(() => undefined); // what is shown is what was saved; this only brings the dates along
      return outcome;
    },
    [keeper, message, reread, t],
  );
}

export function useRuleActs(): RuleActs {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { keeper, kept } = useRulebook();
  const change = useChange();
  return useMemo(() => {
    const edit = (id: string, how: (rule: Rule) => Rule) =>
      change((rules) => rules.map((rule) => (rule.id === id ? how(rule) : rule)));
    const remove = async (rule: Rule): Promise<void> => {
      const at = keeper.get().rules.findIndex((one) => one.id === rule.id);
      if (!(await change((rules) => without(rules, rule.id))).saved) return;
      const working = kept.get()[rule.id];
      kept.drop(rule.id);
      const key = `removed-${rule.id}`;
      const undo = async (): Promise<void> => {
        message.destroy(key);
        if (working !== undefined) kept.put(working.rule, working.base);
        const back = await change((rules) => [...rules.slice(0, at), rule, ...rules.slice(at)]);
        if (back.saved) void message.success(t("rules.table.undone"));
      };
      void message.open({
        key,
        type: "success",
        duration: UNDO_S,
        content: (
          <span className="undo">
            {t("rules.table.removed", { name: rule.name })}
            <Button size="small" onClick={() => void undo()}>
              {t("rules.table.undo")}
            </Button>
          </span>
        ),
      });
    };
    return {
      set: (rule, changes) => void edit(rule.id, (one) => ({ ...one, ...changes })),
      copy: (rule) => {
        const copied = copyOf(rule, freshId(keeper.get().rules, rule.id), t("rules.table.copied", { name: rule.name }));
        void change((rules) => withRule(rules, copied));
        return copied;
      },
      first: (rule) => void change((rules) => putFirst(rules, rule.id)),
      before: (rule, other) => void change((rules) => putBefore(rules, rule, other)),
      remove: (rule) => void remove(rule),
    };
  }, [change, keeper, kept, message, t]);
}
