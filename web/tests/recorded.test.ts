import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { apply } from "../src/state/apply";
import type { Pushed } from "../src/state/facts";
import { gapOf } from "../src/state/messages";
import { knownTo, NOTHING, type State, type Talk } from "../src/state/state";
import type { ConversationView, GroupView, PersonView, PinView, WireMessage } from "../src/wire";

interface Fetched {
  inbox: ConversationView[];
  messages: WireMessage[];
  view: GroupView;
  pins: PinView[];
  /** The messages of the group. */
  said: WireMessage[];
}

interface Recorded {
  me: PersonView;
  conversation: string;
  group: string;
  before: Fetched;
  facts: Pushed[];
  after: Fetched;
}

/** What a device of a buyer heard of a real hub (`python -m tests.pages.record`), and what others fetched before and after. */
const file = process.env["WEIHUB_RECORDED"] ?? new URL("recorded/journey.json", import.meta.url);
const recorded = JSON.parse(readFileSync(file, "utf-8")) as Recorded;

function fetched(state: State, { inbox, messages, view, pins, said }: Fetched): State {
  const listed = apply(state, { event: "listed", data: inbox, cursor: null, more: false });
  return [
    { event: "pulled", conversation: recorded.conversation, messages } as const,
    { event: "grouped", data: view, pins } as const,
    { event: "pulled", conversation: recorded.group, messages: said } as const,
  ].reduce(apply, listed);
}

const introduced = apply(NOTHING, { event: "me", data: recorded.me });
const old = fetched(introduced, recorded.before);
const fresh = fetched(introduced, recorded.after);

/** What a page shows of a state: without what only who was there can know, such as who types. */
function shown(state: State): Partial<Talk>[] {
  return Object.values(state.talks).map(
    ({ id, kind, account, title, muted, head, read, seen, unread, called, last, messages }) => {
      return { id, kind, account, title, muted, head, read, seen, unread, called, last, messages };
    },
  );
}

function shownDirect(state: State): Partial<Talk>[] {
  return shown(state).filter((talk) => talk.id === recorded.conversation);
}

/** What was told of the direct conversation. */
const direct = recorded.facts.filter(
  (fact) => "conversation" in fact.data && fact.data.conversation === recorded.conversation,
);

/** Pull what is missing, as the hub's client does. */
function filled(state: State): State {
  const talk = state.talks[recorded.conversation];
  const after = talk === undefined ? null : gapOf(talk);
  if (after === null) return state;
  const messages = recorded.after.messages.filter((message) => message.seq > after);
  return apply(state, { event: "pulled", conversation: recorded.conversation, messages });
}

describe("a recorded journey", () => {
  test("applied in order gives what a fresh page fetches", () => {
    expect(recorded.facts.length).toBeGreaterThan(8);
    expect(shown(old)).not.toEqual(shown(fresh));
    expect(shown(recorded.facts.reduce(apply, old))).toEqual(shown(fresh));
  });

  test("changes nothing when it is told twice, or told to who has it already", () => {
    const twice = recorded.facts.flatMap((fact) => [fact, fact]);
    expect(shown(twice.reduce(apply, old))).toEqual(shown(fresh));
    expect(shown(recorded.facts.reduce(apply, fresh))).toEqual(shown(fresh));
  });

  test("of which messages came out of order leads there too", () => {
    const others = direct.filter((fact) => fact.event !== "message");
    const backwards = direct.filter((fact) => fact.event === "message").reverse();
    expect(shownDirect([...backwards, ...others].reduce(apply, old))).toEqual(shownDirect(fresh));
  });

  test("of which everything but the last message was lost leads there after a pull and a list", () => {
    const last = direct.findLast((fact) => fact.event === "message");
    const heard = last === undefined ? old : apply(old, last);
    const talk = heard.talks[recorded.conversation];
    expect(talk === undefined ? 0 : talk.head - knownTo(talk)).toBeGreaterThan(1);

    const caught = apply(filled(heard), { event: "listed", data: recorded.after.inbox, cursor: null, more: false });
    expect(shownDirect(caught)).toEqual(shownDirect(fresh));
  });
});

describe("a recorded group", () => {
  const told = (state: State) => state.groups[recorded.group];

  test("says of itself what a fresh page finds, and asks to be fetched for what was not spelt out", () => {
    const heard = told(recorded.facts.reduce(apply, old));
    const found = told(fresh);
    expect([told(old)?.stale, heard?.stale]).toEqual([false, true]);
    expect(heard?.view.membership).toEqual(found?.view.membership);
    expect(found?.view.membership?.mute_reason).toBe("刷屏");
    expect(heard?.view.role).toBe(found?.view.role);
    expect(told(recorded.facts.reduce(apply, fresh))?.view).toEqual(found?.view);
  });

  test("marks the message that called one by name, and not the one that was taken back", () => {
    const state = recorded.facts.reduce(apply, old);
    expect(state.talks[recorded.group]?.called.length).toBe(1);
    expect(state.talks[recorded.group]?.called).toEqual(fresh.talks[recorded.group]?.called);
  });
});
