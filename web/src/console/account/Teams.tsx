import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { StaffView, TeamView } from "../../wire";
import { useAsked, useStale } from "../parts/asked";
import { useConfirm } from "../parts/confirm";
import { Dialog } from "../parts/Dialog";
import { RowActs } from "../parts/RowActs";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Form } from "../parts/Field";
import { FormFault } from "../parts/Foot";
import { TextField } from "../parts/Inputs";
import { Nothing } from "../parts/Nothing";
import { usePlace } from "../person";

/** Operators who take one sort of conversation. */
export function Teams() {
  const { t } = useTranslation();
  const place = usePlace();
  const path = { account: place.id };
  const [edited, setEdited] = useState<TeamView | "new" | null>(null);
  const teams = useAsked("GET /accounts/{account}/teams", { path });
  const staff = useAsked("GET /accounts/{account}/staff", { path });
  const owner = place.role === "owner";
  const people = staff.value?.items ?? [];
  const fault = teams.fault ?? staff.fault;
  const add = (
    <Button type="primary" onClick={() => setEdited("new")}>
      {t("account.teams.add")}
    </Button>
  );
  return (
    <div className="stack">
      {fault !== null && <Failed fault={fault} again={teams.again} />}
      {teams.value?.items.length === 0 ? (
        <Nothing what={t("account.teams.none")} next={t("account.teams.says")}>
          {owner && add}
        </Nothing>
      ) : (
        <>
          {owner && (
            <div className="form-acts">
              {add}
              <span className="soft">{t("account.teams.says")}</span>
            </div>
          )}
          <ul className="rows" aria-label={t("account.view.teams")}>
            {teams.value?.items.map((team) => (
              <li key={team.id}>
                <div className="grow">
                  <p>
                    <strong>{team.name}</strong>
                  </p>
                  <p className="soft">{namesOf(team, people, t("list")) || t("account.teams.empty")}</p>
                </div>
                {owner && <TeamActs team={team} onEdit={() => setEdited(team)} />}
              </li>
            ))}
          </ul>
        </>
      )}
      {edited !== null && (
        <TeamForm team={edited === "new" ? null : edited} people={people} onDone={() => setEdited(null)} />
      )}
    </div>
  );
}

function namesOf(team: TeamView, people: readonly StaffView[], between: string): string {
  return people
    .filter(({ person }) => team.members.includes(person.id))
    .map(({ person }) => person.name)
    .join(between);
}

function TeamActs({ team, onEdit }: { team: TeamView; onEdit: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const confirm = useConfirm();
  const place = usePlace();
  const doing = useDoing();
  const drop = async () => {
    const { name } = team;
    const question = { title: t("account.teams.dropTitle", { name }), text: t("account.teams.dropSays") };
    if (!(await confirm({ ...question, does: t("console.remove") }))) return;
    await doing.run(async () => {
      await hub.ask("DELETE /accounts/{account}/teams/{team}", { path: { account: place.id, team: team.id } });
      await stale("GET /accounts/{account}/teams");
    });
  };
  return <RowActs name={team.name} busy={doing.busy} onEdit={onEdit} onDrop={() => void drop()} />;
}

function TeamForm({
  team,
  people,
  onDone,
}: {
  team: TeamView | null;
  people: readonly StaffView[];
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const place = usePlace();
  const doing = useDoing();
  const [name, setName] = useState(team?.name ?? "");
  const [members, setMembers] = useState<readonly string[]>(team?.members ?? []);
  const save = async () => {
    const body = { name: name.trim(), members: [...members] };
    const path = { account: place.id };
    const saved = await doing.run(
      async () => {
        await (team === null
          ? hub.ask("POST /accounts/{account}/teams", { path, body })
          : hub.ask("PUT /accounts/{account}/teams/{team}", { path: { ...path, team: team.id }, body }));
        await stale("GET /accounts/{account}/teams");
      },
      { done: t("console.saved"), quiet: true },
    );
    if (saved) onDone();
  };
  return (
    <Dialog title={t(team === null ? "account.teams.add" : "account.teams.edit")} onClose={onDone}>
      <Form label={t("account.view.teams")} onSend={() => void save()}>
        <TextField
          label={t("account.teams.name")}
          value={name}
          autoFocus
          required
          maxLength={64}
          onChange={setName}
          fault={doing.fault}
          path="name"
        />
        <fieldset className="choice-list">
          <legend>{t("account.teams.people")}</legend>
          {people.map(({ person, role }) => (
            <label key={person.id}>
              <input
                type="checkbox"
                checked={members.includes(person.id)}
                onChange={(event) =>
                  setMembers(
                    event.target.checked ? [...members, person.id] : members.filter((one) => one !== person.id),
                  )
                }
              />
              <span>
                {person.name} <span className="soft">· {t(`role.${role}`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <FormFault doing={doing} paths={["name"]} />
        <Button type="primary" htmlType="submit" disabled={doing.busy}>
          {t("console.save")}
        </Button>
      </Form>
    </Dialog>
  );
}
