import { useTranslation } from "react-i18next";

import type { SignalView } from "../../../wire";
import { MarkedText } from "../../trace/MarkedText";

/** A text as it was written, with the very characters marked that spoke against it. */
export function Marked({ text, signals }: { text: string; signals: readonly SignalView[] }) {
  const spans = signals.flatMap(({ start, end }) => (start === null || end === null ? [] : [[start, end] as const]));
  return (
    <p className="text-as-written">
      <MarkedText text={text} spans={spans} />
    </p>
  );
}

/** What spoke, each with what it asks for. */
export function Signals({ signals }: { signals: readonly SignalView[] }) {
  const { t } = useTranslation();
  if (signals.length === 0) return null;
  return (
    <ul className="signals">
      {signals.map((signal, place) => (
        <li key={place}>
          {t(`groups.filters.kind.${signal.kind}`, { defaultValue: signal.kind })}
          {signal.name !== "" && ` · ${signal.name}`}
          {signal.kind === "list" && signal.word !== "" && ` · ${signal.word}`}
          {signal.action !== "pass" &&
            ` · ${t(`groups.filters.verdict.${signal.action}`, { defaultValue: signal.action })}`}
        </li>
      ))}
    </ul>
  );
}
