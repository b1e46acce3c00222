import { useTranslation } from "react-i18next";

import type { Pending, Talk } from "../state/state";
import { useChosen, useHub } from "../ui/context";
import { Icon } from "../ui/icons";
import type { Bodies, WireMessage } from "../wire";
import { MessageBody } from "./bodies";
import { takeUp } from "./drafts";
import { useFaultSaid } from "./faults";
import { Quoted } from "./Quoted";

/** A message on its way: being sent, waiting for the connection or for a moderator, or failed, to be tried again by a tap. */
export function PendingLine({ pending, talk }: { pending: Pending; talk: Talk }) {
  const { t } = useTranslation();
  const hub = useHub();
  const say = useFaultSaid();
  const online = useChosen((state) => state.link === "online");
  const words = pending.kind === "text" ? (pending.body as Bodies["text"]).text : null;
  const message = {
    ...pending,
    seq: 0,
    at: "",
    author: { id: "", name: "", role: "follower" },
    fallback: "",
  } as unknown as WireMessage;
  return (
    <article className="line" data-mine="true" data-ours="true" data-pending={pending.state} aria-label={t("chat.you")}>
      <div className="line-middle">
        {pending.reply_to !== null && <Quoted talk={talk} seq={pending.reply_to} />}
        <MessageBody message={message} conversation={talk.id} />
        {pending.state !== "failed" ? (
          <p className="line-foot" role="status">
            <Icon name="clock" size={14} />
            {t(pending.state === "held" ? "chat.held" : online ? "chat.sending" : "chat.waitingLink")}
          </p>
        ) : (
          <div className="line-failed" role="alert">
            <span>{t("chat.failed", { message: say(pending.fault) })}</span>
            <span>
              {pending.fault?.code !== "blocked" && (
                <button type="button" className="link" onClick={() => hub.retry(talk.id, pending.key)}>
                  {t("chat.retry")}
                </button>
              )}
              {words !== null && (
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    takeUp(talk.id, words);
                    hub.discard(talk.id, pending.key);
                  }}
                >
                  {t("chat.rewrite")}
                </button>
              )}
              <button type="button" className="link" onClick={() => hub.discard(talk.id, pending.key)}>
                {t("chat.discard")}
              </button>
            </span>
          </div>
        )}
      </div>
    </article>
  );
}
