import { Button, Dropdown } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Talk } from "../../state/state";
import { useHub } from "../../ui/context";
import { IconButton } from "../../ui/icons";
import { useAsked, useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { type Doing, useDoing } from "../parts/doing";
import { Field, Form } from "../parts/Field";
import { DialogActs, FormFault } from "../parts/Foot";
import { usePerson, usePlace } from "../person";
import { rightOf } from "./standing";

/** Make a move of the desk, and have what is shown asked again. */
export function useMoves(conversation: string) {
  const hub = useHub();
  const stale = useStale();
  const doing = useDoing();
  const move = async (
    event: "claim" | "assign" | "transfer" | "hand_back" | "close",
    told: Parameters<Doing["run"]>[1] = {},
    to: string | null = null,
  ): Promise<boolean> => {
    const done = await doing.run(() => hub.move(event, { conversation, to }), told);
    await stale("GET /accounts/{account}/desk", "GET /conversations/{conversation}/moves");
    return done;
  };
  return { move, busy: doing.busy, doing };
}

/** What can be done with a conversation as a whole. */
export function Moves({ talk }: { talk: Talk }) {
  const { t } = useTranslation();
  const { session } = usePerson();
  const { role } = usePlace();
  const { move, busy } = useMoves(talk.id);
  const [passing, setPassing] = useState(false);
  const right = rightOf(talk.desk, session.person.id, role);
  const state = talk.desk?.state ?? "bot";
  const may = right !== "theirs";
  const held = state === "operator";
  const items = [
    { key: "transfer", label: t(held ? "desk.transfer" : "desk.assign"), disabled: state === "closed" },
    { key: "hand_back", label: t("desk.handBack"), disabled: state !== "waiting" && state !== "operator" },
    { key: "close", label: t("desk.close"), disabled: state === "closed" },
  ];
  if (!may) return null;
  return (
    <div className="desk-moves">
      {right === "free" && (
        <Button type="primary" loading={busy} onClick={() => void move("claim")}>
          {t("desk.claim")}
        </Button>
      )}
      {right === "mine" && (
        <Button className="desk-wide" loading={busy} onClick={() => void move("close", { done: t("desk.closed") })}>
          {t("desk.close")}
        </Button>
      )}
      <Dropdown
        trigger={["click"]}
        menu={{
          items,
          onClick: ({ key }) => {
            if (key === "transfer") setPassing(true);
            else if (key === "hand_back") void move("hand_back", { done: t("desk.handedBack") });
            else if (key === "close") void move("close", { done: t("desk.closed") });
          },
        }}
      >
        <IconButton icon="more" label={t("desk.more")} aria-haspopup="menu" />
      </Dropdown>
      {passing && <Pass talk={talk} held={held} onClose={() => setPassing(false)} />}
    </div>
  );
}

const ANYBODY = "*";

/** Pass a conversation on: to a colleague, or into a team's queue. */
function Pass({ talk, held, onClose }: { talk: Talk; held: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { session } = usePerson();
  const place = usePlace();
  const path = { account: place.handle };
  const staff = useAsked("GET /accounts/{account}/staff", { path });
  const teams = useAsked("GET /accounts/{account}/teams", { path });
  const { move, doing } = useMoves(talk.id);
  const [to, setTo] = useState("");
  const holder = talk.desk?.operator?.id;
  const people = (staff.value?.items ?? []).filter(
    (one) => one.role !== "moderator" && one.person.id !== session.person.id && one.person.id !== holder,
  );
  const queues = held ? (teams.value?.items ?? []) : [];
  const pass = async () => {
    const told = { done: t("desk.passed"), quiet: true };
    const done = to === ANYBODY ? await move("assign", told) : await move(held ? "transfer" : "assign", told, to);
    if (done) onClose();
  };
  const title = t(held ? "desk.transfer" : "desk.assign");
  return (
    <Dialog title={title} onClose={onClose}>
      <Form label={title} onSend={() => void pass()}>
        <p className="soft">{t("desk.passHow")}</p>
        <Field label={t("desk.passTo")}>
          <select className="plain-select" required value={to} onChange={(event) => setTo(event.target.value)}>
            <option value="" disabled />
            <option value={ANYBODY}>{t("desk.leastLoaded")}</option>
            <optgroup label={t("desk.colleagues")}>
              {people.map(({ person, role }) => (
                <option key={person.id} value={person.id}>
                  {t("desk.colleague", { name: person.name, role: t(`role.${role}`) })}
                </option>
              ))}
            </optgroup>
            {queues.length > 0 && (
              <optgroup label={t("desk.teams")}>
                {queues.map((team) => (
                  <option key={team.id} value={team.id}>
                    {team.name}
                  </option>
                ))}
              </optgroup>
            )}
          </select>
        </Field>
        <FormFault doing={doing} />
        <DialogActs does={t("desk.pass")} doing={doing} onClose={onClose} ready={to !== ""} />
      </Form>
    </Dialog>
  );
}
