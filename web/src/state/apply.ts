import type { ConversationView, Opened, Placed, Synced, WireMessage } from "../wire";
import type { Fact } from "./facts";
import { callsBy, readTo, recounted, withChange, withMessages } from "./messages";
import { grouped, heeded, keptOf, membered, noticed, quieted } from "./groups";
import type { Pending, State, Talk } from "./state";
import { emptyTalk } from "./state";

/** How long somebody is shown as typing after the last word of it, in milliseconds. */
export const TYPING_MS = 6_000;

/** The state after a fact. Pure; a fact told twice changes nothing the second time. */
export function apply(state: State, fact: Fact): State {
  switch (fact.event) {
    case "me":
      return { ...state, me: fact.data };
    case "link":
      return { ...state, link: fact.data, refusal: fact.refusal ?? null };
    case "listed":
      return relisted(state, fact);
    case "opened":
      return opened(state, fact.data);
    case "pulled":
      return change(state, fact.conversation, (talk) => ({
        ...withMessages(talk, fact.messages),
        start: fact.start ?? talk.start,
      }));
    case "synced":
      return synced(state, fact.data, fact.asked ?? []);
    case "message":
      return change(state, fact.data.conversation, (talk) => heard(talk, fact.data));
    case "changed":
      return known(state, fact.data.conversation, (talk) => withChange(talk, fact.data));
    case "read":
      return known(state, fact.data.conversation, (talk) =>
        fact.data.person === state.me?.id
          ? readTo(talk, fact.data.seq, fact.data.person)
          : seenTo(talk, isAcross(state, fact.data.person) ? fact.data.seq : 0),
      );
    case "typing":
      return known(state, fact.data.conversation, (talk) => ({
        ...talk,
        typing: { ...talk.typing, [fact.data.person]: fact.at },
      }));
    case "looking":
      return known(state, fact.data.conversation, (talk) => ({ ...talk, looking: fact.data.looking }));
    case "desk":
      return known(state, fact.data.conversation, (talk) => ({ ...talk, desk: fact.data }));
    case "hushed":
      return hushed(state, fact.account, fact.muted);
    case "forgotten":
      return known(state, fact.conversation, (talk) => ({ ...talk, messages: [], early: [] }));
    case "queued":
      return change(state, fact.data.conversation, (talk) => queued(talk, fact.data));
    case "sent":
      return known(state, fact.data.conversation, (talk) => sent(talk, fact.key, fact.data, state, fact.role));
    case "failed":
      return pending(state, fact.conversation, fact.key, (one) => ({ ...one, state: "failed", fault: fact.fault }));
    case "retried":
      return pending(state, fact.conversation, fact.key, (one) => ({ ...one, state: "sending", fault: null }));
    case "discarded":
      return known(state, fact.conversation, (talk) => without(talk, fact.key));
    case "grouped":
      return grouped(state, fact.data, fact.pins);
    case "heeded":
      return heeded(state, fact.group);
    case "quieted":
      return quieted(state, fact.conversation, fact.muted);
    case "member":
      return membered(state, fact.data);
    case "notice":
      return noticed(state, fact.data);
    case "error":
    case "resync":
    case "drain":
      return state;
  }
}

/** Change a conversation, which is made where it is new. */
function change(state: State, id: string, how: (talk: Talk) => Talk): State {
  const before = state.talks[id] ?? emptyTalk(id);
  const after = recounted(how(before), state.me?.id ?? "");
  return after === state.talks[id] ? state : { ...state, talks: { ...state.talks, [id]: after } };
}

/** Change a conversation that is here; of others this client need not know. */
function known(state: State, id: string, how: (talk: Talk) => Talk): State {
  return state.talks[id] === undefined ? state : change(state, id, how);
}

function pending(state: State, id: string, key: string, how: (one: Pending) => Pending): State {
  return known(state, id, (talk) => ({
    ...talk,
    pending: talk.pending.map((one) => (one.key === key ? how(one) : one)),
  }));
}

/** The list as it is now. Where it was fetched from its beginning to its end, groups that are not in it are no more one's own. */
function relisted(state: State, fact: Extract<Fact, { event: "listed" }>): State {
  const after = fact.data.reduce(listed, { ...state, listed: true, cursor: fact.cursor });
  if (fact.more || fact.cursor !== null) return after;
  const found = new Set(fact.data.map((view) => view.conversation));
  return keptOf(after, (talk) => found.has(talk.id));
}

