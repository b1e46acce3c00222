/** The names that a template may fill in. */
export const NAMES = [
  "name",
  "account",
  "operator",
  "team",
  "time",
  "date",
  "hours",
  "position",
  "expected_wait",
] as const;
export type Name = (typeof NAMES)[number];

/** The text with a name in place of what is chosen. */
export function inserted(text: string, from: number, to: number, name: Name, otherwise: string): string {
  return `${text.slice(0, from)}{{${name}|${otherwise}}}${text.slice(to)}`;
}

/** A template as a buyer might see it: names that are known are filled in, the others give way to their default. Whatever is no sound template stays as it is written. */
export function filled(text: string, known: Readonly<Partial<Record<string, string>>>): string {
  return text.replace(/\{\{([^{}|]*)\|([^{}]*)\}\}/g, (all, name: string, otherwise: string) =>
    (NAMES as readonly string[]).includes(name.trim()) ? (known[name.trim()] ?? otherwise) : all,
  );
}
