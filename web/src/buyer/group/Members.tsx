import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChosen, useHub } from "../../ui/context";
import { IconButton } from "../../ui/icons";
import type { MemberShown } from "../../wire";
import { ReportDialog } from "../Report";
import { Avatar } from "../../talk/Avatar";
import { useThrownSaid } from "../../talk/faults";
import { RoleTag } from "../../talk/RoleTag";

const PAUSE_MS = 300;

/** Who is in a group, by pages, or by a part of the name. */
export function Members({ group }: { group: string }) {
  const { t } = useTranslation();
  const hub = useHub();
  const [query, setQuery] = useState("");
  const [reported, setReported] = useState<MemberShown | null>(null);
  const { members, more, fault, fetchMore } = useMembers(group, query.trim());
  const me = useChosen((state) => state.me?.id ?? "");
  return (
    <section className="members" aria-labelledby="members">
      <h3 id="members">{t("group.people")}</h3>
      <input
        type="search"
        className="search"
        aria-label={t("group.findMember")}
        placeholder={t("group.findMember")}
        maxLength={64}
        value={query}
        onChange={(event) => setQuery(event.target.value)}
      />
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {members !== null && members.length === 0 && <p className="soft">{t("group.noMember", { query })}</p>}
      <ul className="rows">
        {(members ?? []).map((member) => (
          <li key={member.person.id} className="row member">
            <Avatar name={member.person.name} src={member.person.avatar} size={36} />
            <span className="row-middle">
              <span className="row-title">{member.person.name}</span>
            </span>
            {member.person.id === me && <span className="tag">{t("group.me")}</span>}
            <RoleTag role={member.role} />
            {member.person.id !== me && (
              <IconButton
                icon="flag"
                label={t("report.member", { name: member.person.name })}
                onClick={() => setReported(member)}
              />
            )}
          </li>
        ))}
      </ul>
      {reported !== null && (
        <ReportDialog
          what={reported.person.name}
          send={(reason, note) =>
            hub.ask("POST /groups/{group}/reports", {
              path: { group },
              body: { person: reported.person.id, reason, note },
            })
          }
          onClose={() => setReported(null)}
        />
      )}
      {more && (
        <button type="button" className="button wide" onClick={fetchMore}>
          {t("group.moreMembers")}
        </button>
      )}
    </section>
  );
}

function useMembers(group: string, query: string) {
  const hub = useHub();
  const say = useThrownSaid();
  const online = useChosen((state) => state.link === "online");
  const [page, setPage] = useState<{ members: readonly MemberShown[]; cursor: string | null } | null>(null);
  const [fault, setFault] = useState<string | null>(null);
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
  }, [hub, group, query, online]);
  const fetchMore = () => {
    if (page === null || page.cursor === null) return;
    ask(page.cursor).then(
      (found) => setPage({ members: [...page.members, ...found.items], cursor: found.cursor }),
      (thrown: unknown) => setFault(say(thrown)),
    );
  };
  return { members: page?.members ?? null, more: typeof page?.cursor === "string", fault, fetchMore };
}
