import { useCallback, useEffect, useRef, useState } from "react";

import { faultOf, readFault, type HubFault } from "../../../hub/fault";
import { useHub } from "../../../ui/context";
import type { ReplayLine, ReplayReport } from "../../../wire";
import { useRulebook } from "../rulebook";

export interface Replaying {
  busy: boolean;
  /** How many conversations of how many, and how many messages of them. */
  progress: { done: number; of: number; messages: number } | null;
  report: ReplayReport | null;
  fault: HubFault | null;
  start: (days: number) => void;
  cancel: () => void;
}

type Shown = Pick<Replaying, "busy" | "progress" | "report" | "fault">;
const IDLE: Shown = { busy: false, progress: null, report: null, fault: null };

/** What the draft would have answered to the messages of the last days, heard line by line; leaving the page ends it. */
export function useReplay(): Replaying {
  const hub = useHub();
  const { account } = useRulebook();
  const [shown, setShown] = useState<Shown>(IDLE);
  const running = useRef<AbortController | null>(null);
  const cancel = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setShown((last) => ({ ...last, busy: false, progress: null }));
  }, []);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback(
    (days: number) => {
      running.current?.abort();
      const giveUp = new AbortController();
      running.current = giveUp;
      setShown({ ...IDLE, busy: true });
      const hear = (told: unknown) => {
        const { done, of, messages, report, error } = told as ReplayLine;
        if (giveUp.signal.aborted) return;
        setShown((last) => ({
          busy: last.busy,
          progress: { done, of, messages },
          report: report ?? null,
          fault: error === null || error === undefined ? null : readFault(error),
        }));
      };
      const given = { path: { account }, body: { days }, signal: giveUp.signal };
      hub.lines("POST /accounts/{account}/rules:replay", given, hear).then(
        () => giveUp.signal.aborted || setShown((last) => ({ ...last, busy: false })),
        (thrown: unknown) => giveUp.signal.aborted || setShown({ ...IDLE, fault: faultOf(thrown) }),
      );
    },
    [hub, account],
  );
  return { ...shown, start, cancel };
}
