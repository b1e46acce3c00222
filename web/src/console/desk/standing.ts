import type { DeskView, Role } from "../../wire";

/**
 * What somebody of the desk may do in a conversation as it stands: it is theirs; nobody has it, and their message takes it;
 * a colleague has it, and they only look; or, for the owner, may cut in.
 */
export type Right = "mine" | "free" | "theirs" | "cutIn";

export function rightOf(desk: DeskView | null, me: string, role: Role): Right {
  if (desk?.state !== "operator" || desk.operator === undefined || desk.operator === null) return "free";
  if (desk.operator.id === me) return "mine";
  return role === "owner" ? "cutIn" : "theirs";
}

/** A time that has passed, in minutes and seconds. */
export function passed(since: string, now: number): { minutes: number; seconds: number } {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1_000));
  return { minutes: Math.floor(seconds / 60), seconds: seconds % 60 };
}
