import type { CannedView } from "../../wire";

/** The prepared replies that `/…` asks for: by title first, then by text; null where the text asks for none. */
export function cannedFor(text: string, canned: readonly CannedView[], most = 8): CannedView[] | null {
  if (!text.startsWith("/") || text.includes("\n")) return null;
  const wanted = text.slice(1).trim().toLowerCase();
  const titled = canned.filter((one) => one.title.toLowerCase().includes(wanted));
  const said = canned.filter((one) => !titled.includes(one) && one.text.toLowerCase().includes(wanted));
  return [...titled, ...said].slice(0, most);
}
