import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Candidate, Trace } from "../../wire";
import { MarkedText } from "./MarkedText";
import "./trace.css";

/**
 * Why a text was answered as it was: the winner, what it beat and on what, guards, words, and the very characters.
 *
 * `text` is what the buyer wrote; null where nothing was written, as on following.
 */
export function TraceView({ trace, text }: { trace: Trace; text: string | null }) {
  const { t } = useTranslation();
  const candidates = trace.candidates ?? [];
  const winners = trace.winners ?? [];
  const first = candidates.find((one) => winners.includes(one.rule) && spansOf(one).length > 0);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = candidates.find((one) => one.rule === chosen) ?? first ?? candidates.find((one) => spansOf(one).length);
  const reason = trace.guard ?? trace.reason;
  return (
    <div className="trace">
      <p className="trace-outcome" data-outcome={trace.outcome}>
        <strong>{t(`trace.outcome.${trace.outcome}`)}</strong>
        {typeof reason === "string" && <span>{t(`trace.reason.${reason}`)}</span>}
      </p>
      {text === null ? (
        <p className="soft">{t(`trace.event.${trace.event ?? "message"}`)}</p>
      ) : (
        <section>
          <h3>{t("trace.said")}</h3>
          <p className="trace-text">
            <MarkedText text={text} spans={shown === undefined ? [] : spansOf(shown)} />
          </p>
          {shown !== undefined && spansOf(shown).length > 0 && (
            <p className="soft trace-small">{t("trace.markedOf", { name: shown.name })}</p>
          )}
        </section>
      )}
      <Rules trace={trace} shown={shown?.rule ?? null} onShow={setChosen} />
      {(trace.words ?? []).length > 0 && (
        <section>
          <h3>{t("trace.words")}</h3>
          <ul className="trace-words">
            {trace.words?.map((word, at) => (
              <li key={at}>{word}</li>
            ))}
          </ul>
          {trace.normal !== undefined && trace.normal !== text && (
            <p className="soft trace-small">
              {t("trace.normal")}
              {t("colon")}
              {trace.normal}
            </p>
          )}
        </section>
      )}
      <p className="soft trace-small">
        {!reachedRules(trace)
          ? t("trace.unversioned")
          : t(trace.version > 0 ? "trace.facts" : "trace.factsOfDraft", {
              version: trace.version,
              us: Math.round(trace.us ?? 0),
            })}
      </p>
    </div>
  );
}

function spansOf(candidate: Candidate): [number, number][] {
  return candidate.spans ?? [];
}

/** Whether the rules were asked at all; those of a draft have no version. */
function reachedRules(trace: Trace): boolean {
  return trace.version > 0 || trace.normal !== undefined;
}

interface RulesProps {
  trace: Trace;
  shown: string | null;
  onShow: (rule: string) => void;
}

function Rules({ trace, shown, onShow }: RulesProps) {
  const { t } = useTranslation();
  const candidates = trace.candidates ?? [];
  if (!reachedRules(trace)) return null;
  const named = (rule: string) => candidates.find((one) => one.rule === rule)?.name ?? rule;
  return (
    <section>
      <h3>{t("trace.rules")}</h3>
      {candidates.length === 0 && <p className="soft">{t("trace.none")}</p>}
      <ul className="trace-rules">
        {candidates.map((one) => (
          <li key={one.rule} data-won={trace.winners?.includes(one.rule)} data-shown={one.rule === shown}>
            <p className="trace-rule">
              <strong>{one.name}</strong>
              <span className="tag">{t(`trace.layer.${one.layer}`)}</span>
              {spansOf(one).length > 0 && one.rule !== shown && (
                <button
                  type="button"
                  className="link"
                  aria-label={t("trace.show", { name: one.name })}
                  onClick={() => onShow(one.rule)}
                >
                  {t("trace.mark")}
                </button>
              )}
            </p>
            <p className="soft trace-small">{foundBy(one, t)}</p>
            <p className="trace-fate">{fateOf(one, trace, named, t)}</p>
          </li>
        ))}
      </ul>
      {(trace.more ?? 0) > 0 && <p className="soft trace-small">{t("trace.more", { count: trace.more })}</p>}
    </section>
  );
}

type Tell = ReturnType<typeof useTranslation>["t"];

/** How a rule came into question: its pattern, score and priority. */
function foundBy(one: Candidate, t: Tell): string {
  const parts: string[] = [];
  if (typeof one.mode === "string" && one.pattern !== undefined)
    parts.push(t("trace.pattern", { mode: t(`trace.mode.${one.mode}`), text: one.pattern }));
  if ((one.score ?? 0) > 0) parts.push(t("trace.score", { score: (one.score ?? 0).toFixed(2) }));
  if ((one.priority ?? 0) !== 0) parts.push(t("trace.priority", { priority: one.priority }));
  return parts.join(" · ");
}

/** What became of a rule that was considered. */
function fateOf(one: Candidate, trace: Trace, named: (rule: string) => string, t: Tell): string {
  if (trace.winners?.includes(one.rule) === true) return t("trace.winner");
  if (trace.choices?.includes(one.rule) === true) return t("trace.asked");
  if (typeof one.blocked === "string") return t("trace.blocked", { reason: t(`trace.reason.${one.blocked}`) });
  if (typeof one.beaten_by === "string")
    return t("trace.beaten", { name: named(one.beaten_by), on: t(`trace.on.${one.beaten_on ?? "id"}`) });
  return "";
}
