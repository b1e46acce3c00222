import { expect, test } from "vitest";

import { daysOf } from "../src/buyer/Opening";
import { loudness } from "../src/talk/peaks";

test("the loudest part of a sound is 1, silence is 0, and there are as many parts as asked for", () => {
  const sound = new Float32Array(400);
  sound.fill(0.5, 100, 200);
  sound.fill(-0.25, 200, 300);

  expect(loudness(sound, 4)).toEqual([0, 1, 0.5, 0]);
  expect(loudness(new Float32Array(8), 4)).toEqual([0, 0, 0, 0]);
  expect(loudness(new Float32Array(2), 28).length).toBe(28);
});

test("days are said as people say them", () => {
  const zh = { mon: "周一", tue: "周二", wed: "周三", thu: "周四", fri: "周五", sat: "周六", sun: "周日" };
  expect(daysOf("mon-fri", (day) => zh[day], "，")).toBe("周一–周五");
  expect(daysOf("sat, sun", (day) => zh[day], "，")).toBe("周六，周日");
  expect(daysOf("someday", (day) => zh[day], "，")).toBe("someday");
});
