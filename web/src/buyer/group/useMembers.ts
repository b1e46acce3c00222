import { useEffect, useState } from "react";

import { useThrownSaid } from "../../talk/faults";
import { useChosen, useHub } from "../../ui/context";
import type { MemberShown } from "../../wire";

const PAUSE_MS = 300;

/** Members by pages, or those whose name holds the query; `again` reads the first page anew. */
export function useMembers(group: string, query: string) {
  const hub = useHub();
  const say = useThrownSaid();
  const online = useChosen((state) => state.link === "online");
  const [page, setPage] = useState<{ members: readonly MemberShown[]; cursor: string | null } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const ask = (cursor: string | null) =>
    hub.ask("GET /groups/{group}/members", { path: { group }, query: { query, cursor, limit: 50 } });
  useEffect(() => {
    if (!online) return;
    let gone = false;
    const timer = setTimeout(
      () => {
        ask(null).then(
          (found) => {
            if (gone) return;
            setFault(null);
            setPage({ members: found.items, cursor: found.cursor });
          },
          (thrown: unknown) => gone || setFault(say(thrown)),
        );
      },
      query === "" ? 0 : PAUSE_MS,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `ask` is new in each render and means the same
  }, [hub, group, query, online, tries]);
  const again = () => setTries((before) => before + 1);
  const fetchMore = () => {
    if (page === null || page.cursor === null) return;
    ask(page.cursor).then(
      (found) => setPage({ members: [...page.members, ...found.items], cursor: found.cursor }),
      (thrown: unknown) => setFault(say(thrown)),
    );
  };
  return { members: page?.members ?? null, more: typeof page?.cursor === "string", fault, fetchMore, again };
}
