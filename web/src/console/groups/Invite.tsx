import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { FollowerView } from "../../wire";
import { usePages } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { usePlace } from "../person";
import { Face } from "../account/Face";
import { useGroup } from "./group";

/** Invite followers: they join or not. */
export function Invite({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const place = usePlace();
  const [text, setText] = useState("");
  const list = usePages("GET /accounts/{account}/followers", { path: { account: place.id }, query: { limit: 100 } });
  const shown = list.items.filter(({ person }) => person.name.toLowerCase().includes(text.trim().toLowerCase()));
  return (
    <Dialog title={t("groups.members.invite")} onClose={onDone}>
      <div className="stack">
        <p className="soft">{t("groups.members.inviteSays")}</p>
        <Input
          value={text}
          aria-label={t("groups.members.find")}
          placeholder={t("groups.members.find")}
          onChange={(event) => setText(event.target.value)}
        />
        {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
        <ul className="rows short">
          {shown.map((follower) => (
            <Invited key={follower.person.id} follower={follower} />
          ))}
        </ul>
        {shown.length === 0 && list.known && <p className="soft">{t("groups.members.nobody")}</p>}
        {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
      </div>
    </Dialog>
  );
}

function Invited({ follower: { person } }: { follower: FollowerView }) {
  const { t } = useTranslation();
  const hub = useHub();
  const group = useGroup();
  const doing = useDoing();
  const [done, setDone] = useState(false);
  const invite = async () => {
    const path = { group: group.id, person: person.id };
    const asked = () => hub.ask("PUT /groups/{group}/invitations/{person}", { path });
    setDone(await doing.run(asked, { quiet: true }));
  };
  return (
    <li>
      <Face name={person.name} src={person.avatar ?? null} size={28} />
      <span className="grow">{person.name}</span>
      <Button
        size="small"
        disabled={done || doing.busy}
        aria-label={t("groups.members.inviteWhom", { name: person.name })}
        onClick={() => void invite()}
      >
        {t(done ? "groups.members.invited" : "groups.act.invite")}
      </Button>
      {doing.fault !== null && <Failed fault={doing.fault} />}
    </li>
  );
}
