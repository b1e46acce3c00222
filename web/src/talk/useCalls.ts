import { type RefObject, useState } from "react";

import type { Talk } from "../state/state";
import { type Callee, calledFor, stillCalled, useCallees, useCallList, withName } from "./Mentions";

/** Calling members by name while one writes. */
export function useCalls(
  talk: Talk,
  text: string,
  area: RefObject<HTMLTextAreaElement | null>,
  role: string | undefined,
  write: (value: string) => void,
) {
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState<readonly Callee[]>([]);
  const typed = role === undefined || caret === null ? null : calledFor(text, caret);
  const callees = useCallees(talk, typed, role === "owner" || role === "moderator");
  const pick = (callee: Callee) => {
    if (typed === null || caret === null) return;
    const [value, next] = withName(text, caret, typed, callee.name);
    setChosen((before) => [...before, callee]);
    write(value);
    setCaret(null);
    requestAnimationFrame(() => area.current?.setSelectionRange(next, next));
  };
  const list = useCallList(callees, pick);
  return {
    callees,
    list,
    pick,
    look: setCaret,
    inText: (said: string) => stillCalled(said, chosen),
    clear: () => setChosen([]),
  };
}
