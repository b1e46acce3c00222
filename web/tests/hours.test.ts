import { describe, expect, it } from "vitest";

import { holidaysOf, isOverNight, rangeOf, specialsOf, timesOf, weekOf, weeklyOf } from "../src/console/account/hours";

describe("opening hours in the page", () => {
  it("come back as they were, whatever the days are called", () => {
    for (const weekly of [
      { "mon-fri": ["09:00-18:00"], "sat,sun": ["10:00-12:00", "14:00-16:00"] },
      { "fri-mon": ["22:00-02:00"], "tue-thu": [] },
      { "mon-sun": ["00:00-24:00"] },
    ]) {
      const week = weekOf({ weekly });
      expect(weekOf({ weekly: weeklyOf(week) })).toEqual(week);
    }
    expect(weeklyOf(weekOf({ weekly: { "mon-fri": ["09:00-18:00"] } }))).toEqual({
      "mon-fri": ["09:00-18:00"],
      "sat-sun": [],
    });
  });

  it("closed all week is not the same as no hours, which is always", () => {
    expect(weeklyOf(Array.from({ length: 7 }, () => []))).toEqual({ "mon-sun": [] });
    expect(weekOf({})).toEqual(Array.from({ length: 7 }, () => ["00:00-24:00"]));
  });

  it("show midnight as clocks do", () => {
    expect(timesOf("18:00-24:00")).toEqual(["18:00", "00:00"]);
    expect(rangeOf("00:00", "00:00")).toBe("00:00-24:00");
    expect([isOverNight("22:00-02:00"), isOverNight("18:00-24:00")]).toEqual([true, false]);
  });

  it("keep special days, one or several at once, in their order", () => {
    const holidays = { "2026-12-31": ["09:00-12:00"], "2026-10-01/2026-10-07": [] };
    const specials = specialsOf({ holidays });
    expect(specials.map(({ first }) => first)).toEqual(["2026-10-01", "2026-12-31"]);
    expect(holidaysOf(specials)).toEqual(holidays);
  });
});
