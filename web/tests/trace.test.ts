import { expect, test } from "vitest";

import { wordsOf } from "../src/console/trace/heard";
import { marked } from "../src/console/trace/marks";
import type { WireMessage } from "../src/wire";

test("spans mark code points, so that a character outside the basic plane counts as one", () => {
  expect(marked("𠮷野家发货吗", [[3, 5]])).toEqual([
    { text: "𠮷野家", marked: false },
    { text: "发货", marked: true },
    { text: "吗", marked: false },
  ]);
});

test("spans that overlap or touch are one mark; what lies outside of the text marks nothing", () => {
  expect(
    marked("abcdef", [
      [0, 2],
      [1, 3],
      [3, 4],
      [9, 12],
    ]),
  ).toEqual([
    { text: "abcd", marked: true },
    { text: "ef", marked: false },
  ]);
  expect(marked("", [[0, 3]])).toEqual([]);
});

test("what the rules heard of a message is its text or the transcript of its voice", () => {
  const message = (kind: string, body: object) => ({ kind, body, fallback: "[…]" }) as unknown as WireMessage;
  expect(wordsOf(message("text", { text: "在吗" }))).toBe("在吗");
  expect(wordsOf(message("voice", { media: "m", seconds: 1, transcript: "发货" }))).toBe("发货");
  expect(wordsOf(message("voice", { media: "m", seconds: 1 }))).toBe("");
  expect(wordsOf(message("image", { media: "m", width: 1, height: 1 }))).toBe("[…]");
});
