import { createContext, use, useCallback, useEffect, useState, useSyncExternalStore } from "react";

import { faultOf, type HubFault } from "../../hub/fault";
import { useHub } from "../../ui/context";
import type { Finding, Rule, RulesView } from "../../wire";
import { useAsked, useStale } from "../parts/asked";
import { usePlace } from "../person";
import { DraftKeeper, type DraftState } from "./model/draft";
import { Kept, type Written } from "./model/kept";

/** The rules of the account that is worked for: its draft, what is being written, what one may do. */
export interface Rulebook {
  account: string;
  keeper: DraftKeeper;
  kept: Kept;
  /** Owners edit; operators read, try and replay. */
  mayEdit: boolean;
}

const RulebookContext = createContext<Rulebook | null>(null);
export const RulebookProvider = RulebookContext.Provider;

export function useRulebook(): Rulebook {
  const book = use(RulebookContext);
  if (book === null) throw new Error("There is no RulebookProvider around this.");
  return book;
}

/** The draft as it is now. */
export function useDraft(): DraftState {
  const { keeper } = useRulebook();
  return useSyncExternalStore(keeper.subscribe, keeper.get);
}

/** What is being written and was not saved, by rule. */
export function useKept(): Readonly<Record<string, Written>> {
  const { kept } = useRulebook();
  return useSyncExternalStore(kept.subscribe, kept.get);
}

/** The rulebook of the account, from a draft that was read; it takes over what is read later. */
export function useOpened(draft: RulesView): Rulebook {
  const { handle, id, role } = usePlace();
  const hub = useHub();
  const [book] = useState((): Rulebook => {
    const path = { account: handle };
    const keeper = new DraftKeeper(draft, {
      read: () => hub.ask("GET /accounts/{account}/rules", { path }),
      save: (rules, version) => hub.ask("PUT /accounts/{account}/rules", { path, body: [...rules], version }),
      pause: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1_000)),
    });
    return { account: handle, keeper, kept: new Kept(id, sessionStorage), mayEdit: role === "owner" };
  });
  useEffect(() => book.keeper.adopt(draft), [book, draft]);
  return book;
}

/** What is published, for comparison: null while it is not known, or nothing ever was. */
export function usePublished(): { version: number | null; rules: readonly Rule[] | null } {
  const { account } = useRulebook();
  const newest = useAsked("GET /accounts/{account}/rules/versions", { path: { account }, query: { limit: 1 } });
  const version = newest.value?.items[0]?.version ?? null;
  const found = useAsked(
    "GET /accounts/{account}/rules/versions/{version}",
    version === null ? null : { path: { account, version } },
  );
  return { version, rules: version === null ? null : (found.value?.rules ?? null) };
}

/** Have everything asked again that depends on the draft or on what is published. */
export function useRulesStale(): () => Promise<void> {
  const stale = useStale();
  return useCallback(
    () =>
      stale(
        "GET /accounts/{account}/rules",
        "GET /accounts/{account}/rules/versions",
        "GET /accounts/{account}/rules:diff",
        "GET /accounts/{account}/rules/vocabulary",
      ),
    [stale],
  );
}

/** Read the draft anew, after something else than the keeper has changed it. */
export function useReread(): () => Promise<void> {
  const hub = useHub();
  const { account, keeper } = useRulebook();
  const stale = useRulesStale();
  return useCallback(async () => {
    keeper.adopt(await hub.ask("GET /accounts/{account}/rules", { path: { account } }));
    await stale();
  }, [hub, account, keeper, stale]);
}

export interface Linted {
  findings: readonly Finding[];
  /** Findings that were left out. */
  more: number;
  busy: boolean;
  fault: HubFault | null;
}

const QUIET_MS = 900;
const LARGE = 2_000;

/**
 * What is doubtful about the rules, asked a moment after they last changed; the last answer stays until the next. Large
 * sets are looked at less eagerly, because the hub needs seconds for them.
 */
export function useLint(rules: readonly Rule[] | null): Linted {
  const hub = useHub();
  const { account } = useRulebook();
  const [linted, setLinted] = useState<Linted>({ findings: [], more: 0, busy: false, fault: null });
  useEffect(() => {
    if (rules === null) return;
    const giveUp = new AbortController();
    const ask = async (): Promise<void> => {
      setLinted((last) => ({ ...last, busy: true }));
      try {
        const body = { rules: [...rules] };
        const path = { account };
        const found = await hub.ask("POST /accounts/{account}/rules:lint", { path, body, signal: giveUp.signal });
        if (!giveUp.signal.aborted) setLinted({ findings: found.findings, more: found.more, busy: false, fault: null });
      } catch (thrown) {
        if (giveUp.signal.aborted) return;
        const fault = faultOf(thrown);
        setLinted((last) => ({ ...last, busy: false, fault }));
        if (fault.again !== null) timer = setTimeout(() => void ask(), fault.again * 1_000);
      }
    };
    let timer = setTimeout(() => void ask(), rules.length > LARGE ? 4 * QUIET_MS : QUIET_MS);
    return () => {
      clearTimeout(timer);
      giveUp.abort();
    };
  }, [hub, account, rules]);
  return linted;
}

/** A name for whoever saved or published; their id where they work here no more. */
export function useStaffName(): (id: string) => string {
  const { account } = useRulebook();
  const staff = useAsked("GET /accounts/{account}/staff", { path: { account } });
  const items = staff.value?.items;
  return useCallback((id) => items?.find((one) => one.person.id === id)?.person.name ?? id, [items]);
}
