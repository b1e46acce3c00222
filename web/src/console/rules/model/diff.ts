import type { MemberChange } from "../../../wire";

/** One thing that is there before or after, or in both. */
export interface Piece {
  text: string;
  is: "added" | "removed";
}

interface Told {
  mode?: unknown;
  kind?: unknown;
  text?: unknown;
  title?: unknown;
}

/**
 * A member that differs, as pieces that went and came. Of a list only what differs; a value that is no list went as a
 * whole and came as a whole. `tell` writes one value in the words of the page.
 */
export function piecesOf(change: MemberChange, tell: (value: unknown) => string = textOf): Piece[] {
  const [before, after] = [listOf(change.before), listOf(change.after)];
  const [was, is] = [counted(before.map(tell)), counted(after.map(tell))];
  const gone = before.map(tell).filter((text) => take(is, text));
  const come = after.map(tell).filter((text) => take(was, text));
  const pieces = [
    ...gone.map((text) => ({ text, is: "removed" as const })),
    ...come.map((text) => ({ text, is: "added" as const })),
  ];
  return pieces.filter((piece) => piece.text !== "");
}

/** Whether a list has the same entries in another order. */
export function isReordered(change: MemberChange): boolean {
  return Array.isArray(change.before) && Array.isArray(change.after) && piecesOf(change).length === 0;
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === null || value === undefined ? [] : [value];
}

function counted(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Whether this one is not among those any more; each counts once. */
function take(counts: Map<string, number>, text: string): boolean {
  const left = counts.get(text) ?? 0;
  if (left > 0) counts.set(text, left - 1);
  return left === 0;
}

/** A value for people, where the page has no word for it. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return JSON.stringify(value);
  const told = value as Told;
  if (typeof told.mode === "string" && typeof told.text === "string") return `${told.mode}: ${told.text}`;
  if (told.kind === "text" && typeof told.text === "string") return told.text;
  return JSON.stringify(value);
}
