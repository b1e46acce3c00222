import { type RefObject, useCallback, useImperativeHandle, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { VList, type VListHandle } from "virtua";

import type { Talk } from "../state/state";
import { useChosen, useHub } from "../ui/context";
import { Icon } from "../ui/icons";
import type { WireMessage } from "../wire";
import { firstUnread, type Item, itemsOf } from "./items";
import { useLook } from "./look";
import { Announcer } from "./Announcer";
import { Line } from "./Line";
import { useStance } from "./stance";

/** Show a message, wherever it is in the conversation. */
export type Jump = (seq: number) => void;

interface MessageListProps {
  talk: Talk;
  onReply: (message: WireMessage) => void;
  /** Filled with a way to show a message. */
  jump?: RefObject<Jump | null>;
}

/** The messages of a conversation, drawn only where one looks. */
export function MessageList({ talk, onReply, jump }: MessageListProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const me = useChosen((state) => state.me?.id ?? "");
  const list = useRef<VListHandle>(null);
  const { reads } = useStance();
  const [{ unreadFrom, unread }] = useState(() => ({
    unreadFrom: reads ? firstUnread(talk, me) : null,
    unread: talk.unread,
  }));
  const items = useMemo(() => itemsOf(talk, me, unreadFrom), [talk, me, unreadFrom]);
  const shift = usePrepended(talk);
  const calls = useCallsAhead(talk);
  const { atEnd, above, goal, look, move, toEnd, toUnread, toSeq } = useLook(talk, items, list, unreadFrom, calls.seen);
  useImperativeHandle(jump, () => (seq: number) => void toSeq(seq), [toSeq]);
  const call = calls.ahead[0];
  return (
    <div className="messages" onWheel={move} onTouchMove={move} onPointerDown={move} onKeyDown={move}>
      <VList
        ref={list}
        data={items}
        shift={shift}
        className="messages-list"
        role="log"
        aria-live="off"
        aria-label={t("chat.messages", { name: talk.title })}
        tabIndex={0}
        onScroll={look}
        onScrollEnd={look}
        onResize={look}
      >
        {(item: Item) => (
          <Line
            key={item.id}
            item={item}
            talk={talk}
            onReply={onReply}
            isGoal={item.is === "message" && item.message.seq === goal}
          />
        )}
      </VList>
      <Announcer talk={talk} me={me} />
      {talk.messages.length === 0 && talk.pending.length === 0 && talk.head === 0 && (
        <p className="soft messages-empty">{t(talk.kind === "group" ? "group.empty" : "chat.empty")}</p>
      )}
      {above && (
        <button type="button" className="pill top" onClick={() => void toUnread()}>
          <Icon name="up" size={18} />
          {t("chat.toUnread", { count: unread })}
        </button>
      )}
      {call !== undefined && (
        <button type="button" className="pill bottom call" data-raised={!atEnd} onClick={() => void toSeq(call)}>
          <Icon name="at" size={18} />
          {t("group.toCall", { count: calls.ahead.length })}
        </button>
      )}
      {!atEnd && (
        <button type="button" className="pill bottom" onClick={toEnd}>
          <Icon name="down" size={18} />
          {talk.unread > 0 ? t("chat.toUnread", { count: talk.unread }) : t("chat.toEnd")}
        </button>
      )}
      <span
        hidden
        data-testid="talk"
        data-head={talk.head}
        data-count={talk.messages.length}
        data-hub={hub.store.get().link}
      />
    </div>
  );
}

/** Messages that call one by name and that one has not looked at since the conversation was opened. */
function useCallsAhead(talk: Talk) {
  const [state, setState] = useState<{ of: readonly number[]; ahead: readonly number[] }>({ of: [], ahead: [] });
  if (state.of !== talk.called) {
    const fresh = talk.called.filter((seq) => !state.of.includes(seq) && !state.ahead.includes(seq));
    setState({ of: talk.called, ahead: [...state.ahead, ...fresh].sort((a, b) => a - b) });
  }
  const seen = useCallback((from: number, to: number) => {
    setState((before) => {
      const ahead = before.ahead.filter((seq) => seq < from || seq > to);
      return ahead.length === before.ahead.length ? before : { ...before, ahead };
    });
  }, []);
  return { ahead: state.ahead, seen };
}

/** Whether this drawing is the one in which earlier messages were put before the others. */
function usePrepended(talk: Talk): boolean {
  const first = talk.messages[0]?.seq ?? 0;
  const [seen, setSeen] = useState({ first, count: talk.messages.length, prepended: false });
  if (seen.first === first && seen.count === talk.messages.length) return seen.prepended;
  const prepended = seen.first > 0 && first < seen.first;
  setSeen({ first, count: talk.messages.length, prepended });
  return prepended;
}
