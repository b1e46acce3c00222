import { useState } from "react";

import { useThrownSaid } from "../talk/faults";

/** One thing at a time; what went wrong is told. */
export function useRun() {
  const say = useThrownSaid();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const run = (work: Promise<unknown>) => {
    setBusy(true);
    setFault(null);
    work
      .catch((thrown: unknown) => setFault(say(thrown)))
      .finally(() => {
        setBusy(false);
      });
  };
  return { busy, fault, run };
}
