import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChosen, useHub } from "../ui/context";
import { hrefOf } from "../ui/route";
import type { InvitationView } from "../wire";
import { Avatar } from "../talk/Avatar";

/** Groups that one is invited into: each leads to its door, where one accepts or declines. */
export function Invitations({ current }: { current: string }) {
  const { t } = useTranslation();
  const invitations = useInvitations();
  if (invitations.length === 0) return null;
  return (
    <section aria-labelledby="invitations">
      <h2 className="pad soft" id="invitations">
        {t("group.invitations")}
      </h2>
      <ul className="rows">
        {invitations.map(({ group }) => (
          <li key={group.id}>
            <a
              className="row invitation"
              href={hrefOf("g", group.id)}
              aria-current={group.id === current ? "page" : undefined}
            >
              <Avatar name={group.name} src={group.cover} />
              <span className="row-middle">
                <span className="row-title">{group.name}</span>
                <span className="row-text">{t("group.invitedTo")}</span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Asked for again when one is invited, when one came in somewhere, and when one looks elsewhere: after an answer it is gone. */
function useInvitations(): readonly InvitationView[] {
  const hub = useHub();
  const online = useChosen((state) => state.link === "online");
  const [invitations, setInvitations] = useState<readonly InvitationView[]>([]);
  useEffect(() => {
    if (!online) return;
    const ask = () => {
      hub.ask("GET /invitations").then(
        (found) => setInvitations(found.items),
        () => undefined,
      );
    };
    ask();
    const deaf = hub.hear((fact) => {
      if (fact.event === "notice" && fact.data.kind === "invited") ask();
      if (fact.event === "member" && fact.data.person === hub.store.get().me?.id) ask();
    });
    globalThis.addEventListener("hashchange", ask);
    return () => {
      deaf();
      globalThis.removeEventListener("hashchange", ask);
    };
  }, [hub, online]);
  return invitations;
}
