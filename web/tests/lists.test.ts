import { describe, expect, it } from "vitest";

import { domainsOf } from "../src/console/groups/domains";
import { linesOf } from "../src/console/groups/filters/lists";
import { SPANS, told } from "../src/console/groups/time";
import { unitOf } from "../src/talk/units";

describe("what moderators type", () => {
  it("is a list of words, each once", () => {
    expect(linesOf(" 加微信 \n\n刷单\r\n加微信\n两个 词\n")).toEqual(["加微信", "刷单", "两个 词"]);
  });

  it("takes fifty thousand words at once", () => {
    const words = Array.from({ length: 50_000 }, (_, number) => `词${number}`);
    expect(linesOf(words.join("\n"))).toHaveLength(50_000);
  });

  it("is domains, also where whole addresses were pasted", () => {
    expect(domainsOf("https://Shop.example/a?b#c, taobao.com；taobao.com\n tmall.com:443/x")).toEqual([
      "shop.example",
      "taobao.com",
      "tmall.com",
    ]);
  });
});

describe("how long and when", () => {
  it("is said in the largest unit that is whole", () => {
    expect(SPANS.map((span) => unitOf(span).unit)).toEqual(["minutes", "hours", "days", "days", "days"]);
    expect(unitOf(5_400)).toEqual({ unit: "minutes", count: 90 });
  });

  it("needs no date today", () => {
    const now = Date.parse("2026-11-30T12:00:00+08:00");
    expect(told("2026-11-30T09:05:00+08:00", "zh-CN", now)).toMatch(/^\d\d:\d\d$/);
    expect(told("2025-11-29T09:05:00+08:00", "zh-CN", now)).toContain("2025");
  });
});
