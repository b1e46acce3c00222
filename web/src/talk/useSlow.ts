import { useChosen } from "../ui/context";
import type { State, Talk } from "../state/state";
import type { GroupView } from "../wire";
import { useNow } from "./time";

export interface Slow {
  /** Seconds between two messages; 0 for none. */
  every: number;
  /** Seconds until one may write again; 0 for now. */
  left: number;
  /** Whether the order of the group does not hold for this person. */
  trusted: boolean;
}

/** Slow mode, counted down from one's own last message. */
export function useSlow(view: GroupView, talk: Talk): Slow {
  const me = useChosen((state: State) => state.me?.id ?? "");
  const trusted = view.role === "owner" || view.role === "moderator";
  const every = trusted ? 0 : view.order.slow_s;
  const last = every === 0 ? undefined : talk.messages.findLast((message) => message.author.id === me);
  const until = last === undefined ? null : Date.parse(last.at) + every * 1_000;
  const now = useNow(until, true);
  return { every, left: until === null ? 0 : Math.max(0, Math.ceil((until - now) / 1_000)), trusted };
}
