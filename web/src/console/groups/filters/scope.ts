import { useMemo } from "react";

import type { Answer } from "../../../hub/hub";
import { useHub } from "../../../ui/context";
import type { ListDraft, ListTest } from "../../../wire";
import { useAsked, useStale } from "../../parts/asked";

/** Whose lists: those of the account as a whole, or those of one group. */
export type Scope = { account: string; group?: never } | { group: string; account?: never };

type View = Answer<"GET /groups/{group}/filters/{list}">;

/** The lists without their words. */
export function useLists(scope: Scope) {
  const { account, group } = scope;
  const ofAccount = useAsked("GET /accounts/{account}/filters", account === undefined ? null : { path: { account } });
  const ofGroup = useAsked("GET /groups/{group}/filters", group === undefined ? null : { path: { group } });
  return group === undefined ? ofAccount : ofGroup;
}

/** One list with its words. */
export function useList(scope: Scope, list: string | null) {
  const { account, group } = scope;
  const ofAccount = useAsked(
    "GET /accounts/{account}/filters/{list}",
    account === undefined || list === null ? null : { path: { account, list } },
  );
  const ofGroup = useAsked(
    "GET /groups/{group}/filters/{list}",
    group === undefined || list === null ? null : { path: { group, list } },
  );
  return group === undefined ? ofAccount : ofGroup;
}

/** What can be done with the lists of a scope; each change has what is shown asked again. */
export function useFilterActs(scope: Scope) {
  const hub = useHub();
  const stale = useStale();
  const { account, group } = scope;
  return useMemo(() => {
    const changed = () =>
      stale(
        "GET /accounts/{account}/filters",
        "GET /groups/{group}/filters",
        "GET /accounts/{account}/filters/{list}",
        "GET /groups/{group}/filters/{list}",
        "GET /groups/{group}/log",
      );
    return {
      create: async (body: ListDraft) => {
        await (group === undefined
          ? hub.ask("POST /accounts/{account}/filters", { path: { account }, body })
          : hub.ask("POST /groups/{group}/filters", { path: { group }, body }));
        await changed();
      },
      replace: async (before: Pick<View, "id" | "version">, body: ListDraft) => {
        const { id: list, version } = before;
        await (group === undefined
          ? hub.ask("PUT /accounts/{account}/filters/{list}", { path: { account, list }, body, version })
          : hub.ask("PUT /groups/{group}/filters/{list}", { path: { group, list }, body, version }));
        await changed();
      },
      drop: async (list: string) => {
        await (group === undefined
          ? hub.ask("DELETE /accounts/{account}/filters/{list}", { path: { account, list } })
          : hub.ask("DELETE /groups/{group}/filters/{list}", { path: { group, list } }));
        await changed();
      },
      attempt: (text: string) =>
        group === undefined
          ? hub.ask("POST /accounts/{account}/filters:try", { path: { account }, body: { text } })
          : hub.ask("POST /groups/{group}/filters:try", { path: { group }, body: { text } }),
      test: (body: ListTest, signal: AbortSignal) =>
        group === undefined
          ? hub.ask("POST /accounts/{account}/filters:test", { path: { account }, body, signal })
          : hub.ask("POST /groups/{group}/filters:test", { path: { group }, body, signal }),
    };
  }, [hub, stale, account, group]);
}
