/** What a key means at the desk. */
export type Intent =
  | { is: "walk"; step: 1 | -1 }
  | { is: "list"; at: number }
  | { is: "claim" }
  | { is: "canned" }
  | { is: "write" }
  | { is: "suggestion"; at: number }
  | { is: "back" }
  | { is: "help" };

export interface Pressed {
  key: string;
  code: string;
  altKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** What a key means; `writing`: the field for text has it, so that letters are letters. */
export function intentOf(pressed: Pressed, writing: boolean): Intent | null {
  if (pressed.ctrlKey || pressed.metaKey) return null;
  if (pressed.altKey) {
    // By its place: with Alt some keyboards write something else.
    const digit = /^Digit([1-3])$/.exec(pressed.code);
    return digit === null ? null : { is: "suggestion", at: Number(digit[1]) - 1 };
  }
  if (pressed.key === "Escape") return { is: "back" };
  if (writing) return null;
  switch (pressed.key) {
    case "j":
    case "ArrowDown":
      return { is: "walk", step: 1 };
    case "k":
    case "ArrowUp":
      return { is: "walk", step: -1 };
    case "1":
    case "2":
    case "3":
      return { is: "list", at: Number(pressed.key) - 1 };
    case "c":
      return { is: "claim" };
    case "/":
      return { is: "canned" };
    case "r":
      return { is: "write" };
    case "?":
      return { is: "help" };
    default:
      return null;
  }
}
