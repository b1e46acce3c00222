import { lazy } from "react";

import type { IconName } from "../ui/icons";
import type { Role } from "../wire";

/** A room of the console: `#/ACCOUNT/ROOM/…`. Each is loaded when it is entered first. */
export interface Room {
  key: "desk" | "rules" | "groups" | "overview" | "account";
  icon: IconName;
  /** Whose room it is. */
  roles: readonly Role[];
  View: React.ComponentType<{ path: string[] }>;
}

export const ROOMS: readonly Room[] = [
  {
    key: "desk",
    icon: "desk",
    roles: ["owner", "operator"],
    View: lazy(async () => ({ default: (await import("./desk/Desk")).Desk })),
  },
  {
    key: "rules",
    icon: "rules",
    roles: ["owner", "operator"],
    View: lazy(async () => ({ default: (await import("./rules/Rules")).Rules })),
  },
  {
    key: "groups",
    icon: "people",
    roles: ["owner", "operator", "moderator"],
    View: lazy(async () => ({ default: (await import("./groups/Groups")).Groups })),
  },
  {
    key: "overview",
    icon: "chart",
    roles: ["owner", "operator"],
    View: lazy(async () => ({ default: (await import("./overview/Overview")).Overview })),
  },
  {
    key: "account",
    icon: "shop",
    roles: ["owner", "operator", "moderator"],
    View: lazy(async () => ({ default: (await import("./account/Account")).Account })),
  },
];

/** The rooms of somebody of this role, in their order. */
export function roomsOf(role: Role): readonly Room[] {
  return ROOMS.filter((room) => room.roles.includes(role));
}
