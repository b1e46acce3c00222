import { useEffect, useState } from "react";

import type { Hub } from "../../hub/hub";
import { useThrownSaid } from "../../talk/faults";
import { mayDo } from "../../talk/may";
import { useChosen, useHub } from "../../ui/context";
import type { Asking, CaseView, GroupView, HeldView, Notice } from "../../wire";

const PAGE = 50;
/** The hub tells at most every five seconds that something waits: what came meanwhile is read after that. */
const QUIET_MS = 5_500;

/** What of a group waits for who moderates it: messages, people who ask to be let in, and what speaks against somebody. */
interface Waiting {
  held: HeldView;
  requests: Asking;
  cases: CaseView;
}

/** The notices that tell of it. */
const NOTICES: Partial<Record<Notice["kind"], keyof Waiting>> = { held: "held", report: "cases" };

interface Read<T> {
  items: readonly T[];
  cursor: string | null;
}

const READS: { [K in keyof Waiting]: (hub: Hub, group: string, account: string) => Promise<Read<Waiting[K]>> } = {
  held: (hub, group) =>
    hub
      .ask("GET /groups/{group}/held", { path: { group }, query: { limit: PAGE } })
      .then((page) => ({ ...page, items: page.items.filter(({ state }) => state === "waiting") })),
  requests: (hub, group) => hub.ask("GET /groups/{group}/requests", { path: { group }, query: { limit: PAGE } }),
  cases: (hub, group, account) =>
    hub.ask("GET /accounts/{account}/cases", { path: { account }, query: { group, state: "open", limit: PAGE } }),
};

/** The first of what waits; read again when the hub says that there is more, and by `again`. Nothing for who does not moderate. */
export function useWaiting<K extends keyof Waiting>(view: GroupView, what: K) {
  const hub = useHub();
  const say = useThrownSaid();
  const online = useChosen((state) => state.link === "online");
  const [found, setFound] = useState<Read<Waiting[K]> | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const oversees = mayDo(view.role, "oversee");
  const { id: group, account } = view;
  const again = () => setTries((before) => before + 1);
  useEffect(() => {
    if (!online || !oversees) return;
    let gone = false;
    READS[what](hub, group, account).then(
      (page) => {
        if (gone) return;
        setFault(null);
        setFound(page);
      },
      (thrown: unknown) => gone || setFault(say(thrown)),
    );
    return () => {
      gone = true;
    };
  }, [hub, online, oversees, group, account, what, tries, say]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const deaf = hub.hear((fact) => {
      if (fact.event !== "notice" || NOTICES[fact.data.kind] !== what || fact.data.group !== group) return;
      again();
      clearTimeout(timer);
      timer = setTimeout(again, QUIET_MS);
    });
    return () => {
      deaf();
      clearTimeout(timer);
    };
  }, [hub, group, what]);
  const shown = oversees ? found : null;
  return { items: shown?.items ?? null, more: typeof shown?.cursor === "string", fault, again };
}
