import { describe, expect, test } from "vitest";

import { apply } from "../src/state/apply";
import type { Fact } from "../src/state/facts";
import type { Group } from "../src/state/state";
import { begins, type State } from "../src/state/state";
import type { GroupView, MemberView, Notice, WireMessage } from "../src/wire";
import { after, C, listed, ME, message, messages, pending, pulled, pushed, talkOf, view } from "./facts";

const MINE = { joined_at: "2026-01-01T00:00:00.000Z", hushed: false, muted_until: null, mute_reason: "" };
const UNTIL = "2026-01-02T00:00:00.000Z";

const GROUP: GroupView = {
  id: C,
  account: "a1",
  name: "茶友",
  about: "",
  cover: null,
  rules: "",
  announcement: { text: "周五上新", by: "staff:wang", at: UNTIL },
  joining: "open",
  question: "",
  members: 3,
  capacity: 500,
  order: {
    slow_s: 0,
    newcomers: {},
    links: {},
    media: true,
    cards: true,
    filters: true,
    flood: {},
    repeat: {},
    raid: {},
    guarded_until: null,
    silent_until: null,
    silent_reason: "",
  },
  version: 1,
  created_at: "2026-01-01T00:00:00.000Z",
  dissolved_at: null,
  role: "member",
  membership: MINE,
  invited: false,
  waiting: false,
};

const grouped = (more: Partial<GroupView> = {}): Fact => ({ event: "grouped", data: { ...GROUP, ...more }, pins: [] });
const outside = grouped({ role: "outsider", membership: null, announcement: null });
const member = (change: string, more: Partial<MemberView> = {}): Fact => ({
  event: "member",
  data: { group: C, person: ME.id, change, ...more },
  at: 0,
});
const notice = (kind: string, more: Partial<Notice> = {}): Fact => ({
  event: "notice",
  data: { kind, group: C, ...more },
  at: 0,
});

function groupOf(state: State): Group {
  const group = state.groups[C];
  if (group === undefined) throw new Error("There is no such group.");
  return group;
}

function calling(seq: number, mentions: string[], all = false): WireMessage {
  const body = all ? { text: "大家", mention_all: true } : { text: "你看", mentions };
  return { ...message(seq), kind: "text", body };
}

describe("a group", () => {
  test("that one is in has its conversation, whose name it gives", () => {
    expect(talkOf(after(grouped({ name: "新茶友" })))).toMatchObject({ kind: "group", title: "新茶友", muted: false });
    expect(after(outside).talks[C]).toBeUndefined();
  });

  test("shows one's own mute with its end and reason, and shows it no more when it is lifted", () => {
    const state = after(grouped(), member("muted", { until: UNTIL, reason: "广告" }));
    expect(groupOf(state).view.membership).toMatchObject({ muted_until: UNTIL, mute_reason: "广告" });
    expect(groupOf(apply(state, member("unmuted"))).view.membership).toEqual(MINE);
    expect(groupOf(apply(state, member("muted", { until: UNTIL, reason: "广告" })))).toEqual(groupOf(state));
  });

  test("is told of what is done to others without becoming one's own affair", () => {
    const state = after(grouped());
    for (const change of ["joined", "muted", "banned", "left"])
      expect(apply(state, member(change, { person: "somebody" }))).toEqual(state);
  });

  test.each(["left", "removed", "banned"])("that one has %s is in the list no more, and says why", (change) => {
    const state = after(grouped(), listed(group(4)), pulled(messages(1, 4)), member(change, { reason: "广告" }));
    expect(state.talks[C]).toBeUndefined();
    expect(groupOf(state)).toMatchObject({
      view: { role: "outsider", membership: null, announcement: null },
      pins: null,
      parting: { how: change, reason: "广告", until: null },
    });
  });

  test("whose ban is lifted has its door open again; another parting stays", () => {
    const banned = after(grouped(), listed(group(4)), member("banned", { reason: "广告" }), member("unbanned"));
    expect(groupOf(banned).parting).toBeNull();
    const removed = after(grouped(), listed(group(4)), member("removed", { reason: "广告" }), member("unbanned"));
    expect(groupOf(removed).parting?.how).toBe("removed");
  });

  test("that was dissolved is gone at once", () => {
    const state = after(grouped(), listed(group(1)), notice("group", { what: "dissolved" }));
    expect([state.talks[C], groupOf(state).parting?.how]).toEqual([undefined, "dissolved"]);
  });

  test.each(["edited", "announced", "silence", "pins"])(
    "of which it is told that it was %s is to be fetched",
    (what) => {
      const state = after(grouped(), notice("group", { what }));
      expect(groupOf(state).stale).toBe(true);
      expect(groupOf(apply(state, grouped())).stale).toBe(false);
    },
  );

  test("that one came into on another device is to be fetched; told again, it is not", () => {
    const state = after(outside, member("joined"));
    expect(groupOf(state).stale).toBe(true);
    expect(groupOf(apply(apply(state, grouped()), member("joined"))).stale).toBe(false);
  });

  test("lets one know that one is invited, or was not let in and why", () => {
    expect(groupOf(after(outside, notice("invited"))).view.invited).toBe(true);
    const waiting = after(grouped({ role: "outsider", membership: null, waiting: true }));
    expect(groupOf(apply(waiting, notice("declined", { reason: "满了" })))).toMatchObject({
      view: { waiting: false },
      parting: { how: "declined", reason: "满了" },
    });
  });

  test("keeps a warning until one has read it", () => {
    const state = after(grouped(), notice("warned", { reason: "少发广告" }), grouped());
    expect(groupOf(state).warning).toBe("少发广告");
    expect(groupOf(apply(state, { event: "heeded", group: C })).warning).toBeNull();
    expect(groupOf(apply(state, notice("pardoned", { reason: "看错了" }))).warning).toBeNull();
  });

  test("makes one a moderator, and a member again", () => {
    const state = after(grouped(), member("role", { role: "moderator" }));
    expect(groupOf(state).view.role).toBe("moderator");
    expect(groupOf(apply(state, member("role", { role: "member" }))).view.role).toBe("member");
  });

  test("is hushed for itself: what one wants of the account is another thing", () => {
    const state = after(grouped(), listed(group(1)), { event: "quieted", conversation: C, muted: true });
    expect([talkOf(state).muted, groupOf(state).view.membership?.hushed]).toEqual([true, true]);
    expect(talkOf(apply(state, { event: "hushed", account: "demo", muted: false })).muted).toBe(true);
  });
});

