import type { TFunction } from "i18next";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { TYPING_MS } from "../state/apply";
import type { Talk } from "../state/state";
import type { DeskView } from "../wire";

/** Who answers here, honestly: the bot, nobody yet, or somebody by name. */
export function DeskLine({ talk }: { talk: Talk | null }) {
  const { t } = useTranslation();
  const typing = useTyping(talk);
  if (talk === null) return null;
  return (
    <p className="desk" role="status" data-state={talk.desk?.state}>
      {typing ? t("chat.typing") : talk.desk === null ? "" : deskSaid(talk.desk, t)}
    </p>
  );
}

export function deskSaid(desk: DeskView, t: TFunction): string {
  if (desk.state === "operator") return t("desk.operator", { name: desk.operator?.name ?? "" });
  if (desk.state === "closed") return t("desk.closed");
  if (desk.state !== "waiting") return t("desk.bot");
  if (desk.position === undefined || desk.position === null) return t("desk.waiting");
  const place = desk.position <= 1 ? t("desk.waitingNext") : t("desk.waitingAt", { ahead: desk.position - 1 });
  const seconds = desk.expected_wait_s;
  if (seconds === undefined || seconds === null) return place;
  const wait =
    seconds < 60 ? t("desk.seconds", { count: seconds }) : t("desk.minutes", { count: Math.round(seconds / 60) });
  return place + t("desk.waitingFor", { wait });
}

/** Whether somebody of the other side is typing. Heard of only at times, it ends by itself. */
function useTyping(talk: Talk | null): boolean {
  const heard = Math.max(0, ...Object.values(talk?.typing ?? {}));
  const [over, setOver] = useState(0);
  useEffect(() => {
    const left = heard + TYPING_MS - Date.now();
    if (left <= 0) return;
    const timer = setTimeout(() => setOver(heard), left);
    return () => clearTimeout(timer);
  }, [heard]);
  return heard > over;
}
