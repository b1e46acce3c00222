import type { Role } from "../../wire";

/** What somebody of the staff can be. */
export const STAFF_ROLES = ["owner", "operator", "moderator"] as const satisfies readonly Role[];
