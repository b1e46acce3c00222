import { apply } from "../src/state/apply";
import type { Fact } from "../src/state/facts";
import { NOTHING, type Pending, type State, type Talk } from "../src/state/state";
import type { ConversationView, WireMessage } from "../src/wire";

export const ME = { id: "buyer", name: "小雨" };
export const C = "c1";

/** A text message; `by` somebody, the shop's bot unless told. */
export function message(seq: number, text = `第 ${seq} 条`, by = "bot:demo"): WireMessage {
  return {
    conversation: C,
    seq,
    author: { id: by, name: by, role: by === ME.id ? "follower" : "bot" },
    kind: "text",
    body: { text },
    at: new Date(1_700_000_000_000 + seq * 1_000).toISOString(),
    fallback: text,
  };
}

export function messages(from: number, to: number): WireMessage[] {
  return Array.from({ length: to - from + 1 }, (_, at) => message(from + at));
}

export function view(head: number, read: number, unread: number): ConversationView {
  const last = head === 0 ? null : message(head);
  return {
    conversation: C,
    kind: "direct",
    account: "demo",
    title: "小满衣橱",
    head,
    read,
    seen: 0,
    unread,
    last,
    muted: false,
  };
}

export function listed(...data: ConversationView[]): Fact {
  return { event: "listed", data, cursor: null, more: false };
}

export function pushed(one: WireMessage): Fact {
  return { event: "message", data: one, at: 0 };
}

export function pulled(found: WireMessage[]): Fact {
  return { event: "pulled", conversation: C, messages: found };
}

export function pending(key: string, text = "在吗"): Pending {
  return { key, conversation: C, kind: "text", body: { text }, reply_to: null, at: 0, state: "sending", fault: null };
}

export function after(...facts: Fact[]): State {
  return facts.reduce(apply, apply(NOTHING, { event: "me", data: ME }));
}

/** The one conversation of a state. */
export function talkOf(state: State): Talk {
  const talk = state.talks[C];
  if (talk === undefined) throw new Error("There is no such conversation.");
  return talk;
}

export function seqs(talk: Talk): number[] {
  return talk.messages.map((one) => one.seq);
}
