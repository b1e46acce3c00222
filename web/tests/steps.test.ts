import { describe, expect, it } from "vitest";

import { countSources, followLink } from "../src/console/account/link";
import { doneOf, isAllDone, type Known, STEPS } from "../src/console/account/steps";
import { arrivalOf } from "../src/hub/host";

const NOTHING: Known = { account: null, versions: null, staff: null, followers: null, said: null };
const author = (role: string) => ({ author: { id: "x", name: "x", role } });

describe("the first steps of an owner", () => {
  it("are neither done nor open before the hub has answered", () => {
    expect(Object.values(doneOf(NOTHING))).toEqual(STEPS.map(() => null));
  });

  it("are open in a new account", () => {
    const fresh = { about: " ", avatar: null, hours: null };
    const known = { account: fresh, versions: 0, staff: 1, followers: [{ source: "chat" }], said: [author("bot")] };
    expect(Object.values(doneOf(known))).toEqual(STEPS.map(() => false));
  });

  it("are done by what the hub has, not by what was clicked", () => {
    const account = { about: "卖衣服的", avatar: "https://shop.example/a.png", hours: {} };
    const known = {
      account,
      versions: 1,
      staff: 2,
      followers: [{ source: "" }, { source: "柜台" }],
      said: [author("follower"), author("operator")],
    };
    expect(isAllDone(doneOf(known))).toBe(true);
    expect(isAllDone(doneOf({ ...known, staff: 1 }))).toBe(false);
  });
});

describe("the follow link", () => {
  it("says to the buyer's page what was written into it", () => {
    const link = followLink("https://hub.example", "demo", "柜台 & 收银");
    expect(arrivalOf(new URL(link).hash)).toEqual({ token: null, account: "demo", source: "柜台 & 收银" });
  });

  it("is counted by its source", () => {
    const followers = ["qr", "", "qr", "a"].map((source) => ({ source }));
    expect(countSources(followers)).toEqual([
      ["qr", 2],
      ["", 1],
      ["a", 1],
    ]);
  });
});
