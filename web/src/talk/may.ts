import type { GroupRole } from "../wire";

/** What may be done to a person of a group, or to one outside of it. */
export type Act =
  | "invite"
  | "approve"
  | "decline"
  | "remove"
  | "ban"
  | "unban"
  | "mute"
  | "unmute"
  | "appoint"
  | "demote"
  | "warn"
  | "purge"
  | "restore";

/** What may be done to a group as a whole. */
export type Deed =
  "read" | "post" | "call_all" | "pin" | "announce" | "silence" | "order" | "oversee" | "edit" | "dissolve";

const MODERATE = { owner: ["outsider"], moderator: ["outsider"] } as const;

const ANYBODY = { owner: ["moderator", "member", "outsider"], moderator: ["member", "outsider"] } as const;

/** Who may do an act, and to whom; the table of docs/groups.md, with which a test compares it. The hub decides; this only hides what it would refuse. */
export const SANCTIONS: Record<Act, Partial<Record<GroupRole, readonly GroupRole[]>>> = {
  invite: { ...MODERATE, bot: ["outsider"] },
  approve: MODERATE,
  decline: MODERATE,
  remove: { owner: ["moderator", "member"], moderator: ["member"] },
  ban: { owner: ["moderator", "member", "outsider"], moderator: ["member", "outsider"] },
  unban: MODERATE,
  mute: { owner: ["moderator", "member"], moderator: ["member"] },
  unmute: { owner: ["moderator", "member", "outsider"], moderator: ["member", "outsider"] },
  appoint: { owner: ["member"] },
  demote: { owner: ["moderator"] },
  warn: { owner: ["moderator", "member"], moderator: ["member"] },
  purge: ANYBODY,
  restore: ANYBODY,
};

const MODERATORS: readonly GroupRole[] = ["owner", "moderator"];
const INSIDE: readonly GroupRole[] = ["owner", "moderator", "member", "bot"];

export const DEEDS: Record<Deed, readonly GroupRole[]> = {
  read: INSIDE,
  post: INSIDE,
  call_all: MODERATORS,
  pin: MODERATORS,
  announce: MODERATORS,
  silence: MODERATORS,
  order: MODERATORS,
  oversee: MODERATORS,
  edit: ["owner"],
  dissolve: ["owner"],
};

/** Whether somebody of this role may do this to somebody: never upwards, never to oneself. */
export function maySanction(actor: GroupRole, act: Act, target: GroupRole, oneself = false): boolean {
  return !oneself && (SANCTIONS[act][actor] ?? []).includes(target);
}

export function mayDo(role: GroupRole, deed: Deed): boolean {
  return DEEDS[deed].includes(role);
}