function listed(state: State, view: ConversationView): State {
  return change(state, view.conversation, (talk) => {
    const stale = view.head < talk.head;
    return {
      ...talk,
      kind: view.kind,
      account: view.account,
      title: view.title,
      muted: view.muted,
      read: Math.max(talk.read, view.read),
      seen: Math.max(talk.seen, view.seen),
      head: Math.max(talk.head, view.head),
      last: stale ? talk.last : view.last,
      base: view.read < talk.read ? talk.base : { head: view.head, unread: view.unread },
    };
  });
}

function opened(state: State, data: Opened): State {
  return change(state, data.conversation, (talk) => ({
    ...talk,
    account: data.account.handle,
    title: data.account.name,
    head: Math.max(talk.head, data.head),
    read: Math.max(talk.read, data.read),
    seen: Math.max(talk.seen, data.seen),
    base: talk.account === "" ? { head: data.read, unread: 0 } : talk.base,
    desk: data.desk,
  }));
}

function synced(state: State, data: Synced, asked: readonly string[]): State {
  const found = new Set(data.conversations.map((caught) => caught.conversation));
  const kept = keptOf(state, (talk) => found.has(talk.id) || !asked.includes(talk.id));
  return data.conversations.reduce(
    (before, caught) =>
      change(before, caught.conversation, (talk) => {
        const calls = caught.messages.filter((message) => callsBy(message, state.me?.id ?? ""));
        const counted = {
          ...talk,
          called: [...talk.called, ...calls.map((message) => message.seq)],
          read: Math.max(talk.read, caught.read),
          seen: Math.max(talk.seen, caught.seen),
          base: { head: caught.head, unread: caught.unread },
        };
        const fits = talk.messages.length > 0 || !caught.limited;
        const filled = fits
          ? withMessages(counted, caught.messages)
          : { ...counted, head: Math.max(talk.head, caught.head) };
        return caught.changed.reduce(withChange, filled);
      }),
    kept,
  );
}

function heard(talk: Talk, message: WireMessage): Talk {
  const typing = Object.fromEntries(Object.entries(talk.typing).filter(([person]) => person !== message.author.id));
  // Without a run nothing is fetched yet: the message is the newest, but not the beginning of a run that others continue.
  const filled =
    talk.messages.length > 0 || talk.head === message.seq - 1
      ? withMessages(talk, [message])
      : { ...withMessages(talk, [message]), messages: [], early: withEarly(talk, message) };
  const mine = message.key !== undefined && message.key !== null ? without(filled, message.key) : filled;
  return { ...mine, typing };
}

function withEarly(talk: Talk, message: WireMessage): WireMessage[] {
  return [...talk.early.filter((one) => one.seq !== message.seq), message].sort((a, b) => a.seq - b.seq);
}

function seenTo(talk: Talk, seq: number): Talk {
  return seq <= talk.seen ? talk : { ...talk, seen: seq };
}

/** Whether somebody is of the other side: buyers and staff face each other, and colleagues stand together. */
function isAcross(state: State, person: string): boolean {
  return person.startsWith("staff:") !== (state.me?.id.startsWith("staff:") ?? false);
}

function hushed(state: State, account: string, muted: boolean): State {
  const talks = Object.values(state.talks).filter((talk) => talk.account === account && talk.kind === "direct");
  return talks.reduce((before, talk) => known(before, talk.id, (one) => ({ ...one, muted })), state);
}

function queued(talk: Talk, one: Pending): Talk {
  return talk.pending.some((other) => other.key === one.key) ? talk : { ...talk, pending: [...talk.pending, one] };
}

function without(talk: Talk, key: string): Talk {
  return talk.pending.some((one) => one.key === key)
    ? { ...talk, pending: talk.pending.filter((one) => one.key !== key) }
    : talk;
}

/** An acknowledged message takes the place that the hub gave it. */
function sent(talk: Talk, key: string, placed: Placed, state: State, role: string): Talk {
  const one = talk.pending.find((other) => other.key === key);
  if (one === undefined || state.me === null) return talk;
  if (placed.seq === null) {
    return { ...talk, pending: talk.pending.map((other) => (other === one ? { ...other, state: "held" } : other)) };
  }
  const message = {
    conversation: placed.conversation,
    seq: placed.seq,
    author: { id: state.me.id, name: state.me.name, role },
    kind: one.kind,
    body: one.body,
    at: placed.at,
    fallback: fallbackOf(one),
    key,
    ...(one.reply_to === null ? {} : { reply_to: one.reply_to }),
  } as WireMessage;
  return heard(without(talk, key), message);
}

/** The plain text of a message of one's own, as the hub would tell it. */
function fallbackOf(one: Pending): string {
  return "text" in one.body && one.kind === "text" ? (one.body.text ?? "") : `[${one.kind}]`;
}
