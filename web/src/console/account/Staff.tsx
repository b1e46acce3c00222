import { Button, Tag } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { Role, StaffView } from "../../wire";
import { useAsked, useStale } from "../parts/asked";
import { useConfirm } from "../parts/confirm";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { usePerson, usePlace } from "../person";
import { Face } from "./Face";
import { Hire } from "./Hire";
import { STAFF_ROLES } from "./roles";

/** Who works here; an owner appoints, changes and dismisses. */
export function Staff() {
  const { t } = useTranslation();
  const place = usePlace();
  const [hiring, setHiring] = useState(false);
  const asked = useAsked("GET /accounts/{account}/staff", { path: { account: place.id } });
  const members = asked.value?.items ?? [];
  const owners = members.filter(({ role }) => role === "owner").length;
  const owner = place.role === "owner";
  return (
    <div className="stack">
      {asked.fault !== null && <Failed fault={asked.fault} again={asked.again} />}
      {owner && (
        <div className="form-acts">
          <Button type="primary" onClick={() => setHiring(true)}>
            {t("account.staff.hire")}
          </Button>
          <span className="soft">{t("account.staff.says")}</span>
        </div>
      )}
      <ul className="rows" aria-label={t("account.view.staff")}>
        {members.map((member) => (
          <li key={member.person.id}>
            <Face name={member.person.name} src={member.person.avatar ?? null} />
            <div className="grow">
              <p>
                <strong>{member.person.name}</strong>
              </p>
              <p className="soft">{member.login}</p>
            </div>
            {owner ? (
              <MemberActs member={member} isLastOwner={member.role === "owner" && owners === 1} />
            ) : (
              <Tag>{t(`role.${member.role}`)}</Tag>
            )}
          </li>
        ))}
      </ul>
      {hiring && <Hire onDone={() => setHiring(false)} />}
    </div>
  );
}

function MemberActs({ member, isLastOwner }: { member: StaffView; isLastOwner: boolean }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const confirm = useConfirm();
  const place = usePlace();
  const { session, changed } = usePerson();
  const doing = useDoing();
  const path = { account: place.id, person: member.person.id };
  const isSelf = session.person.id === member.person.id;
  const after = async () => {
    if (isSelf) changed();
    await stale("GET /accounts/{account}/staff", "GET /accounts/{account}/teams");
  };
  const setRole = (role: Role) =>
    doing.run(
      async () => {
        await hub.ask("PUT /accounts/{account}/staff/{person}", { path, body: { role } });
        await after();
      },
      { done: t("account.staff.changed", { name: member.person.name, role: t(`role.${role}`) }) },
    );
  const dismiss = async () => {
    const name = member.person.name;
    const sure = await confirm({
      title: t("account.staff.dismissTitle", { name }),
      text: t("account.staff.dismissSays"),
      does: t("account.staff.dismiss"),
    });
    if (!sure) return;
    await doing.run(
      async () => {
        await hub.ask("DELETE /accounts/{account}/staff/{person}", { path });
        await after();
      },
      { done: t("account.staff.dismissed", { name }) },
    );
  };
  return (
    <div className="row-acts">
      <select
        className="plain-select"
        aria-label={t("account.staff.roleOf", { name: member.person.name })}
        value={member.role}
        disabled={isLastOwner || doing.busy}
        title={isLastOwner ? t("account.staff.last") : undefined}
        onChange={(event) => void setRole(event.target.value as Role)}
      >
        {STAFF_ROLES.map((role) => (
          <option key={role} value={role}>
            {t(`role.${role}`)}
          </option>
        ))}
      </select>
      <Button danger disabled={isLastOwner || doing.busy} onClick={() => void dismiss()}>
        {t("account.staff.dismiss")}
      </Button>
      {isLastOwner && <small className="soft">{t("account.staff.last")}</small>}
    </div>
  );
}
