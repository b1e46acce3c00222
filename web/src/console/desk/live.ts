import { useEffect, useRef, useState } from "react";

import type { Pushed } from "../../state/facts";
import { useChosen, useHub } from "../../ui/context";
import type { Workplace } from "../../wire";
import { useStale } from "../parts/asked";
import { beep } from "./alarm";
import { isCall } from "./calls";

const SETTLE_MS = 400;
const LOOK_MS = 10_000;

/** Hear an account's desk while it is shown: the lists are asked again soon after anything moved; a sound where somebody waits. */
export function useDesk(place: Workplace): void {
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
    const stop = hub.hear((fact) => {
      if (!concerns(fact, place.handle)) return;
      if (isCall(fact, waiting.current)) beep();
      timer ??= setTimeout(() => {
        timer = null;
        void stale("GET /accounts/{account}/desk");
      }, SETTLE_MS);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
    };
  }, [hub, place.handle, stale]);
}

function concerns(fact: Pushed, handle: string): boolean {
  return fact.event === "message" || (fact.event === "desk" && fact.data.account === handle);
}

/** Be seen looking at a conversation, have it, and hear it, as long as this page is visible; why not, where that fails. */
export function useVisit(conversation: string): { fault: unknown; ready: boolean } {
  const hub = useHub();
  const online = useChosen((state) => state.link === "online");
  const [fault, setFault] = useState<unknown>(null);
  const [ready, setReady] = useState(false);
  useEffect(() => {
    if (!online) return;
    let gone = false;
    // First be let in, then fetch: nothing falls between.
    const come = async () => {
      try {
        await hub.look(conversation, document.visibilityState === "visible");
        await hub.visit(conversation);
        if (gone) return;
        setFault(null);
        setReady(true);
      } catch (thrown) {
        if (!gone) setFault(thrown);
      }
    };
    const look = () => {
      hub.look(conversation, document.visibilityState === "visible").catch(() => undefined);
    };
    void come();
    const timer = setInterval(look, LOOK_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      gone = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      hub.look(conversation, false).catch(() => undefined);
    };
  }, [hub, online, conversation]);
  return { fault, ready };
}

/** The time, anew every second, while something counts. */
export function useNow(counts: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!counts) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [counts]);
  return now;
}

/** Keep a number in the title of the tab as long as this is shown. */
export function useTitleBadge(count: number): void {
  useEffect(() => {
    const plain = document.title.replace(/^\(\d+\+?\) /, "");
    document.title = count > 0 ? `(${count > 99 ? "99+" : count}) ${plain}` : plain;
    return () => {
      document.title = plain;
    };
  }, [count]);
}
