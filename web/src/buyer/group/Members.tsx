import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useChosen, useHub } from "../../ui/context";
import { IconButton } from "../../ui/icons";
import type { GroupView, MemberShown } from "../../wire";
import { Avatar } from "../../talk/Avatar";
import { maySanction } from "../../talk/may";
import { RoleTag } from "../../talk/RoleTag";
import { useMoment, useNow } from "../../talk/time";
import { FaultLine } from "../FaultLine";
import { ReportDialog } from "../Report";
import { useRun } from "../useRun";
import { measuresFor, type Somebody, unmute } from "./against";
import { Tend } from "./Tend";
import { useMembers } from "./useMembers";

/** What is being said or done about a member. */
interface About {
  what: "report" | "tend";
  member: MemberShown;
}

/** Who is in a group, by pages, or by a part of the name; who moderates it acts on them from here. */
export function Members({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const [query, setQuery] = useState("");
  const [about, setAbout] = useState<About | null>(null);
  const { members, more, fault, fetchMore, again } = useMembers(view.id, query.trim());
  const close = () => setAbout(null);
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
      <FaultLine fault={fault} />
      {members !== null && members.length === 0 && <p className="soft">{t("group.noMember", { query })}</p>}
      <ul className="rows">
        {(members ?? []).map((member) => (
          <Row
            key={member.person.id}
            view={view}
            member={member}
            onAbout={(what) => setAbout({ what, member })}
            onChange={again}
          />
        ))}
      </ul>
      {about?.what === "report" && <Reported view={view} member={about.member} onClose={close} />}
      {about?.what === "tend" && <Tend view={view} person={somebody(about.member)} onClose={close} onDone={again} />}
      {more && (
        <button type="button" className="button wide" onClick={fetchMore}>
          {t("group.moreMembers")}
        </button>
      )}
    </section>
  );
}

function somebody({ person, role }: MemberShown): Somebody {
  return { id: person.id, name: person.name, role };
}

interface RowProps {
  view: GroupView;
  member: MemberShown;
  onAbout: (what: About["what"]) => void;
  onChange: () => void;
}

function Row({ view, member, onAbout, onChange }: RowProps) {
  const { t } = useTranslation();
  const me = useChosen((state) => state.me?.id ?? "");
  const { person, role } = member;
  const { id, name } = person;
  return (
    <li className="row member">
      <Avatar name={name} src={person.avatar} size={36} />
      <span className="row-middle">
        <span className="row-title">{name}</span>
        {member.muted_until !== null && <Muted view={view} member={member} onUnmuted={onChange} />}
      </span>
      {id === me && <span className="tag">{t("group.me")}</span>}
      <RoleTag role={role} />
      {id !== me && <IconButton icon="flag" label={t("report.member", { name })} onClick={() => onAbout("report")} />}
      {measuresFor(view.role, somebody(member), me).length > 0 && (
        <IconButton icon="shield" label={t("tend.whom", { name })} onClick={() => onAbout("tend")} />
      )}
    </li>
  );
}

/** Until when a member is muted, and the way out of it for who may let them speak again. */
function Muted({ view, member, onUnmuted }: { view: GroupView; member: MemberShown; onUnmuted: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const moment = useMoment();
  const me = useChosen((state) => state.me?.id ?? "");
  const { id, name } = member.person;
  const { busy, fault, run } = useRun();
  const until = member.muted_until ?? "";
  const now = useNow(Date.parse(until));
  if (Date.parse(until) <= now) return null;
  return (
    <>
      <span className="row-muted">
        {t("tend.muted", { time: moment(until) })}
        {maySanction(view.role, "unmute", member.role, id === me) && (
          <button
            type="button"
            className="link"
            aria-label={t("tend.unmuteWhom", { name })}
            disabled={busy}
            onClick={() => run(unmute(hub, view.id, id, "").then(onUnmuted))}
          >
            {t("tend.unmute")}
          </button>
        )}
      </span>
      <FaultLine fault={fault} />
    </>
  );
}

function Reported({ view, member, onClose }: { view: GroupView; member: MemberShown; onClose: () => void }) {
  const hub = useHub();
  return (
    <ReportDialog
      what={member.person.name}
      to={member.role === "owner" ? "hub" : "group"}
      send={(reason, note) =>
        hub.ask("POST /groups/{group}/reports", {
          path: { group: view.id },
          body: { person: member.person.id, reason, note },
        })
      }
      onClose={onClose}
    />
  );
}
