import i18next from "i18next";
import { beforeAll, expect, test, vi } from "vitest";

import { en as buyerEn, zh as buyerZh } from "../src/buyer/words";
import { en as consoleEn, zh as consoleZh } from "../src/console/words";
import { en as demoEn, zh as demoZh } from "../src/demo/words";
import { startWords } from "../src/i18n/i18n";

const PAGES = { buyer: [buyerZh, buyerEn], console: [consoleZh, consoleEn], demo: [demoZh, demoEn] };

beforeAll(() => vi.stubGlobal("document", { documentElement: { lang: "" } }));

/** Every name of words, with dots. */
function namesOf(words: object, before = ""): string[] {
  return Object.entries(words as Record<string, unknown>).flatMap(([name, said]) =>
    typeof said === "object" && said !== null ? namesOf(said, `${before}${name}.`) : [before + name],
  );
}

test.each(Object.entries(PAGES))("whatever %s counts is said in English of one thing too", (_, [zh, en]) => {
  if (zh === undefined || en === undefined) throw new Error("A page has two languages.");
  startWords("en", zh, en);
  const names = namesOf(en);
  expect(names.length).toBeGreaterThan(5);
  const silent = namesOf(zh).filter((name) => {
    const said = i18next.t(name, { count: 1, skipInterpolation: true });
    const own = [`${name}_one`, name].find((one) => names.includes(one));
    const words: unknown = own === undefined ? undefined : i18next.getResource("en", "translation", own);
    return words !== "" && said !== words;
  });
  expect(silent).toEqual([]);
});

test("one thing is said as one, several as several", () => {
  startWords("en", { found: "{{count}} 条" }, { found: "{{count}} lines", found_one: "{{count}} line" });
  expect([0, 1, 2].map((count) => i18next.t("found", { count }))).toEqual(["0 lines", "1 line", "2 lines"]);
  expect(i18next.t("found", { count: 1, lng: "zh-CN" })).toBe("1 条");
});
