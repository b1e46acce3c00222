import { Button, Progress, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { hrefOf } from "../../../ui/route";
import type { ReplayReport, ReplayRow } from "../../../wire";
import { Failed } from "../../parts/Failed";
import { ruleHref } from "../places";
import { useRulebook } from "../rulebook";
import { useWhen } from "../when";
import { useReplay } from "./useReplay";

const DAYS = [1, 3, 7, 14, 30, 90];
type Kind = ReplayRow["change"];
const KINDS: readonly Kind[] = ["newly_answered", "changed", "newly_silent"];

/** What the draft would have changed for what buyers really wrote: counts first, examples on a click. */
export function Replay() {
  const { t } = useTranslation();
  const [days, setDays] = useState(7);
  const replay = useReplay();
  const { progress, report } = replay;
  return (
    <div className="replay">
      <p className="soft">{t("rules.replay.how")}</p>
      <div className="rules-row">
        <Select
          aria-label={t("rules.replay.days")}
          value={days}
          disabled={replay.busy}
          onChange={setDays}
          popupMatchSelectWidth={false}
          options={DAYS.map((value) => ({ value, label: t("rules.replay.lastDays", { count: value }) }))}
        />
        {replay.busy ? (
          <Button danger onClick={replay.cancel}>
            {t("cancel")}
          </Button>
        ) : (
          <Button type="primary" onClick={() => replay.start(days)}>
            {t("rules.replay.start")}
          </Button>
        )}
      </div>
      {replay.busy && (
        <div role="status">
          <Progress
            aria-label={t("rules.replay.running")}
            percent={progress === null || progress.of === 0 ? 0 : Math.floor((100 * progress.done) / progress.of)}
          />
          <p className="soft">{progress === null ? t("loading") : t("rules.replay.progress", { ...progress })}</p>
        </div>
      )}
      {replay.fault !== null && <Failed fault={replay.fault} again={() => replay.start(days)} />}
      {report !== null && <Report report={report} />}
    </div>
  );
}

function Report({ report }: { report: ReplayReport }) {
  const { t } = useTranslation();
  const when = useWhen();
  const [kind, setKind] = useState<Kind | null>(null);
  const rows = report.rows.filter((row) => kind === null || row.change === kind);
  return (
    <section className="replay-report">
      <p>
        {t("rules.replay.heard", { count: report.heard, since: when(report.since), version: report.version })}
        {!report.complete && ` ${t("rules.replay.incomplete")}`}
      </p>
      <p>{t("rules.replay.answered", { before: report.answered_before, after: report.answered_after })}</p>
      <div className="replay-counts" role="group" aria-label={t("rules.replay.kinds")}>
        {KINDS.map((one) => (
          <button
            key={one}
            type="button"
            data-kind={one}
            aria-pressed={kind === one}
            onClick={() => setKind(kind === one ? null : one)}
          >
            <strong>{report[one]}</strong>
            <span>{t(`rules.replay.kind.${one}`)}</span>
          </button>
        ))}
      </div>
      {report.rows.length === 0 && <p className="soft">{t("rules.replay.same")}</p>}
      <ul className="replay-rows">
        {rows.map((row, at) => (
          <Row key={`${row.change} ${at}`} row={row} names={report.names} />
        ))}
      </ul>
      {report.more > 0 && <p className="soft">{t("rules.replay.more", { count: report.more })}</p>}
    </section>
  );
}

function Row({ row, names }: { row: ReplayRow; names: Readonly<Record<string, string>> }) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const when = useWhen();
  return (
    <li data-kind={row.change}>
      <details>
        <summary>
          <span className="replay-count">{t("rules.replay.times", { count: row.count })}</span>
          <Said answer={row.before} names={names} />
          <span aria-hidden="true">→</span>
          {isReworded(row) ? (
            <span className="replay-said">{t("rules.replay.reworded")}</span>
          ) : (
            <Said answer={row.after} names={names} />
          )}
        </summary>
        <ul className="replay-examples">
          {row.examples.map((one) => (
            <li key={`${one.conversation}:${one.seq}`}>
              <q>{one.text}</q>
              <a className="soft" href={hrefOf(account, "desk", "all", one.conversation)}>
                {when(one.at)}
              </a>
            </li>
          ))}
          {row.after.rules.slice(0, 1).map((rule) => (
            <li key={rule}>
              <a href={ruleHref(account, rule)}>{t("rules.editor.toOther", { name: names[rule] ?? rule })}</a>
            </li>
          ))}
        </ul>
      </details>
    </li>
  );
}

/** Whether the same rules answer, only in other words. */
function isReworded({ before, after }: ReplayRow): boolean {
  return before.outcome === after.outcome && before.rules.join(" ") === after.rules.join(" ");
}

function Said({ answer, names }: { answer: ReplayRow["before"]; names: Readonly<Record<string, string>> }) {
  const { t } = useTranslation();
  const rules = answer.rules.map((id) => names[id] ?? id).join(t("list"));
  return <span className="replay-said">{t(`rules.replay.outcome.${answer.outcome}`, { rules })}</span>;
}
