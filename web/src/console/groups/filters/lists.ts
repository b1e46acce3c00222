import type { FilterListView, ListDraft } from "../../../wire";

/** What a list does with what it finds, the mildest first: `shadow` only counts. */
export const ACTIONS = ["shadow", "mask", "review", "block"] as const satisfies readonly ListDraft["action"][];

/** How its words are compared; each finds all that the one before it finds. */
export const WAYS = ["plain", "form", "sound"] as const satisfies readonly FilterListView["way"][];

/** Words as they are typed or pasted, one a line; each once, in their order. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n").map((line) => line.trim());
  return [...new Set(lines.filter(Boolean))];
}
