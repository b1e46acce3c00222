import { Button, Input, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { type Act, mayDo, maySanction } from "../../talk/may";
import { useHub } from "../../ui/context";
import type { MemberShown } from "../../wire";
import { usePages, useStale } from "../parts/asked";
import { useConfirm } from "../parts/confirm";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Form } from "../parts/Field";
import { Nothing } from "../parts/Nothing";
import { usePerson, usePlace } from "../person";
import { Face } from "../account/Face";
import { useGroup } from "./group";
import { Invite } from "./Invite";
import { Purge } from "./Purge";
import { Sanction } from "./Sanction";
import { told } from "./time";

type Against = "warn" | "mute" | "ban" | "remove" | "purge";

/** Who is in the group, and what the caller may do to each of them. */
export function Members() {
  const { t } = useTranslation();
  const group = useGroup();
  const place = usePlace();
  const [inviting, setInviting] = useState(false);
  const [done, setDone] = useState<{ act: Against; member: MemberShown } | null>(null);
  const [typed, setTyped] = useState("");
  const [name, setName] = useState("");
  const list = usePages("GET /groups/{group}/members", {
    path: { group: group.id },
    query: { limit: 100, query: name },
  });
  const invites = mayDo(group.role, "oversee") && place.role === "owner";
  return (
    <div className="stack">
      {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
      <Form label={t("groups.members.findMember")} onSend={() => setName(typed.trim())}>
        <div className="try-row">
          <Input
            type="search"
            allowClear
            maxLength={50}
            value={typed}
            aria-label={t("groups.members.findMember")}
            placeholder={t("groups.members.findMember")}
            onChange={(event) => {
              setTyped(event.target.value);
              if (event.target.value === "") setName("");
            }}
          />
          <Button htmlType="submit">{t("groups.members.findDo")}</Button>
        </div>
      </Form>
      <div className="form-acts">
        {invites && <Button onClick={() => setInviting(true)}>{t("groups.members.invite")}</Button>}
        <span className="soft">{t("groups.list.members", { count: group.members, of: group.capacity })}</span>
      </div>
      {list.known && list.items.length === 0 ? (
        <Nothing
          what={t(name === "" ? "groups.members.none" : "groups.members.nobody")}
          next={t(name === "" ? "groups.members.noneNext" : "groups.members.nobodyNext")}
        />
      ) : (
        <ul className="rows" aria-label={t("groups.view.members")}>
          {list.items.map((member) => (
            <Row key={member.person.id} member={member} onAct={(act) => setDone({ act, member })} />
          ))}
        </ul>
      )}
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
      {done?.act === "purge" && <Purge person={done.member.person} onDone={() => setDone(null)} />}
      {done !== null && done.act !== "purge" && (
        <Sanction act={done.act} person={done.member.person} onDone={() => setDone(null)} />
      )}
      {inviting && <Invite onDone={() => setInviting(false)} />}
    </div>
  );
}

function Row({ member, onAct }: { member: MemberShown; onAct: (act: Against) => void }) {
  const { t, i18n } = useTranslation();
  const { person } = member;
  const may = useMay(member);
  return (
    <li>
      <Face name={person.name} src={person.avatar ?? null} />
      <div className="grow">
        <p>
          <strong>{person.name}</strong>
          {member.role !== "member" && <Tag className="role-tag">{t(`groups.role.${member.role}`)}</Tag>}
        </p>
        <p className="soft">{t("groups.members.since", { at: told(member.joined_at, i18n.language) })}</p>
        {member.muted_until !== null && (
          <p className="muted-until">{t("groups.members.muted", { at: told(member.muted_until, i18n.language) })}</p>
        )}
      </div>
      <div className="row-acts">
        <Role member={member} may={may} />
        {may("warn") && (
          <Button aria-label={t("groups.act.warnWhom", { name: person.name })} onClick={() => onAct("warn")}>
            {t("groups.act.warn")}
          </Button>
        )}
        {may("purge") && (
          <Button aria-label={t("groups.act.purgeWhom", { name: person.name })} onClick={() => onAct("purge")}>
            {t("groups.act.purge")}
          </Button>
        )}
        {member.muted_until === null && may("mute") && (
          <Button aria-label={t("groups.act.muteWhom", { name: person.name })} onClick={() => onAct("mute")}>
            {t("groups.act.mute")}
          </Button>
        )}
        {may("remove") && (
          <Button aria-label={t("groups.act.removeWhom", { name: person.name })} onClick={() => onAct("remove")}>
            {t("groups.act.remove")}
          </Button>
        )}
        {may("ban") && (
          <Button danger aria-label={t("groups.act.banWhom", { name: person.name })} onClick={() => onAct("ban")}>
            {t("groups.act.ban")}
          </Button>
        )}
      </div>
    </li>
  );
}

/** What the caller may do to a member. */
function useMay(member: MemberShown): (act: Act) => boolean {
  const group = useGroup();
  const { session } = usePerson();
  return (act) =>
    group.dissolved_at === null && maySanction(group.role, act, member.role, member.person.id === session.person.id);
}

/** Make somebody a moderator of this group, or a member again. */
function Role({ member, may }: { member: MemberShown; may: (act: Act) => boolean }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const confirm = useConfirm();
  const group = useGroup();
  const doing = useDoing();
  const { id, name } = member.person;
  const act = may("appoint") ? "appoint" : may("demote") ? "demote" : null;
  if (act === null) return null;
  const change = async () => {
    const does = t(`groups.act.${act}`);
    if (!(await confirm({ title: t(`groups.act.${act}Whom`, { name }), text: t(`groups.act.${act}Says`), does })))
      return;
    const path = { group: group.id, person: id };
    await doing.run(
      async () => {
        await hub.ask(
          act === "appoint"
            ? "PUT /groups/{group}/members/{person}/moderator"
            : "DELETE /groups/{group}/members/{person}/moderator",
          { path },
        );
        await stale("GET /groups/{group}/members", "GET /groups/{group}/log");
      },
      { done: t("console.saved") },
    );
  };
  return (
    <Button disabled={doing.busy} aria-label={t(`groups.act.${act}Whom`, { name })} onClick={() => void change()}>
      {t(`groups.act.${act}`)}
    </Button>
  );
}
