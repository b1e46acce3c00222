import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import type { Talk } from "../state/state";
import { useTyping } from "../talk/typing";
import type { DeskView } from "../wire";

/** Who answers here, honestly: the bot, nobody yet, or somebody by name. */
export function DeskLine({ talk }: { talk: Talk | null }) {
  const { t } = useTranslation();
  const typing = useTyping(talk).length > 0;
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
