import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChosen, useHub } from "../ui/context";
import { hrefOf } from "../ui/route";
import type { GroupCard } from "../wire";
import { Avatar } from "../talk/Avatar";

const PAGE = 20;

/** The groups of an account: one is in those that one joined, the others show their door. */
export function AccountGroups({ account }: { account: string }) {
  const { t } = useTranslation();
  const { groups, more, fetchMore } = useGroups(account);
  if (groups === null || groups.length === 0) return null;
  return (
    <section className="account-groups" aria-labelledby="groups">
      <h3 id="groups">{t("group.all")}</h3>
      <ul className="rows">
        {groups.map((group) => (
          <GroupRow key={group.id} group={group} />
        ))}
      </ul>
      {more && (
        <button type="button" className="button" onClick={fetchMore}>
          {t("group.more")}
        </button>
      )}
    </section>
  );
}

function GroupRow({ group }: { group: GroupCard }) {
  const { t } = useTranslation();
  const joined = useChosen((state) => state.talks[group.id]?.kind === "group");
  const full = group.members >= group.capacity && !joined;
  return (
    <li>
      <a className="row" href={hrefOf("g", group.id)}>
        <Avatar name={group.name} src={group.cover} />
        <span className="row-middle">
          <span className="row-title">{group.name}</span>
          <span className="row-text">
            <span className="row-said">
              {t("group.members", { count: group.members })} ·{" "}
              {t(full ? "group.full" : `group.joining.${group.joining}`)}
              {group.about !== "" && ` · ${group.about}`}
            </span>
          </span>
        </span>
        {joined && (
          <span className="tag" data-role="mine">
            {t("group.joined")}
          </span>
        )}
      </a>
    </li>
  );
}

function useGroups(account: string) {
  const hub = useHub();
  const online = useChosen((state) => state.link === "online");
  const [page, setPage] = useState<{ groups: readonly GroupCard[]; cursor: string | null } | null>(null);
  useEffect(() => {
    if (!online) return;
    hub.ask("GET /accounts/{account}/groups", { path: { account }, query: { limit: PAGE } }).then(
      (found) => setPage({ groups: found.items, cursor: found.cursor }),
      () => undefined, // The page of the account tells what is wrong with the account.
    );
  }, [hub, account, online]);
  const fetchMore = () => {
    if (page === null || page.cursor === null) return;
    const query = { limit: PAGE, cursor: page.cursor };
    hub.ask("GET /accounts/{account}/groups", { path: { account }, query }).then(
      (found) => setPage({ groups: [...page.groups, ...found.items], cursor: found.cursor }),
      () => undefined,
    );
  };
  return { groups: page?.groups ?? null, more: typeof page?.cursor === "string", fetchMore };
}
