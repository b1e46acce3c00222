import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { PurgeShown } from "../../wire";
import { Face } from "../account/Face";
import { usePages } from "../parts/asked";
import { Failed } from "../parts/Failed";
import { BringBack } from "./BringBack";
import { useGroup } from "./group";
import { told } from "./time";

/** What was purged in the last day and can still be brought back; nothing where nothing was. */
export function Purged() {
  const { t } = useTranslation();
  const group = useGroup();
  const list = usePages("GET /groups/{group}/purges", { path: { group: group.id }, query: { limit: 100 } });
  const [chosen, setChosen] = useState<PurgeShown | null>(null);
  if (list.fault !== null) return <Failed fault={list.fault} again={list.again} />;
  if (list.items.length === 0) return null;
  return (
    <section className="stack purged">
      <h2>{t("groups.sanctions.purged")}</h2>
      <ul className="rows" aria-label={t("groups.sanctions.purged")}>
        {list.items.map((purge) => (
          <Row key={purge.id} purge={purge} onChoose={() => setChosen(purge)} />
        ))}
      </ul>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
      {chosen !== null && (
        <BringBack purge={chosen.id} name={chosen.person.name} onDone={() => setChosen(null)}>
          {t("groups.sanctions.purgedCount", { count: chosen.messages })}
        </BringBack>
      )}
    </section>
  );
}

function Row({
  purge: { person, by, messages, at, undo_until },
  onChoose,
}: {
  purge: PurgeShown;
  onChoose: () => void;
}) {
  const { t, i18n } = useTranslation();
  return (
    <li>
      <Face name={person.name} src={person.avatar ?? null} />
      <div className="grow">
        <p>
          <strong>{person.name}</strong> {t("groups.sanctions.purgedCount", { count: messages })}
        </p>
        <p>{t("groups.sanctions.purgedUntil", { at: told(undo_until, i18n.language) })}</p>
        <p className="soft">{t("groups.sanctions.by", { name: by.name, at: told(at, i18n.language) })}</p>
      </div>
      <div className="row-acts">
        <Button aria-label={t("groups.act.unpurgeWhom", { name: person.name })} onClick={onChoose}>
          {t("groups.act.unpurge")}
        </Button>
      </div>
    </li>
  );
}
