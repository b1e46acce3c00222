import type {
  AutoMark,
  Bodies,
  DeskView,
  Fault,
  GroupView,
  Person,
  PersonView,
  PinView,
  Sendable,
  WireMessage,
} from "../wire";

/** How the connection stands: `offline` after it was lost, until everything missed has been fetched. */
export type Link = "connecting" | "online" | "offline" | "refused";

/** A message on its way: it stays until the hub has acknowledged it, or a person has thrown it away. */
export interface Pending {
  key: string;
  conversation: string;
  kind: Sendable;
  body: Bodies[Sendable];
  reply_to: number | null;
  /** When it was written, in milliseconds. */
  at: number;
  /** `held`: a moderator looks at it before anybody else sees it. */
  state: "sending" | "held" | "failed";
  fault: Fault | null;
}

/** A conversation as this client has it. */
export interface Talk {
  id: string;
  kind: "direct" | "group";
  /** The account's handle. */
  account: string;
  title: string;
  muted: boolean;
  head: number;
  read: number;
  /** Derived from `base` and the messages known beyond it. */
  unread: number;
  last: WireMessage | null;
  /** A run without gaps, ascending by seq. */
  messages: WireMessage[];
  /** Messages that came before what lies between them and the run. */
  early: WireMessage[];
  /** The seq before which there is nothing for this person. */
  start: number;
  /** Unread messages that call this person by name, ascending. */
  called: readonly number[];
  /** Seqs of messages that are there again after they were removed, ascending: to be pulled anew. */
  stale: number[];
  /** `unread` of the hub, counted up to a seq and after a read mark. */
  base: { head: number; unread: number };
  pending: Pending[];
  desk: DeskView | null;
  /** Up to where the other side of a direct conversation has read. */
  seen: number;
  /** Who of the staff looks at it now, as far as one of them is told. */
  looking: readonly Person[];
  /** Who types, and when that was heard, in milliseconds. */
  typing: Readonly<Record<string, number>>;
}

/** How somebody came to be outside of a group, or was not let in. */
export interface Parting {
  how: "left" | "removed" | "banned" | "declined" | "dissolved";
  reason: string;
  /** When a ban ends; null where it has no end. */
  until: string | null;
}

/** A group as this client has it. */
export interface Group {
  view: GroupView;
  /** What is pinned, the newest first; null for who is not in it. */
  pins: readonly PinView[] | null;
  /** Something changed that the hub did not spell out: it is to be fetched again. */
  stale: boolean;
  parting: Parting | null;
  /** Why a moderator warned one, until one puts it away; null where nobody did. */
  warning: string | null;
}

export interface State {
  me: PersonView | null;
  link: Link;
  /** Why the connection was refused, when it was. */
  refusal: Fault | null;
  talks: Readonly<Record<string, Talk>>;
  /** Groups that were looked at, by id. */
  groups: Readonly<Record<string, Group>>;
  /** Whether the list of conversations has come. */
  listed: boolean;
  /** Where the list goes on. */
  cursor: string | null;
}

export const NOTHING: State = {
  me: null,
  link: "connecting",
  refusal: null,
  talks: {},
  groups: {},
  listed: false,
  cursor: null,
};

export type { AutoMark };

/** A conversation of which nothing is known yet but its name. */
export function emptyTalk(id: string): Talk {
  return {
    id,
    kind: "direct",
    account: "",
    title: "",
    muted: false,
    head: 0,
    read: 0,
    unread: 0,
    last: null,
    messages: [],
    early: [],
    start: 1,
    called: [],
    stale: [],
    base: { head: 0, unread: 0 },
    pending: [],
    desk: null,
    seen: 0,
    looking: [],
    typing: {},
  };
}

/** The highest seq up to which nothing is missing; 0 while nothing was fetched. */
export function knownTo(talk: Talk): number {
  return talk.messages.at(-1)?.seq ?? 0;
}

/** Whether the run reaches back to the first message that is there for this person. */
export function begins(talk: Talk): boolean {
  return talk.head < talk.start || (talk.messages[0]?.seq ?? talk.head + 1) <= talk.start;
}

/** Conversations by their last message, the newest first. */
export function byTime(state: State): Talk[] {
  const time = (talk: Talk) => talk.last?.at ?? "";
  return Object.values(state.talks).sort((a, b) => time(b).localeCompare(time(a)) || b.id.localeCompare(a.id));
}

/** Unread messages in all conversations that are not hushed. */
export function unreadOf(state: State): number {
  return Object.values(state.talks).reduce((sum, talk) => sum + (talk.muted ? 0 : talk.unread), 0);
}
