import type { PersonView } from "../../wire";
import { useAsked, usePages } from "../parts/asked";
import { usePlace } from "../person";
import { useGroup } from "./group";

/** Names by id, of the staff, of the first members, and of who waits or is kept out; of others the id, which is what the log keeps. */
export function useNames(): (person: string) => string {
  const place = usePlace();
  const group = useGroup();
  const staff = useAsked("GET /accounts/{account}/staff", { path: { account: place.id } });
  const members = usePages("GET /groups/{group}/members", { path: { group: group.id }, query: { limit: 200 } });
  const asking = useAsked("GET /groups/{group}/requests", { path: { group: group.id }, query: { limit: 200 } });
  const kept = useAsked("GET /groups/{group}/sanctions", { path: { group: group.id }, query: { limit: 200 } });
  const { items } = members;
  const lists: (readonly { person: PersonView }[] | undefined)[] = [
    kept.value?.items,
    asking.value?.items,
    staff.value?.items,
    items,
  ];
  const names = new Map(lists.flatMap((list) => list ?? []).map(({ person }) => [person.id, person.name]));
  return (id) => names.get(id) ?? id;
}
