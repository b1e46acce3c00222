import { memo, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { callsBy } from "../state/messages";
import type { Talk } from "../state/state";
import { useChosen } from "../ui/context";
import type { WireMessage } from "../wire";
import { Avatar } from "./Avatar";
import { MessageBody } from "./bodies";
import { Menu } from "./Menu";
import { PendingLine } from "./PendingLine";
import { Quoted } from "./Quoted";
import { RoleTag } from "./RoleTag";
import type { Item } from "./items";
import { useStance } from "./stance";
import { useClock, useDate } from "./time";

interface LineProps {
  item: Item;
  talk: Talk;
  onReply: (message: WireMessage) => void;
  /** Whether somebody was led here: the keyboard and the screen reader are then here too. */
  isGoal: boolean;
}

/** One line of the list. */
export const Line = memo(function Line({ item, talk, onReply, isGoal }: LineProps) {
  const { t } = useTranslation();
  const date = useDate();
  switch (item.is) {
    case "begin":
      return <p className="between">{talk.head > 0 ? t(talk.kind === "group" ? "group.begin" : "chat.begin") : ""}</p>;
    case "earlier":
      return <p className="between">{t("chat.earlier")}</p>;
    case "day":
      return <p className="between">{date(item.at)}</p>;
    case "unread":
      return <p className="between unread-border">{t("chat.newHere")}</p>;
    case "pending":
      return <PendingLine pending={item.pending} talk={talk} />;
    case "message":
      return item.message.kind === "system" ? (
        <SystemLine message={item.message} mine={item.mine} />
      ) : (
        <MessageLine
          message={item.message}
          mine={item.mine}
          follows={item.follows}
          talk={talk}
          onReply={onReply}
          isGoal={isGoal}
        />
      );
  }
});

function SystemLine({ message, mine }: { message: Extract<WireMessage, { kind: "system" }>; mine: boolean }) {
  const { t } = useTranslation();
  const event = message.body.event;
  const recalled = mine ? t("chat.recalledMine") : t("chat.recalled", { name: message.author.name });
  return (
    <p className="between" data-seq={message.seq}>
      {event === "recalled" ? recalled : event === "removed" ? t("chat.removed") : message.fallback}
    </p>
  );
}

interface MessageLineProps {
  message: WireMessage;
  mine: boolean;
  follows: boolean;
  talk: Talk;
  onReply: (message: WireMessage) => void;
  isGoal: boolean;
}

function MessageLine({ message, mine, follows, talk, onReply, isGoal }: MessageLineProps) {
  const line = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isGoal) return;
    // Until the list has measured it, a line is hidden, and what is hidden takes no focus.
    let frame = requestAnimationFrame(function focus() {
      line.current?.focus({ preventScroll: true });
      if (document.activeElement !== line.current) frame = requestAnimationFrame(focus);
    });
    return () => cancelAnimationFrame(frame);
  }, [isGoal]);
  const { t } = useTranslation();
  const clock = useClock();
  const time = clock(message.at);
  const stance = useStance();
  const ours = stance.ours(message, mine);
  const me = useChosen((state) => state.me?.id ?? "");
  const isGroup = talk.kind === "group";
  const calls = isGroup && callsBy(message, me);
  return (
    <article
      ref={line}
      className="line"
      data-mine={mine}
      data-ours={ours}
      data-follows={follows}
      data-called={calls}
      tabIndex={-1}
      data-seq={message.seq}
      aria-label={t("chat.said", { name: mine ? t("chat.you") : message.author.name, time })}
    >
      {!ours && (follows ? <span className="avatar-gap" /> : <Avatar name={message.author.name} size={36} />)}
      <div className="line-middle">
        {!mine && !follows && (
          <p className="line-author">
            {message.author.name}
            {isGroup ? (
              <RoleTag role={message.author.role} />
            ) : (
              message.author.role === "bot" && <span className="tag">{t("chat.auto")}</span>
            )}
          </p>
        )}
        {message.reply_to !== undefined && message.reply_to !== null && <Quoted talk={talk} seq={message.reply_to} />}
        <MessageBody message={message} conversation={talk.id} />
        <p className="line-foot">
          {calls && <span className="called">{t("group.calledHere")}</span>}
          <time dateTime={message.at}>{time}</time>
          {ours && <ReadMark talk={talk} seq={message.seq} />}
          {stance.foot?.(message)}
        </p>
      </div>
      <Menu message={message} mine={mine} onReply={onReply} />
    </article>
  );
}

/** Whether the other side has read so far. */
function ReadMark({ talk, seq }: { talk: Talk; seq: number }) {
  const { t } = useTranslation();
  const read = useChosen((state) => (state.talks[talk.id]?.seen ?? 0) >= seq);
  return <span className="read-mark">{t(read ? "chat.read" : "chat.sent")}</span>;
}
