import type { Pending, Talk } from "../state/state";
import { begins } from "../state/state";
import type { WireMessage } from "../wire";
import { dayOf } from "./time";

/** One line of the list of messages. */
export type Item =
  | { is: "begin"; id: string }
  | { is: "earlier"; id: string }
  | { is: "day"; id: string; at: string }
  | { is: "unread"; id: string }
  | { is: "message"; id: string; message: WireMessage; mine: boolean; follows: boolean }
  | { is: "pending"; id: string; pending: Pending };

/** Messages of one person within this time stand together. */
const TOGETHER_MS = 180_000;

/**
 * A conversation as lines: days, the border to what was unread when it was opened, messages, those on their way.
 *
 * A message keeps its id from being written to being stored, so that its line stays where it is.
 */
export function itemsOf(talk: Talk, me: string, unreadFrom: number | null): Item[] {
  const items: Item[] = [begins(talk) ? { is: "begin", id: "begin" } : { is: "earlier", id: "earlier" }];
  let before: WireMessage | null = null;
  for (const message of talk.messages) {
    if (before === null || dayOf(before.at) !== dayOf(message.at)) {
      items.push({ is: "day", id: `day-${message.seq}`, at: message.at });
      before = null;
    }
    if (message.seq === unreadFrom) {
      items.push({ is: "unread", id: "unread" });
      before = null;
    }
    const mine = message.author.id === me;
    items.push({
      is: "message",
      id: message.key ?? `m${message.seq}`,
      message,
      mine,
      follows: follows(before, message),
    });
    before = message;
  }
  for (const pending of talk.pending) items.push({ is: "pending", id: pending.key, pending });
  return items;
}

function follows(before: WireMessage | null, message: WireMessage): boolean {
  return (
    before !== null &&
    before.kind !== "system" &&
    before.author.id === message.author.id &&
    before.author.role === message.author.role &&
    Date.parse(message.at) - Date.parse(before.at) < TOGETHER_MS
  );
}

/** The first message of others after what was read; null where nothing is unread. */
export function firstUnread(talk: Talk, me: string): number | null {
  if (talk.unread === 0) return null;
  return talk.messages.find((message) => message.seq > talk.read && message.author.id !== me)?.seq ?? talk.read + 1;
}
