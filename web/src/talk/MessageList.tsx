import { type RefObject, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { VList, type VListHandle } from "virtua";

import { begins, type Talk } from "../state/state";
import { useChosen, useHub } from "../ui/context";
import { Icon } from "../ui/icons";
import type { WireMessage } from "../wire";
import { firstUnread, type Item, itemsOf } from "./items";
import { Announcer } from "./Announcer";
import { Line } from "./Line";

/** So near to the end, in pixels, one is at the end. */
const NEAR = 60;
/** So near to the beginning, earlier messages are fetched. */
const EARLY = 600;
/** So long after somebody touched the list, in milliseconds, they moved it. */
const BY_HAND_MS = 800;

/** The messages of a conversation, drawn only where one looks. */
export function MessageList({ talk, onReply }: { talk: Talk; onReply: (message: WireMessage) => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const me = useChosen((state) => state.me?.id ?? "");
  const list = useRef<VListHandle>(null);
  const [{ unreadFrom, unread }] = useState(() => ({ unreadFrom: firstUnread(talk, me), unread: talk.unread }));
  const items = useMemo(() => itemsOf(talk, me, unreadFrom), [talk, me, unreadFrom]);
  const shift = usePrepended(talk);
  const { atEnd, above, look, move, toEnd, toUnread } = useLook(talk, items, list, unreadFrom);
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
        {(item: Item) => <Line key={item.id} item={item} talk={talk} onReply={onReply} />}
      </VList>
      <Announcer talk={talk} me={me} />
      {talk.messages.length === 0 && talk.pending.length === 0 && talk.head === 0 && (
        <p className="soft messages-empty">{t("chat.empty")}</p>
      )}
      {above && (
        <button type="button" className="pill top" onClick={() => void toUnread()}>
          <Icon name="up" size={18} />
          {t("chat.toUnread", { count: unread })}
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

/** Whether this drawing is the one in which earlier messages were put before the others. */
function usePrepended(talk: Talk): boolean {
  const first = talk.messages[0]?.seq ?? 0;
  const [seen, setSeen] = useState({ first, count: talk.messages.length, prepended: false });
  if (seen.first === first && seen.count === talk.messages.length) return seen.prepended;
  const prepended = seen.first > 0 && first < seen.first;
  setSeen({ first, count: talk.messages.length, prepended });
  return prepended;
}

/** Where one looks: what is fetched, marked as read and kept in view follows from it. */
function useLook(talk: Talk, items: readonly Item[], list: RefObject<VListHandle | null>, unreadFrom: number | null) {
  const hub = useHub();
  const [atEnd, setAtEnd] = useState(true);
  const [above, setAbove] = useState(false);
  const sticks = useRef(true);
  const begun = useRef(false);
  const visited = useRef(false);
  const moved = useRef(Number.NEGATIVE_INFINITY);
  const loading = useRef(false);
  const jumping = useRef(false);

  const markRead = useCallback(() => {
    const shown = list.current;
    if (shown === null || document.visibilityState !== "visible") return;
    const last = shown.findItemIndex(shown.scrollOffset + shown.viewportSize - 4);
    const seen = items.slice(0, last + 1).findLast((item) => item.is === "message");
    if (seen !== undefined) hub.read(talk.id, seen.message.seq);
  }, [hub, items, list, talk.id]);

  const look = useCallback(() => {
    const shown = list.current;
    if (shown === null || !begun.current) return;
    const end = shown.scrollSize - shown.scrollOffset - shown.viewportSize < NEAR;
    if (end || performance.now() - moved.current < BY_HAND_MS) sticks.current = end;
    else if (sticks.current) shown.scrollToIndex(items.length - 1, { align: "end" });
    setAtEnd(end || sticks.current);
    const border = items.findIndex((item) => item.is === "unread");
    if (border >= 0 && shown.getItemOffset(border) >= shown.scrollOffset - 8) visited.current = true;
    setAbove(unreadFrom !== null && !visited.current);
    markRead();
    const short = shown.scrollSize <= shown.viewportSize;
    if (shown.scrollOffset < EARLY && (short || !sticks.current) && !begins(talk) && !loading.current) {
      loading.current = true;
      hub
        .earlier(talk.id)
        .catch(() => undefined)
        .finally(() => {
          loading.current = false;
        });
    }
  }, [hub, items, list, markRead, talk, unreadFrom]);

  // First of all the border to what is unread, where it is here, or the end; then the end as long as one stays there.
  useLayoutEffect(() => {
    const border = items.findIndex((item) => item.is === "unread");
    if (!begun.current && border >= 0) {
      sticks.current = false;
      list.current?.scrollToIndex(border, { align: "start" });
    } else if (sticks.current) list.current?.scrollToIndex(items.length - 1, { align: "end" });
    begun.current = true;
    const frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [items, list, look]);

  // One's own message is always shown.
  const newest = talk.pending.at(-1)?.key;
  useLayoutEffect(() => {
    if (newest === undefined) return;
    sticks.current = true;
    moved.current = Number.NEGATIVE_INFINITY;
    list.current?.scrollToIndex(items.length - 1, { align: "end" });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only a new message of one's own, not every change
  }, [newest]);

  useEffect(() => {
    document.addEventListener("visibilitychange", markRead);
    globalThis.addEventListener("focus", markRead);
    return () => {
      document.removeEventListener("visibilitychange", markRead);
      globalThis.removeEventListener("focus", markRead);
    };
  }, [markRead]);

  const toEnd = useCallback(() => {
    sticks.current = true;
    moved.current = Number.NEGATIVE_INFINITY;
    list.current?.scrollToIndex(items.length - 1, { align: "end" });
  }, [items, list]);
  const toBorder = useCallback(() => {
    const border = items.findIndex((item) => item.is === "unread");
    if (!jumping.current || border < 0) return;
    jumping.current = false;
    list.current?.scrollToIndex(border, { align: "start" });
  }, [items, list]);
  // What the jump was for may have come with this drawing.
  useEffect(toBorder, [toBorder]);
  const toUnread = useCallback(async () => {
    if (unreadFrom === null) return;
    sticks.current = false;
    jumping.current = true;
    await hub.backTo(talk.id, unreadFrom).catch(() => undefined);
    toBorder();
  }, [hub, talk.id, toBorder, unreadFrom]);
  // Only a person leaves the end: while lines are measured, the list is not there yet and must go on to it.
  const move = useCallback(() => {
    moved.current = performance.now();
  }, []);
  return { atEnd, above, look, move, toEnd, toUnread };
}
