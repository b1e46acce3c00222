import { useEffect, useState } from "react";

import { faultOf, type HubFault } from "../../hub/fault";
import type { Group } from "../../state/state";
import { useChosen, useHub } from "../../ui/context";

const AGAIN_MS = 2_000;

/** A group as it is now, and why it could not be had. */
export function useGroup(id: string): { group: Group | null; fault: HubFault | null; look: () => void } {
  const hub = useHub();
  const group = useChosen((state) => state.groups[id] ?? null);
  const online = useChosen((state) => state.link === "online");
  const [fault, setFault] = useState<HubFault | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (!online) return;
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    hub.groups.look(id).then(
      () => gone || setFault(null),
      (thrown: unknown) => {
        if (gone) return;
        setFault(faultOf(thrown));
        if (faultOf(thrown).again !== null) timer = setTimeout(() => setTries((before) => before + 1), AGAIN_MS);
      },
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [hub, id, online, tries]);
  return { group, fault, look: () => setTries((before) => before + 1) };
}

/** Whose group it is: their name, their handle, and whether one follows them. */
export function useOwner(account: string | null) {
  const hub = useHub();
  const online = useChosen((state) => state.link === "online");
  const [owner, setOwner] = useState<{ name: string; handle: string; following: boolean } | null>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    if (account === null || !online) return;
    hub.ask("GET /accounts/{account}", { path: { account } }).then(setOwner, () => undefined);
  }, [hub, account, online, tries]);
  return { owner, again: () => setTries((before) => before + 1) };
}
