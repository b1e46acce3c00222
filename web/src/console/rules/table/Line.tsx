import { Dropdown, InputNumber, Switch, Tooltip } from "antd";
import { memo } from "react";
import { useTranslation } from "react-i18next";

import { Icon, IconButton } from "../../../ui/icons";
import { useLanguage } from "../../../ui/taste";
import type { Rule } from "../../../wire";
import type { Row } from "../model/filter";
import { gistOf, PRIORITY } from "../model/rule";
import { ruleHref } from "../places";
import { useKept, useRulebook } from "../rulebook";
import { useRuleActs } from "../useRuleActs";
import { Mark } from "../Mark";

/** Patterns that a line names; the rest is counted. */
const NAMED = 4;

interface LineProps {
  row: Row;
  counted: boolean;
  /** The rules between which it stands, where they can change places. */
  above: string | null;
  below: string | null;
}

/** One rule of the table: what it is, what it listens for, what it did, whether it is on. */
export const Line = memo(function Line({ row, counted, above, below }: LineProps) {
  const { t } = useTranslation();
  const { account, mayEdit } = useRulebook();
  const kept = useKept();
  const acts = useRuleActs();
  const { rule } = row;
  const move: Moving = {
    up: above === null ? null : () => acts.before(rule.id, above),
    down: below === null ? null : () => acts.before(below, rule.id),
  };
  const press = (event: React.KeyboardEvent<HTMLElement>) => {
    const go = event.key === "ArrowUp" ? move.up : event.key === "ArrowDown" ? move.down : null;
    const { target } = event;
    if (go === null || !event.altKey || !(target instanceof HTMLElement) || target.matches("input")) return;
    event.preventDefault();
    go();
    requestAnimationFrame(() => target.focus()); // a line that is put elsewhere loses it
  };
  const figure = (value: number | undefined) => (counted ? (value ?? 0) : "…");
  return (
    <article className="rule-line" data-off={rule.enabled === false} onKeyDown={mayEdit ? press : undefined}>
      <div className="rule-name">
        <a href={ruleHref(account, rule.id)}>{rule.name}</a>
        <Marks row={row} unsaved={rule.id in kept} />
        <p className="rule-gist">{gistOf(rule)}</p>
      </div>
      <Listens rule={rule} />
      <div className="rule-priority">
        <span className="rule-figure-label" aria-hidden="true">
          {t("rules.table.priority")}
        </span>
        <InputNumber
          size="small"
          min={PRIORITY.min}
          max={PRIORITY.max}
          precision={0}
          disabled={!mayEdit}
          aria-label={t("rules.table.priorityOf", { name: rule.name })}
          value={rule.priority ?? 0}
          onChange={(priority) => priority !== null && acts.set(rule, { priority })}
          changeOnBlur
        />
      </div>
      <Figure label={t("rules.table.heard")} value={figure(row.stats?.heard)} />
      <Figure label={t("rules.table.answered")} value={figure(row.stats?.answered)} />
      <div className="rule-switch">
        <Tooltip title={mayEdit ? null : t("rules.onlyOwner")}>
          <Switch
            size="small"
            checked={rule.enabled ?? true}
            disabled={!mayEdit}
            aria-label={t("rules.table.enable", { name: rule.name })}
            onChange={(enabled) => acts.set(rule, { enabled })}
          />
        </Tooltip>
      </div>
      <div className="rule-more">{mayEdit && <More rule={rule} move={move} />}</div>
    </article>
  );
});

function Figure({ label, value }: { label: string; value: number | string }) {
  return (
    <div className="rule-figure">
      <span className="rule-figure-label">{label}</span> {value}
    </div>
  );
}

function Marks({ row, unsaved }: { row: Row; unsaved: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const worst = row.findings[0]?.severity;
  return (
    <span className="rule-marks">
      <Mark>{t(`rules.layers.${row.rule.layer}`)}</Mark>
      {row.status === "new" && <Mark tone="good">{t("rules.table.isNew")}</Mark>}
      {row.status === "changed" && <Mark tone="info">{t("rules.table.isChanged")}</Mark>}
      {unsaved && <Mark tone="warn">{t("rules.table.unsaved")}</Mark>}
      {worst !== undefined && (
        <span
          className="rule-found"
          data-severity={worst}
          title={row.findings.map((one) => (language === "en" ? one.en : one.zh)).join("\n")}
        >
          <Icon name="alert" size={15} />
          {t("rules.table.remarks", { count: row.findings.length })}
        </span>
      )}
    </span>
  );
}

function Listens({ rule }: { rule: Rule }) {
  const { t } = useTranslation();
  const any = rule.when?.any ?? [];
  const questions = rule.when?.similar?.length ?? 0;
  return (
    <div className="rule-listens">
      {any.slice(0, NAMED).map((pattern, at) => (
        // Two patterns may read the same in two modes: their place tells them apart.
        <span className="rule-pattern" key={at} title={t(`rules.modes.${pattern.mode}`)}>
          {pattern.text}
        </span>
      ))}
      {any.length > NAMED && <span className="soft">{t("rules.table.more_patterns", { count: any.length })}</span>}
      {questions > 0 && <span className="soft">{t("rules.table.similar", { count: questions })}</span>}
      {rule.then?.hand_off === true && <Mark>{t("rules.table.handsOff")}</Mark>}
    </div>
  );
}

/** What puts a rule one place higher or lower; null where it has no place to go. */
interface Moving {
  up: (() => void) | null;
  down: (() => void) | null;
}

function More({ rule, move }: { rule: Rule; move: Moving }) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const acts = useRuleActs();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "edit", label: <a href={ruleHref(account, rule.id)}>{t("console.edit")}</a> },
          { key: "copy", label: t("rules.table.copy"), onClick: () => acts.copy(rule) },
          ...(["up", "down"] as const).map((way) => ({
            key: way,
            label: t(`rules.table.${way}`),
            disabled: move[way] === null,
            onClick: () => move[way]?.(),
          })),
          { key: "first", label: t("rules.table.first"), onClick: () => acts.first(rule) },
          { key: "remove", label: t("rules.table.remove"), danger: true, onClick: () => acts.remove(rule) },
        ],
      }}
    >
      <IconButton icon="more" label={t("rules.table.more", { name: rule.name })} />
    </Dropdown>
  );
}
