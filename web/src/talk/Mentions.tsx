import { useEffect, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Talk } from "../state/state";
import { useChosen, useHub } from "../ui/context";
import { Avatar } from "./Avatar";

/** Somebody to be called by name; `id` is null for everyone. */
export interface Callee {
  id: string | null;
  name: string;
}

const SHOWN = 6;
const PAUSE_MS = 150;
const LIMIT = 20;

/** What is being written after an `@` before the caret; null where nobody is being called. */
export function calledFor(text: string, caret: number): string | null {
  return /(?:^|[^A-Za-z0-9._-])@([^\s@]{0,32})$/.exec(text.slice(0, caret))?.[1] ?? null;
}

/** The text with the name of whom one chose in the place of what was typed, and where the caret goes. */
export function withName(text: string, caret: number, typed: string, name: string): [string, number] {
  const begin = caret - typed.length;
  const before = `${text.slice(0, begin)}${name} `;
  return [before + text.slice(caret).replace(/^ /, ""), before.length];
}

/** Whom a text still calls, of those who were chosen. */
export function stillCalled(text: string, chosen: readonly Callee[]): { mentions?: string[]; mention_all?: true } {
  const left = chosen.filter((one) => text.includes(`@${one.name}`));
  const ids = [...new Set(left.map((one) => one.id).filter((id) => id !== null))].slice(0, LIMIT);
  const all = left.some((one) => one.id === null);
  return { ...(ids.length > 0 ? { mentions: ids } : {}), ...(all ? { mention_all: true as const } : {}) };
}

/** Who can be called by what was typed: those who wrote here last, then whoever the hub finds. */
export function useCallees(talk: Talk, typed: string | null, mayCallAll: boolean): Callee[] {
  const { t } = useTranslation();
  const hub = useHub();
  const me = useChosen((state) => state.me?.id ?? "");
  const [found, setFound] = useState<{ typed: string; callees: Callee[] }>({ typed: "", callees: [] });
  const online = useChosen((state) => state.link === "online");
  useEffect(() => {
    if (typed === null || !online) return;
    const timer = setTimeout(() => {
      hub
        .ask("GET /groups/{group}/members", { path: { group: talk.id }, query: { query: typed, limit: SHOWN + 1 } })
        .then(
          (page) =>
            setFound({ typed, callees: page.items.map(({ person }) => ({ id: person.id, name: person.name })) }),
          () => undefined, // Without an answer those who wrote here can still be called.
        );
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [hub, talk.id, typed, online]);
  return useMemo(() => {
    if (typed === null) return [];
    const all: Callee[] = mayCallAll ? [{ id: null, name: t("group.everyone") }] : [];
    const wanted = typed.toLowerCase();
    const here = lastWriters(talk);
    const listed = found.typed === typed ? found.callees : [];
    const seen = new Set([me]);
    const fits = [...all, ...here, ...listed].filter((one) => {
      if (!one.name.toLowerCase().includes(wanted) || one.name === "" || seen.has(one.id ?? "")) return false;
      seen.add(one.id ?? "");
      return true;
    });
    return fits.slice(0, SHOWN);
  }, [typed, mayCallAll, t, talk, found, me]);
}

function lastWriters(talk: Talk): Callee[] {
  const found = new Map<string, string>();
  for (let at = talk.messages.length - 1; at >= 0 && found.size < SHOWN + 1; at -= 1) {
    const message = talk.messages[at];
    if (message === undefined || message.author.role === "bot" || message.author.role === "system") continue;
    if (!found.has(message.author.id)) found.set(message.author.id, message.author.name);
  }
  return [...found].map(([id, name]) => ({ id, name }));
}

/** The list of those who can be called, walked by the arrows while one writes. */
export function useCallList(callees: readonly Callee[], onPick: (callee: Callee) => void) {
  const id = useId();
  const [state, setState] = useState<{ of: readonly Callee[]; at: number; closed: boolean }>({
    of: callees,
    at: 0,
    closed: false,
  });
  const now = state.of === callees ? state : { of: callees, at: 0, closed: false };
  const open = callees.length > 0 && !now.closed;
  /** Whether the key was for the list. */
  const onKey = (event: React.KeyboardEvent): boolean => {
    if (!open || event.nativeEvent.isComposing) return false;
    const chosen = callees[now.at];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : callees.length - 1;
      setState({ ...now, at: (now.at + step) % callees.length });
    } else if ((event.key === "Enter" || event.key === "Tab") && chosen !== undefined) onPick(chosen);
    else if (event.key === "Escape") setState({ ...now, closed: true });
    else return false;
    event.preventDefault();
    return true;
  };
  return { id, at: now.at, open, onKey };
}

interface CallListProps {
  id: string;
  at: number;
  callees: readonly Callee[];
  onPick: (callee: Callee) => void;
}

export function CallList({ id, at, callees, onPick }: CallListProps) {
  const { t } = useTranslation();
  return (
    <ul className="callees" role="listbox" id={id} aria-label={t("group.callWhom")}>
      {callees.map((callee, place) => (
        <li
          key={callee.id ?? "all"}
          id={`${id}-${place}`}
          role="option"
          aria-selected={place === at}
          onPointerDown={(event) => {
            event.preventDefault(); // The caret stays where one writes.
            onPick(callee);
          }}
        >
          <Avatar name={callee.name} size={28} />
          <span>{callee.name}</span>
        </li>
      ))}
    </ul>
  );
}
