import { useQuery } from "@tanstack/react-query";

import { faultOf, type HubFault } from "../../../hub/fault";
import { useHub } from "../../../ui/context";
import type { RuleStatsView, StatsQuery, StatsView } from "../../../wire";
import { useRulebook } from "../rulebook";

const PAGE = 200;
/** Pages that are read at most: the rules are in the order of their ids, so a sum needs them all. */
const PAGES = 20;

export interface Range {
  from: string;
  to: string;
}

export interface Stats {
  view: Pick<StatsView, "from" | "to" | "zone" | "days"> | null;
  rules: readonly RuleStatsView[];
  fault: HubFault | null;
  again: () => void;
}

/** The last days up to today, as the hub takes them. */
export function lastDays(count: number, today = new Date()): Range {
  const text = (date: Date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  const from = new Date(today);
  from.setDate(from.getDate() - count + 1);
  return { from: text(from), to: text(today) };
}

/** What became of the messages of these days, and what each rule did in them. */
export function useStats(range: Range): Stats {
  const hub = useHub();
  const { account } = useRulebook();
  const query = useQuery({
    queryKey: ["GET /accounts/{account}/rules/stats", account, range],
    queryFn: async ({ signal }) => {
      const path = { account };
      const first = await hub.ask("GET /accounts/{account}/rules/stats", {
        path,
        query: { ...range, limit: PAGE },
        signal,
      });
      const rules = [...first.items];
      let { cursor } = first;
      for (let page = 1; cursor !== null && page < PAGES; page += 1) {
        const next = await hub.ask("GET /accounts/{account}/rules/stats", {
          path,
          query: { ...range, limit: PAGE, cursor },
          signal,
        });
        rules.push(...next.items);
        ({ cursor } = next);
      }
      return { view: first, rules };
    },
  });
  return {
    view: query.data?.view ?? null,
    rules: query.data?.rules ?? [],
    fault: query.error === null ? null : faultOf(query.error),
    again: () => void query.refetch(),
  };
}

/** What one rule did on each of these days. The pages are in the order of ids: those before it are passed over. */
export function useRuleDays(rule: string | null, range: Range): readonly RuleStatsView[] | null {
  const hub = useHub();
  const { account } = useRulebook();
  const query = useQuery({
    queryKey: ["GET /accounts/{account}/rules/stats", account, range, rule],
    enabled: rule !== null,
    queryFn: async ({ signal }) => {
      const days: RuleStatsView[] = [];
      let cursor: string | null = null;
      for (let page = 0; page < PAGES; page += 1) {
        const asked: StatsQuery = { ...range, daily: true, limit: PAGE, ...(cursor === null ? {} : { cursor }) };
        const found: StatsView = await hub.ask("GET /accounts/{account}/rules/stats", {
          path: { account },
          query: asked,
          signal,
        });
        days.push(...found.items.filter((one) => one.rule === rule));
        cursor = found.cursor;
        if (cursor === null || (days.length > 0 && found.items.at(-1)?.rule !== rule)) break;
      }
      return days;
    },
  });
  return query.data ?? null;
}
