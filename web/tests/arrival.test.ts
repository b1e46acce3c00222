import { describe, expect, it } from "vitest";

import { arrivalOf, leadsTo } from "../src/hub/host";

describe("the address one comes by", () => {
  it("brings a token, and leads into the chat", () => {
    const arrival = arrivalOf("#token=T&account=demo");
    expect(arrival).toEqual({ token: "T", account: "demo", source: "" });
    expect(arrival && leadsTo(arrival)).toBe("#/c/demo");
  });

  it("of a follow link leads to where one follows, with a token or without", () => {
    expect(arrivalOf("#account=demo&source=%E6%9F%9C%E5%8F%B0")).toEqual({
      token: null,
      account: "demo",
      source: "柜台",
    });
    expect(leadsTo({ token: null, account: "a/b", source: "x" })).toBe("#/a/a%2Fb");
  });

  it("is not a place within the page", () => {
    for (const fragment of ["", "#/c/demo", "#/settings"]) expect(arrivalOf(fragment)).toBeNull();
  });

  it("says no more of its source than the hub takes", () => {
    expect(arrivalOf(`#account=demo&source=${"x".repeat(200)}`)?.source).toHaveLength(64);
  });
});