function group(head: number, read = head, unread = head - read) {
  return { ...view(head, read, unread), kind: "group" as const, title: "茶友" };
}

describe("groups of the list", () => {
  test("that are not in it from beginning to end are one's own no more; of half a list nothing follows", () => {
    const state = after(grouped(), listed(group(1)));
    expect(apply(state, listed()).talks[C]).toBeUndefined();
    expect(apply(state, { event: "listed", data: [], cursor: "more", more: false }).talks[C]).toBeDefined();
    expect(apply(state, { event: "listed", data: [], cursor: null, more: true }).talks[C]).toBeDefined();
    const direct = after(listed(view(1, 1, 0)));
    expect(apply(direct, listed()).talks[C]).toBeDefined();
  });

  test("of which nothing came, though it was asked for, are one's own no more", () => {
    const state = after(grouped(), listed(group(1)));
    const synced = (asked: string[]): Fact => ({ event: "synced", data: { conversations: [] }, asked });
    expect(apply(state, synced([C])).talks[C]).toBeUndefined();
    expect(apply(state, synced([])).talks[C]).toBeDefined();
  });
});

describe("being called by name", () => {
  test("marks the unread messages that do it, whether told of, pushed or pulled, until they were read", () => {
    const state = after(listed(group(5, 2)), notice("mention", { seq: 4 }));
    expect(talkOf(state).called).toEqual([4]);
    const more = [pushed(calling(6, [ME.id])), pushed(calling(7, [], true)), pushed(calling(8, ["somebody"]))];
    const called = more.reduce(apply, apply(state, pulled([...messages(1, 3), calling(4, [ME.id]), message(5)])));
    expect(talkOf(called).called).toEqual([4, 6, 7]);
    expect(talkOf(more.reduce(apply, called)).called).toEqual([4, 6, 7]);

    const read = (seq: number): Fact => ({ event: "read", data: { conversation: C, person: ME.id, seq }, at: 0 });
    expect(talkOf(apply(called, read(6))).called).toEqual([7]);
    expect(talkOf(apply(apply(called, read(8)), notice("mention", { seq: 6 }))).called).toEqual([]);
  });

  test("is known of messages that are too many to be kept", () => {
    const synced: Fact = {
      event: "synced",
      data: {
        conversations: [
          {
            conversation: C,
            head: 900,
            read: 2,
            seen: 0,
            unread: 898,
            messages: [message(3), calling(4, [ME.id])],
            limited: true,
            changed: [],
          },
        ],
      },
    };
    expect(talkOf(after(listed(group(900, 2)), synced))).toMatchObject({ called: [4], messages: [] });
  });

  test("ends where the message is taken back, and one does not call oneself", () => {
    const mine = { ...calling(2, [ME.id]), author: { ...message(2).author, id: ME.id } };
    const state = after(listed(group(1)), pulled(messages(1, 1)), pushed(mine), pushed(calling(3, [ME.id])));
    expect(talkOf(state).called).toEqual([3]);
    const recalled: Fact = { event: "changed", data: { conversation: C, seq: 3, change: "recalled", by: "x" }, at: 0 };
    expect(talkOf(apply(state, recalled)).called).toEqual([]);
  });
});

test("a conversation begins where there is nothing before for this person", () => {
  const late = after(listed(group(40)), { event: "pulled", conversation: C, messages: messages(31, 40), start: 31 });
  expect(begins(talkOf(late))).toBe(true);
  const nothing = after(listed(group(40)), { event: "pulled", conversation: C, messages: [], start: 41 });
  expect(begins(talkOf(nothing))).toBe(true);
  expect(begins(talkOf(apply(nothing, pushed(message(41)))))).toBe(true);
  expect(begins(talkOf(after(listed(group(40)), pulled(messages(31, 40)))))).toBe(false);
});

describe("a message that a moderator looks at first", () => {
  const text = pending("k1", "加我微信");
  const held = after(
    grouped(),
    { event: "queued", data: text },
    {
      event: "sent",
      key: "k1",
      role: "follower",
      data: { conversation: C, seq: null, at: UNTIL, duplicate: false, held: true },
    },
  );

  test("stays with its author until it is released under its key", () => {
    expect(talkOf(held).pending).toMatchObject([{ key: "k1", state: "held" }]);
    expect(talkOf(apply(held, pushed({ ...message(1, "加我微信", ME.id), key: "k1" }))).pending).toEqual([]);
  });

  test("says that it was refused, and why", () => {
    const told = { kind: "refused", group: C, key: "k1", reason: "广告" } as Notice;
    const state = apply(held, { event: "notice", data: told, at: 0 });
    expect(talkOf(state).pending).toMatchObject([{ state: "failed", fault: { code: "blocked", reason: "广告" } }]);
    const other = { ...told, key: "k2" } as Notice;
    expect(apply(held, { event: "notice", data: other, at: 0 })).toEqual(held);
  });
});
