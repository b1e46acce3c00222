import { useMemo } from "react";

import { useAsked, usePages } from "../parts/asked";
import { usePlace } from "../person";
import { useGroup } from "./group";

/** Names by id, of the staff and of the first members; of others the id, which is what the log keeps. */
export function useNames(): (person: string) => string {
  const place = usePlace();
  const group = useGroup();
  const staff = useAsked("GET /accounts/{account}/staff", { path: { account: place.id } });
  const members = usePages("GET /groups/{group}/members", { path: { group: group.id }, query: { limit: 200 } });
  const { value } = staff;
  const { items } = members;
  return useMemo(() => {
    const names = new Map<string, string>();
    for (const { person } of [...items, ...(value?.items ?? [])]) names.set(person.id, person.name);
    return (id) => names.get(id) ?? id;
  }, [value, items]);
}
