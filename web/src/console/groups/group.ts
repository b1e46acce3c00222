import { createContext, use } from "react";

import type { GroupView } from "../../wire";

const GroupContext = createContext<GroupView | null>(null);

export const GroupProvider = GroupContext.Provider;

/** The group that is looked at. */
export function useGroup(): GroupView {
  const group = use(GroupContext);
  if (group === null) throw new Error("There is no GroupProvider around this.");
  return group;
}
