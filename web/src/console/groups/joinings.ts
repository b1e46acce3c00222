import type { Joining } from "../../wire";

/** How a follower comes in, the easiest first. */
export const JOININGS: readonly Joining[] = ["open", "approval", "invitation"];
