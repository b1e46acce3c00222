import { useCallback, useEffect, useRef, useState } from "react";

import { faultOf, type HubFault } from "../../../hub/fault";
import type { FilterTested, ListTest } from "../../../wire";
import { type Scope, useFilterActs } from "./scope";

interface Shown {
  busy: boolean;
  stopped: boolean;
  tested: FilterTested | null;
  fault: HubFault | null;
}

const IDLE: Shown = { busy: false, stopped: false, tested: null, fault: null };

/** What a list would do to recent messages; it is given up by `stop`, and by leaving the page. */
export function useTest(scope: Scope) {
  const { test } = useFilterActs(scope);
  const [shown, setShown] = useState<Shown>(IDLE);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const stop = useCallback(() => {
    running.current?.abort();
    setShown({ ...IDLE, stopped: true });
  }, []);
  const start = useCallback(
    (wanted: ListTest) => {
      running.current?.abort();
      const giveUp = new AbortController();
      running.current = giveUp;
      setShown({ ...IDLE, busy: true });
      test(wanted, giveUp.signal).then(
        (tested) => giveUp.signal.aborted || setShown({ ...IDLE, tested }),
        (thrown: unknown) => giveUp.signal.aborted || setShown({ ...IDLE, fault: faultOf(thrown) }),
      );
    },
    [test],
  );
  return { ...shown, start, stop };
}
