import { useEffect, useState } from "react";

import { useChosen, useHub } from "../../ui/context";

const LOOK_MS = 10_000;

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
