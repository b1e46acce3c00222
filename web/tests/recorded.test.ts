import { readFileSync } from "node:fs";

import { describe, expect, test } from "vitest";

import { apply } from "../src/state/apply";
import type { Pushed } from "../src/state/facts";
import { gapOf } from "../src/state/messages";
import { knownTo, NOTHING, type State, type Talk } from "../src/state/state";
import type { ConversationView, PersonView, WireMessage } from "../src/wire";

interface Fetched {
  inbox: ConversationView[];
  messages: WireMessage[];
}

interface Recorded {
  me: PersonView;
  conversation: string;
  before: Fetched;
  facts: Pushed[];
  after: Fetched;
}

/** What a device of a buyer heard of a real hub (`python -m tests.pages.record`), and what others fetched before and after. */
const file = process.env["WEIHUB_RECORDED"] ?? new URL("recorded/journey.json", import.meta.url);
const recorded = JSON.parse(readFileSync(file, "utf-8")) as Recorded;

function fetched(state: State, { inbox, messages }: Fetched): State {
  const listed = apply(state, { event: "listed", data: inbox, cursor: null, more: false });
  return apply(listed, { event: "pulled", conversation: recorded.conversation, messages });
}

const introduced = apply(NOTHING, { event: "me", data: recorded.me });
const old = fetched(introduced, recorded.before);
const fresh = fetched(introduced, recorded.after);

/** What a page shows of a state: without what only who was there can know, such as who types. */
function shown(state: State): Partial<Talk>[] {
  return Object.values(state.talks).map(
    ({ id, kind, account, title, muted, head, read, seen, unread, last, messages }) => {
      return { id, kind, account, title, muted, head, read, seen, unread, last, messages };
    },
  );
}

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
    const others = recorded.facts.filter((fact) => fact.event !== "message");
    const backwards = recorded.facts.filter((fact) => fact.event === "message").reverse();
    expect(shown([...backwards, ...others].reduce(apply, old))).toEqual(shown(fresh));
  });

  test("of which everything but the last message was lost leads there after a pull and a list", () => {
    const last = recorded.facts.findLast((fact) => fact.event === "message");
    const heard = last === undefined ? old : apply(old, last);
    const talk = heard.talks[recorded.conversation];
    expect(talk === undefined ? 0 : talk.head - knownTo(talk)).toBeGreaterThan(1);

    const caught = apply(filled(heard), { event: "listed", data: recorded.after.inbox, cursor: null, more: false });
    expect(shown(caught)).toEqual(shown(fresh));
  });
});
