import { createContext, use, useCallback, useSyncExternalStore } from "react";

import type { Hub } from "../hub/hub";
import type { State } from "../state/state";

const HubContext = createContext<Hub | null>(null);

export const HubProvider = HubContext.Provider;

/** The hub of this page. */
export function useHub(): Hub {
  const hub = use(HubContext);
  if (hub === null) throw new Error("There is no HubProvider around this.");
  return hub;
}

/** Something of the state; what `choose` returns must be the same object as long as it did not change. */
export function useChosen<T>(choose: (state: State) => T): T {
  const { store } = useHub();
  return useSyncExternalStore(
    store.subscribe,
    useCallback(() => choose(store.get()), [choose, store]),
  );
}
