import { useEffect, useRef } from "react";

import type { Pushed } from "../../state/facts";
import type { State } from "../../state/state";
import { useChosen, useHub } from "../../ui/context";
import type { Workplace } from "../../wire";
import { useAsked, useStale } from "../parts/asked";
import { beep } from "./alarm";
import { isCall } from "./calls";

const SETTLE_MS = 400;
const SHOWN = 100;

/** Who waits at an account's desk, the longest first. */
export function useQueue(handle: string) {
  return useAsked("GET /accounts/{account}/desk", {
    path: { account: handle },
    query: { of: "waiting", limit: SHOWN },
  });
}

/**
 * Whoever answers buyers is called in whatever room they are: a sound, and in the title of the tab how many wait and what
 * is unread. `shown`: the room is the desk.
 */
export function Attend({ place, shown }: { place: Workplace; shown: boolean }) {
  const queue = useQueue(place.handle);
  const unread = useChosen((state) =>
    Object.values(state.talks).reduce((sum, talk) => sum + (talk.account === place.handle ? talk.unread : 0), 0),
  );
  useDesk(place, shown);
  useTitleBadge((queue.value?.items.length ?? 0) + unread);
  return null;
}

/**
 * Hear an account's desk: its lists are asked again soon after anything moved; a sound where somebody calls. `shown`: the
 * desk is the room one is in.
 */
function useDesk(place: Workplace, shown: boolean): void {
  const hub = useHub();
  const stale = useStale();
  const online = useChosen((state) => state.link === "online");
  const waiting = useRef(new Set<string>());
  useEffect(() => {
    if (!online) return;
    const known = waiting.current;
    hub.watch(place.handle, true).then(
      (told) => {
        for (const one of told.waiting ?? []) known.add(one.conversation);
        void stale("GET /accounts/{account}/desk");
      },
      () => undefined, // lost on the way: the next connect asks again
    );
    return () => void hub.watch(place.handle, false).catch(() => undefined);
  }, [hub, online, place.handle, stale]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const settle = () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      void stale("GET /accounts/{account}/desk");
    };
    const stop = hub.hear((fact) => {
      if (!concerns(fact, place.handle, hub.store.get())) return;
      if (isCall(fact, waiting.current, shown && document.visibilityState === "visible")) beep();
      timer ??= setTimeout(settle, SETTLE_MS);
    });
    return () => {
      stop();
      if (timer !== null) settle();
    };
  }, [hub, place.handle, shown, stale]);
}

/** Whether something that was heard is about the desk of this account; what is said in groups is not. */
function concerns(fact: Pushed, handle: string, state: State): boolean {
  if (fact.event === "message") return state.talks[fact.data.conversation]?.kind !== "group";
  return fact.event === "desk" && fact.data.account === handle;
}

/** Keep a number in the title of the tab as long as the console is open. */
function useTitleBadge(count: number): void {
  useEffect(() => {
    const plain = document.title.replace(/^\(\d+\+?\) /, "");
    document.title = count > 0 ? `(${count > 99 ? "99+" : count}) ${plain}` : plain;
    return () => {
      document.title = plain;
    };
  }, [count]);
}
