import { expect, test } from "vitest";

import { draftOf, fillDraft, takeUp, writeDraft } from "../src/talk/drafts";

test("a draft is kept for each conversation", () => {
  writeDraft("a", "一");
  expect([draftOf("a").text, draftOf("b").text]).toEqual(["一", ""]);
});

test("what was refused is taken up before what was begun meanwhile", () => {
  takeUp("c", "加我微信");
  expect(draftOf("c")).toEqual({ text: "加我微信", filled: 1 });
  writeDraft("d", "后来写的");
  takeUp("d", "先前的");
  expect(draftOf("d").text).toBe("先前的\n后来写的");
});

test("what is put there by somebody else is counted, so that the field can take the focus", () => {
  fillDraft("e", "一");
  writeDraft("e", "二");
  fillDraft("e", "三");
  expect(draftOf("e")).toEqual({ text: "三", filled: 2 });
});
