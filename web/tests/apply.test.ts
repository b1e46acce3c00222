import { describe, expect, test } from "vitest";

import { apply } from "../src/state/apply";
import { changed, gapOf, staleOf } from "../src/state/messages";
import { begins, byTime, unreadOf } from "../src/state/state";
import { after, C, listed, ME, message, messages, pending, pulled, pushed, seqs, talkOf, view } from "./facts";

describe("messages", () => {
  test("in order continue the run, and each told twice is there once", () => {
    const talk = talkOf(
      after(listed(view(3, 3, 0)), pulled(messages(1, 3)), pushed(message(4)), pushed(message(4)), pushed(message(5))),
    );

    expect(seqs(talk)).toEqual([1, 2, 3, 4, 5]);
    expect([talk.head, talk.unread, talk.last?.seq]).toEqual([5, 2, 5]);
    expect([begins(talk), gapOf(talk)]).toEqual([true, null]);
  });

  test("after a gap wait aside until what is missing was pulled", () => {
    const state = after(listed(view(3, 3, 0)), pulled(messages(1, 3)), pushed(message(6)));

    expect(seqs(talkOf(state))).toEqual([1, 2, 3]);
    expect(gapOf(talkOf(state))).toBe(3);
    expect([talkOf(state).unread, talkOf(state).last?.seq]).toEqual([1, 6]);

    const filled = talkOf(apply(state, pulled(messages(4, 5))));
    expect(seqs(filled)).toEqual([1, 2, 3, 4, 5, 6]);
    expect([filled.unread, gapOf(filled), filled.early]).toEqual([3, null, []]);
  });

  test("pushed before any were fetched do not hide the earlier ones", () => {
    const talk = talkOf(after(listed(view(8, 8, 0)), pushed(message(9)), pushed(message(11)), pulled(messages(4, 9))));

    expect(seqs(talk)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(gapOf(talk)).toBe(9);
    expect(
      seqs(
        talkOf(apply(after(listed(view(8, 8, 0)), pushed(message(9)), pulled(messages(4, 8))), pulled(messages(1, 3)))),
      ),
    ).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("of a new conversation begin its run", () => {
    const talk = talkOf(after(pushed(message(1)), pushed(message(2))));

    expect([seqs(talk), talk.head, talk.unread]).toEqual([[1, 2], 2, 2]);
  });

  test("taken back or removed keep their place and lose their content", () => {
    for (const change of ["recalled", "removed"]) {
      const fact = { event: "changed", data: { conversation: C, seq: 2, change, by: "somebody" }, at: 0 } as const;
      const talk = talkOf(after(listed(view(2, 0, 2)), pulled(messages(1, 2)), fact));

      expect(talk.messages[1]).toMatchObject({ seq: 2, kind: "system", body: { event: change, by: "somebody" } });
      expect(talk.last?.kind).toBe("system");
      expect(JSON.stringify(talk)).not.toContain("第 2 条");
      expect(talk.unread).toBe(2);
    }
  });

  test("removed together and restored are in the end what a fresh page fetches", () => {
    const purge = { conversation: C, seq: 2, seqs: [2, 4], change: "removed", by: "mod" };
    const gone = messages(1, 5).map((one) => ([2, 4].includes(one.seq) ? changed(one, purge) : one));
    const begun = after(listed(view(5, 0, 5)), pulled(messages(1, 5)));

    const purged = apply(begun, { event: "changed", data: purge, at: 0 });
    expect(talkOf(purged).messages).toEqual(talkOf(after(listed(view(5, 0, 5)), pulled(gone))).messages);
    expect(staleOf(talkOf(purged))).toBeNull();

    const told = apply(purged, { event: "changed", data: { ...purge, change: "restored" }, at: 0 });
    expect(talkOf(told).stale).toEqual([2, 4]);
    expect(apply(told, { event: "changed", data: { ...purge, change: "restored" }, at: 0 })).toEqual(told);
    const restored = apply(told, pulled(messages(1, 4)));
    expect(talkOf(restored)).toEqual(talkOf(begun));
    expect(talkOf(apply(restored, { event: "changed", data: { ...purge, change: "restored" }, at: 0 })).stale).toEqual(
      [],
    );
  });

  test("restored and removed again before they were pulled are removed", () => {
    const purge = { conversation: C, seq: 2, change: "removed", by: "mod" };
    const fact = (change: string) => ({ event: "changed", data: { ...purge, change }, at: 0 }) as const;
    const talk = talkOf(
      after(listed(view(2, 0, 2)), pulled(messages(1, 2)), fact("removed"), fact("restored"), fact("removed")),
    );

    expect([talk.stale, talk.messages[1]?.kind, talk.last?.kind]).toEqual([[], "system", "system"]);
  });
});

describe("unread", () => {
  test("counts others after the mark, never oneself", () => {
    const state = after(
      listed(view(2, 2, 0)),
      pulled(messages(1, 2)),
      pushed(message(3, "我", ME.id)),
      pushed(message(4)),
    );

    expect(talkOf(state).unread).toBe(1);
    expect(unreadOf(state)).toBe(1);
  });

  test("follows the mark, which another device may move, and which never goes back", () => {
    const read = (seq: number, person = ME.id) =>
      ({ event: "read", data: { conversation: C, person, seq }, at: 0 }) as const;
    const state = after(listed(view(5, 0, 5)), pulled(messages(1, 5)), pushed(message(6)));

    expect(talkOf(state).unread).toBe(6);
    expect(talkOf(apply(state, read(4))).unread).toBe(2);
    expect(talkOf(apply(state, read(6))).unread).toBe(0);
    expect(talkOf(apply(apply(state, read(6)), read(3)))).toMatchObject({ read: 6, unread: 0 });
    expect(talkOf(apply(state, read(5, "staff:wang")))).toMatchObject({ read: 0, unread: 6, seen: 5 });
  });

  test("of the other side is known from the list, goes forward, and is not that of a colleague", () => {
    const read = (person: string, seq: number) =>
      ({ event: "read", data: { conversation: C, person, seq }, at: 0 }) as const;
    const state = after(listed({ ...view(5, 0, 5), seen: 3 }));
    expect(talkOf(state).seen).toBe(3);
    expect(talkOf(apply(state, read("staff:wang", 2))).seen).toBe(3);
    expect(talkOf(apply(state, read("staff:li", 4))).seen).toBe(4);
    expect(talkOf(apply(state, listed({ ...view(5, 0, 5), seen: 2 }))).seen).toBe(3);

    const staff = apply(state, { event: "me", data: { id: "staff:wang", name: "小王" } });
    expect(talkOf(apply(staff, read("staff:li", 5))).seen).toBe(3);
    expect(talkOf(apply(staff, read("b-1", 5))).seen).toBe(5);
  });

  test("is the hub's own count where the messages are not here", () => {
    const read = { event: "read", data: { conversation: C, person: ME.id, seq: 400 }, at: 0 } as const;
    const state = after(listed(view(400, 100, 250)));

    expect(talkOf(state).unread).toBe(250);
    expect(talkOf(apply(state, pushed(message(401)))).unread).toBe(251);
    expect(talkOf(apply(state, read)).unread).toBe(0);
  });

  test("of a hushed conversation is not counted with the others", () => {
    const state = after(listed(view(2, 0, 2)));

    expect(unreadOf(state)).toBe(2);
    expect(unreadOf(apply(state, { event: "hushed", account: "demo", muted: true }))).toBe(0);
  });
});

describe("sending", () => {
  const sent = {
    event: "sent",
    key: "k1",
    role: "follower",
    data: { conversation: C, seq: 3, at: message(3).at, duplicate: false },
  } as const;

  test("waits for a moderator where the hub holds it, until it is pushed or refused", () => {
    const start = after(listed(view(2, 2, 0)), pulled(messages(1, 2)), { event: "queued", data: pending("k1") });
    const held = apply(start, { ...sent, data: { ...sent.data, seq: null, held: true } });
    expect([talkOf(held).pending[0]?.state, talkOf(held).messages.length]).toEqual(["held", 2]);

    const released = talkOf(apply(held, pushed({ ...message(3, "在吗", ME.id), key: "k1" })));
    expect([released.pending, seqs(released)]).toEqual([[], [1, 2, 3]]);
    const notice = { kind: "refused", group: C, key: "k1", reason: "广告" };
    const [refused] = talkOf(apply(held, { event: "notice", data: notice, at: 0 })).pending;
    expect([refused?.state, refused?.fault?.reason]).toEqual(["failed", "广告"]);
  });

  test("goes from being on its way to its place, once, whichever comes first: the answer or the push", () => {
    const start = after(listed(view(2, 2, 0)), pulled(messages(1, 2)), { event: "queued", data: pending("k1") });
    expect([talkOf(start).pending.length, talkOf(start).messages.length]).toEqual([1, 2]);

    const own = pushed({ ...message(3, "在吗", ME.id), key: "k1" });
    for (const facts of [[sent], [own], [own, sent], [sent, own]]) {
      const talk = talkOf(facts.reduce(apply, start));
      expect([talk.pending.length, seqs(talk), talk.unread]).toEqual([0, [1, 2, 3], 0]);
      expect(talk.messages[2]).toMatchObject({
        key: "k1",
        author: { id: ME.id },
        kind: "text",
        body: { text: "在吗" },
        fallback: "在吗",
      });
    }
  });

  test("that failed can be tried again under its key, or thrown away", () => {
    const fault = { code: "blocked", message: "不行" } as const;
    const failed = after(
      listed(view(0, 0, 0)),
      { event: "queued", data: pending("k1") },
      { event: "failed", conversation: C, key: "k1", fault },
    );

    expect(talkOf(failed).pending[0]).toMatchObject({ state: "failed", fault });
    expect(talkOf(apply(failed, { event: "retried", conversation: C, key: "k1" })).pending[0]).toMatchObject({
      key: "k1",
      state: "sending",
      fault: null,
    });
    expect(talkOf(apply(failed, { event: "discarded", conversation: C, key: "k1" })).pending).toEqual([]);
  });

  test("queued twice, as after a reload, is there once", () => {
    const twice = { event: "queued", data: pending("k1") } as const;
    expect(talkOf(after(twice, twice)).pending.length).toBe(1);
  });
});

describe("conversations", () => {
  test("are listed by their last message", () => {
    const other = {
      ...view(1, 1, 0),
      conversation: "c2",
      account: "later",
      last: { ...message(1), conversation: "c2", at: "2030-01-01T00:00:00.000Z" },
    };
    expect(byTime(after(listed(view(3, 3, 0), other))).map((talk) => talk.account)).toEqual(["later", "demo"]);
  });

  test("keep what is newer than an older list", () => {
    const talk = talkOf(after(pulled(messages(1, 5)), listed(view(4, 3, 1))));
    expect([talk.head, talk.last?.seq, seqs(talk).length]).toEqual([5, 5, 5]);
  });

  test("show who looks after them, and who types until they have written", () => {
    const desk = { conversation: C, account: "demo", state: "waiting", position: 2 };
    const typing = { event: "typing", data: { conversation: C, person: "bot:demo" }, at: 9 } as const;
    const state = after(listed(view(0, 0, 0)), { event: "desk", data: desk, at: 0 }, typing);

    expect(talkOf(state)).toMatchObject({ desk, typing: { "bot:demo": 9 } });
    expect(talkOf(apply(state, pushed(message(1)))).typing).toEqual({});
    const looking = [{ id: "staff:1", name: "小王" }];
    const seen = { event: "looking", data: { conversation: C, looking }, at: 9 } as const;
    expect(talkOf(apply(state, seen)).looking).toEqual(looking);
  });

  test("that this page does not have are not made by what concerns them little", () => {
    const strange = { conversation: "c9", person: "x", seq: 1 };
    expect(after({ event: "read", data: strange, at: 0 }, { event: "typing", data: strange, at: 0 }).talks).toEqual({});
  });
});
