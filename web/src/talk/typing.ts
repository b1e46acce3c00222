import { useEffect, useState } from "react";

import { TYPING_MS } from "../state/apply";
import type { Talk } from "../state/state";
import { useChosen } from "../ui/context";

/** Who else is typing. Heard of only at times, it ends by itself. */
export function useTyping(talk: Talk | null): readonly string[] {
  const me = useChosen((state) => state.me?.id ?? "");
  const [over, setOver] = useState(0);
  const others = Object.entries(talk?.typing ?? {}).filter(([person, at]) => person !== me && at > over);
  const next = Math.min(...others.map(([, at]) => at));
  useEffect(() => {
    if (!Number.isFinite(next)) return;
    const timer = setTimeout(() => setOver(next), Math.max(0, next + TYPING_MS - Date.now()));
    return () => clearTimeout(timer);
  }, [next]);
  return others.map(([person]) => person);
}
