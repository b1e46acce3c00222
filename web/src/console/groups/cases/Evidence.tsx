import { useTranslation } from "react-i18next";

import { useAsked } from "../../parts/asked";
import { Failed } from "../../parts/Failed";
import { told } from "../time";

/** What is kept of a case: messages as they stood, though they may be gone by now. */
export function Evidence({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const asked = useAsked("GET /cases/{case}", { path: { case: id } });
  if (asked.fault !== null) return <Failed fault={asked.fault} again={asked.again} />;
  if (asked.value === null) return <p className="soft">{t("loading")}</p>;
  return (
    <ul className="evidence">
      {asked.value.signals.map((signal) => (
        <li key={signal.id}>
          <p className="soft">
            {t(`groups.cases.kind.${signal.kind}`)} · {told(signal.at, i18n.language)}
            {signal.by !== null && ` · ${signal.by.name}`}
            {typeof signal.detail["note"] === "string" && signal.detail["note"] !== "" && ` · ${signal.detail["note"]}`}
          </p>
          {signal.evidence.map((message) => (
            <p key={message.seq} className="text-as-written">
              {message.seq === signal.seq ? <mark>{message.author.name}</mark> : <span>{message.author.name}</span>}
              {t("colon")}
              {message.text}
            </p>
          ))}
          {signal.evidence.length === 0 && <p className="text-as-written">{signal.text}</p>}
        </li>
      ))}
    </ul>
  );
}
