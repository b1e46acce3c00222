import { expect, test } from "vitest";

import { cannedFor } from "../src/console/desk/cannedFor";
import { intentOf, type Pressed } from "../src/console/desk/keys";
import { isCall } from "../src/console/attend/calls";
import { passed, rightOf } from "../src/console/desk/standing";
import type { Pushed } from "../src/state/facts";
import type { CannedView, DeskView } from "../src/wire";

const pressed = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  code: "",
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
});

test("keys mean something at the desk, and letters where one writes", () => {
  expect(intentOf(pressed("j"), false)).toEqual({ is: "walk", step: 1 });
  expect(intentOf(pressed("ArrowUp"), false)).toEqual({ is: "walk", step: -1 });
  expect(intentOf(pressed("c"), false)).toEqual({ is: "claim" });
  expect(intentOf(pressed("?"), false)).toEqual({ is: "help" });
  for (const key of ["j", "c", "/", "?", "1"]) expect(intentOf(pressed(key), true)).toBeNull();
  expect(intentOf(pressed("Escape"), true)).toEqual({ is: "back" });
});

test("a suggestion is sent with Alt and its number, also while one writes and on any layout; the browser's keys stay its own", () => {
  expect(intentOf(pressed("¡", { code: "Digit1", altKey: true }), true)).toEqual({ is: "suggestion", at: 0 });
  expect(intentOf(pressed("4", { code: "Digit4", altKey: true }), false)).toBeNull();
  expect(intentOf(pressed("c", { ctrlKey: true }), false)).toBeNull();
  expect(intentOf(pressed("1", { code: "Digit1", altKey: true, metaKey: true }), false)).toBeNull();
});

test("who holds a conversation answers in it; a colleague only looks, the owner may cut in; a free one is anybody's", () => {
  const held: DeskView = {
    conversation: "c",
    account: "demo",
    state: "operator",
    operator: { id: "staff:a", name: "a" },
  };
  expect(rightOf(held, "staff:a", "operator")).toBe("mine");
  expect(rightOf(held, "staff:b", "operator")).toBe("theirs");
  expect(rightOf(held, "staff:b", "owner")).toBe("cutIn");
  for (const state of ["bot", "waiting", "closed"])
    expect(rightOf({ conversation: "c", account: "demo", state }, "staff:b", "operator")).toBe("free");
  expect(rightOf(null, "staff:b", "operator")).toBe("free");
});

test("a wait is told in minutes and seconds, and never runs backwards", () => {
  const since = "2026-01-01T00:00:00.000Z";
  expect(passed(since, Date.parse(since) + 192_900)).toEqual({ minutes: 3, seconds: 12 });
  expect(passed(since, Date.parse(since) - 5_000)).toEqual({ minutes: 0, seconds: 0 });
});

test("a slash asks for prepared replies: titles first, then texts", () => {
  const canned: CannedView[] = [
    { id: "1", title: "地址", text: "退货请寄到 A 仓", at: "" },
    { id: "2", title: "退货", text: "七天内可退", at: "" },
  ];
  expect(cannedFor("/退货", canned)?.map((one) => one.id)).toEqual(["2", "1"]);
  expect(cannedFor("/", canned)?.length).toBe(2);
  expect(cannedFor("/没有", canned)).toEqual([]);
  expect(cannedFor("见 /退货", canned)).toBeNull();
  expect(cannedFor("/退\n货", canned)).toBeNull();
});

test("somebody calls when they come into the queue, once; and when a buyer writes while nobody sees the desk", () => {
  const waiting = new Set(["old"]);
  const desk = (conversation: string, state: string) =>
    ({ event: "desk", at: 0, data: { conversation, account: "demo", state } }) as Pushed;
  expect(isCall(desk("old", "waiting"), waiting, true)).toBe(false);
  expect(isCall(desk("new", "waiting"), waiting, true)).toBe(true);
  expect(isCall(desk("new", "waiting"), waiting, false)).toBe(false);
  expect(isCall(desk("new", "operator"), waiting, false)).toBe(false);
  expect(isCall(desk("new", "waiting"), waiting, false)).toBe(true);
  const message = (role: string) =>
    ({ event: "message", at: 0, data: { author: { id: "x", role } } }) as unknown as Pushed;
  expect(isCall(message("follower"), waiting, true)).toBe(false);
  expect(isCall(message("follower"), waiting, false)).toBe(true);
  expect(isCall(message("bot"), waiting, false)).toBe(false);
});
