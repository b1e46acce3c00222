import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { VListHandle } from "virtua";

import { begins, type Talk } from "../state/state";
import { useHub } from "../ui/context";
import type { Item } from "./items";
import { useStance } from "./stance";

/** So near to the end, in pixels, one is at the end. */
const NEAR = 60;
/** So near to the beginning, earlier messages are fetched. */
const EARLY = 600;
/** So long after somebody touched the list, in milliseconds, they moved it. */
const BY_HAND_MS = 800;

/** Where one looks: what is fetched, marked as read and kept in view follows from it. */
export function useLook(
  talk: Talk,
  items: readonly Item[],
  list: RefObject<VListHandle | null>,
  unreadFrom: number | null,
  onSeen: (from: number, to: number) => void,
) {
  const hub = useHub();
  const { reads } = useStance();
  const [atEnd, setAtEnd] = useState(true);
  const [above, setAbove] = useState(false);
  const sticks = useRef(true);
  const begun = useRef(false);
  const visited = useRef(false);
  const moved = useRef(Number.NEGATIVE_INFINITY);
  const loading = useRef(false);
  const [goal, setGoal] = useState<number | null>(null);
  const jumping = useRef<number | "unread" | null>(null);

  const markRead = useCallback(() => {
    const shown = list.current;
    if (!reads || shown === null || document.visibilityState !== "visible") return;
    const last = shown.findItemIndex(shown.scrollOffset + shown.viewportSize - 4);
    const seen = items.slice(0, last + 1).findLast((item) => item.is === "message");
    if (seen === undefined) return;
    hub.read(talk.id, seen.message.seq);
    const first = items.slice(shown.findItemIndex(shown.scrollOffset)).find((item) => item.is === "message");
    if (first !== undefined) onSeen(first.message.seq, seen.message.seq);
  }, [hub, items, list, onSeen, reads, talk.id]);

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
  const land = useCallback(() => {
    const wanted = jumping.current;
    const at = wanted === null ? -1 : items.findIndex((item) => isGoal(item, wanted));
    if (at < 0) return;
    jumping.current = null;
    list.current?.scrollToIndex(at, { align: wanted === "unread" ? "start" : "center" });
    setGoal(typeof wanted === "number" ? wanted : null);
  }, [items, list]);
  // What the jump was for may have come with this drawing.
  useEffect(land, [land]);
  const go = useCallback(
    async (seq: number, wanted: number | "unread") => {
      sticks.current = false;
      moved.current = performance.now();
      jumping.current = wanted;
      await hub.backTo(talk.id, seq).catch(() => undefined);
      land();
    },
    [hub, land, talk.id],
  );
  const toUnread = useCallback(
    () => (unreadFrom === null ? Promise.resolve() : go(unreadFrom, "unread")),
    [go, unreadFrom],
  );
  const toSeq = useCallback((seq: number) => go(seq, seq), [go]);
  // Only a person leaves the end: while lines are measured, the list is not there yet and must go on to it.
  const move = useCallback(() => {
    moved.current = performance.now();
    setGoal(null);
  }, []);
  return { atEnd, above, goal, look, move, toEnd, toUnread, toSeq };
}

function isGoal(item: Item, wanted: number | "unread"): boolean {
  return wanted === "unread" ? item.is === "unread" : item.is === "message" && item.message.seq === wanted;
}
