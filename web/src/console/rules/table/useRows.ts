import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { useHub } from "../../../ui/context";
import type { RuleStatsView, StatsQuery, StatsView } from "../../../wire";
import { type Row, rowsOf } from "../model/filter";
import { useDraft, useLint, usePublished, useRulebook } from "../rulebook";

const PAGE = 200;
/** Pages of figures that are read; further rules show none. */
const PAGES = 15;
const NONE: ReadonlyMap<string, RuleStatsView> = new Map();

/** What each rule did in the last seven days. */
export function useWeek(): ReadonlyMap<string, RuleStatsView> | null {
  const hub = useHub();
  const { account } = useRulebook();
  const week = useQuery({
    queryKey: ["GET /accounts/{account}/rules/stats", account, "week"],
    staleTime: 60_000,
    queryFn: async ({ signal }) => {
      const stats = new Map<string, RuleStatsView>();
      let cursor: string | null = null;
      for (let page = 0; page < PAGES; page += 1) {
        const query: StatsQuery = { limit: PAGE, ...(cursor === null ? {} : { cursor }) };
        const found: StatsView = await hub.ask("GET /accounts/{account}/rules/stats", {
          path: { account },
          query,
          signal,
        });
        for (const one of found.items) stats.set(one.rule, one);
        cursor = found.cursor;
        if (cursor === null) break;
      }
      return stats;
    },
  });
  return week.data ?? null;
}

/** The rows of the table, with all that is known of each rule so far. */
export function useRows(): { rows: Row[]; counted: boolean } {
  const { rules, saving } = useDraft();
  const published = usePublished();
  const linted = useLint(saving ? null : rules);
  const week = useWeek();
  const rows = useMemo(
    () => rowsOf(rules, { published: published.rules, findings: linted.findings, stats: week ?? NONE }),
    [rules, published.rules, linted.findings, week],
  );
  return { rows, counted: week !== null };
}
