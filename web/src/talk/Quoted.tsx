import { useTranslation } from "react-i18next";

import type { Talk } from "../state/state";

/** The message that another one answers, in one line. */
export function Quoted({ talk, seq }: { talk: Talk; seq: number }) {
  const { t } = useTranslation();
  const message = talk.messages.find((one) => one.seq === seq);
  return (
    <blockquote className="quoted">
      {message === undefined ? t("chat.gone") : `${message.author.name}${t("colon")}${message.fallback}`}
    </blockquote>
  );
}
