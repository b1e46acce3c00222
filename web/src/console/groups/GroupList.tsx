import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { hrefOf } from "../../ui/route";
import type { GroupCard, Joining } from "../../wire";
import { usePages, useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Form } from "../parts/Field";
import { FormFault } from "../parts/Foot";
import { TextField } from "../parts/Inputs";
import { Nothing } from "../parts/Nothing";
import { usePlace } from "../person";
import { Face } from "../account/Face";
import { JoiningChoice } from "./JoiningChoice";

/** Every group of the account; an owner makes new ones. */
export function GroupList() {
  const { t } = useTranslation();
  const place = usePlace();
  const [making, setMaking] = useState(false);
  const list = usePages("GET /accounts/{account}/groups", { path: { account: place.id }, query: { limit: 100 } });
  const owner = place.role === "owner";
  const add = (
    <Button type="primary" onClick={() => setMaking(true)}>
      {t("groups.list.add")}
    </Button>
  );
  return (
    <div className="stack">
      {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
      {list.known && list.items.length === 0 ? (
        <Nothing what={t("groups.list.none")} next={t(owner ? "groups.list.noneOwner" : "groups.list.noneOther")}>
          {owner && add}
        </Nothing>
      ) : (
        <>
          {owner && (
            <div className="form-acts">
              {add}
              <span className="soft">{t("groups.list.says")}</span>
            </div>
          )}
          <ul className="group-cards" aria-label={t("groups.title")}>
            {list.items.map((group) => (
              <Card key={group.id} group={group} />
            ))}
          </ul>
          {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
        </>
      )}
      {making && <NewGroup onDone={() => setMaking(false)} />}
    </div>
  );
}

function Card({ group }: { group: GroupCard }) {
  const { t } = useTranslation();
  const place = usePlace();
  return (
    <li>
      <a className="group-card" href={hrefOf(place.handle, "groups", "g", group.id)}>
        <Face name={group.name} src={group.cover} size={44} />
        <span>
          <strong>{group.name}</strong>
          <small className="soft">
            {t("groups.list.members", { count: group.members, of: group.capacity })} ·{" "}
            {t(`groups.joining.${group.joining}`)}
          </small>
          {group.about !== "" && <small className="soft group-about">{group.about}</small>}
        </span>
      </a>
    </li>
  );
}

function NewGroup({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const place = usePlace();
  const doing = useDoing();
  const [name, setName] = useState("");
  const [about, setAbout] = useState("");
  const [joining, setJoining] = useState<Joining>("open");
  const make = async () => {
    await doing.run(
      async () => {
        const body = { name: name.trim(), about, joining };
        const made = await hub.ask("POST /accounts/{account}/groups", { path: { account: place.id }, body });
        await stale("GET /accounts/{account}/groups");
        onDone();
        globalThis.location.assign(hrefOf(place.handle, "groups", "g", made.id, "settings"));
      },
      { quiet: true },
    );
  };
  return (
    <Dialog title={t("groups.list.add")} onClose={onDone}>
      <Form label={t("groups.list.add")} onSend={() => void make()}>
        <TextField
          label={t("groups.settings.name")}
          value={name}
          required
          maxLength={64}
          onChange={setName}
          fault={doing.fault}
          path="name"
        />
        <TextField
          label={t("groups.settings.about")}
          value={about}
          rows={2}
          maxLength={500}
          onChange={setAbout}
          fault={doing.fault}
          path="about"
        />
        <JoiningChoice value={joining} onChange={setJoining} />
        <FormFault doing={doing} paths={["name", "about"]} />
        <Button type="primary" htmlType="submit" disabled={doing.busy}>
          {t("groups.list.make")}
        </Button>
      </Form>
    </Dialog>
  );
}
