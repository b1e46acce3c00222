import { Button, Dropdown, Modal, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Talk } from "../../state/state";
import { useHub } from "../../ui/context";
import { IconButton } from "../../ui/icons";
import { useAsked, useStale } from "../parts/asked";
import { type Doing, useDoing } from "../parts/doing";
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
  return { move, busy: doing.busy };
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
  const { move, busy } = useMoves(talk.id);
  const [to, setTo] = useState<string | null>(null);
  const holder = talk.desk?.operator?.id;
  const people = (staff.value?.items ?? []).filter(
    (one) => one.role !== "moderator" && one.person.id !== session.person.id && one.person.id !== holder,
  );
  const groups = [
    { label: t("desk.anybody"), options: [{ value: ANYBODY, label: t("desk.leastLoaded") }] },
    {
      label: t("desk.colleagues"),
      options: people.map((one) => ({ value: one.person.id, label: `${one.person.name}（${t(`role.${one.role}`)}）` })),
    },
    ...(held && (teams.value?.items.length ?? 0) > 0
      ? [
          {
            label: t("desk.teams"),
            options: (teams.value?.items ?? []).map((one) => ({ value: one.id, label: one.name })),
          },
        ]
      : []),
  ];
  const pass = async () => {
    if (to === null) return;
    const done =
      to === ANYBODY
        ? await move("assign", { done: t("desk.passed") })
        : await move(held ? "transfer" : "assign", { done: t("desk.passed") }, to);
    if (done) onClose();
  };
  return (
    <Modal
      open
      title={t(held ? "desk.transfer" : "desk.assign")}
      okText={t("desk.pass")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: to === null, loading: busy }}
      onOk={() => void pass()}
      onCancel={onClose}
    >
      <p className="soft">{t("desk.passHow")}</p>
      <Select
        className="desk-pass"
        aria-label={t("desk.passTo")}
        placeholder={t("desk.passTo")}
        value={to}
        options={groups}
        onChange={setTo}
      />
    </Modal>
  );
}
