import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Talk } from "../state/state";

/** Says what others write to who hears the page: the list itself shows lines as one scrolls, which is no news. */
export function Announcer({ talk, me }: { talk: Talk; me: string }) {
  const { t } = useTranslation();
  const [from] = useState(talk.head);
  const last = talk.messages.at(-1);
  const isNews = last !== undefined && last.seq > from && last.author.id !== me && last.kind !== "system";
  return (
    <p className="hidden" role="status" aria-live="polite">
      {isNews ? `${last.author.name}${t("colon")}${last.fallback}` : ""}
    </p>
  );
}
