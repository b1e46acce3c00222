import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { type Act, DEEDS, type Deed, mayDo, maySanction, SANCTIONS } from "../src/talk/may";
import type { GroupRole } from "../src/wire";

const ROLES: readonly GroupRole[] = ["owner", "moderator", "member", "bot", "outsider"];

/** The rows of a table of docs/groups.md: the name, and what stands in the cell of each role. */
function rowsOf(head: string): [string, string[]][] {
  const [, table = ""] = readFileSync("../docs/groups.md", "utf-8").split(`| ${head} |`);
  const lines = table.split("\n").slice(2);
  const end = lines.findIndex((line) => !line.startsWith("|"));
  return lines.slice(0, end).map((line) => {
    const cells = line.split("|").map((cell) => cell.trim());
    return [(cells[1] ?? "").replaceAll("`", ""), cells.slice(2, 2 + ROLES.length)];
  });
}

describe("what the page offers to moderators", () => {
  it("is what the documents say may be done to whom", () => {
    const rows = rowsOf("act on a person");
    expect(rows.map(([act]) => act)).toEqual(Object.keys(SANCTIONS));
    for (const [act, cells] of rows)
      for (const [place, actor] of ROLES.entries())
        for (const target of ROLES) {
          const told = (cells[place] ?? "").split(", ").includes(target);
          expect([act, actor, target, maySanction(actor, act as Act, target)]).toEqual([act, actor, target, told]);
        }
  });

  it("is what the documents say may be done to the group", () => {
    const rows = rowsOf("act on the group");
    for (const deed of Object.keys(DEEDS)) expect(rows.map(([one]) => one)).toContain(deed);
    for (const [deed, cells] of rows.filter(([one]) => one in DEEDS))
      for (const [place, role] of ROLES.entries())
        expect([deed, role, mayDo(role, deed as Deed)]).toEqual([deed, role, cells[place] === "yes"]);
  });

  it("is nothing against oneself", () => {
    expect(maySanction("owner", "mute", "moderator", true)).toBe(false);
  });
});
