import { hrefOf } from "../../ui/route";

/** The pages of the room beside the table and the rules themselves. A rule may have any id: one that begins with ~ has a page of its own below `~rule`. */
export const PAGES = ["replay", "versions", "stats", "files", "words"] as const;
export type PageKey = (typeof PAGES)[number];

export type Spot = { is: "table" } | { is: "rule"; id: string } | { is: "page"; key: PageKey };

/** Where a path of the room leads. */
export function spotOf(path: readonly string[]): Spot {
  const [first, second] = path;
  if (first === undefined) return { is: "table" };
  if (!first.startsWith("~")) return { is: "rule", id: first };
  if (first === "~rule" && second !== undefined) return { is: "rule", id: second };
  const key = PAGES.find((one) => `~${one}` === first);
  return key === undefined ? { is: "table" } : { is: "page", key };
}

export function ruleHref(account: string, id: string): string {
  return id.startsWith("~") ? hrefOf(account, "rules", "~rule", id) : hrefOf(account, "rules", id);
}

export function pageHref(account: string, key?: PageKey): string {
  return key === undefined ? hrefOf(account, "rules") : hrefOf(account, "rules", `~${key}`);
}
