import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { SanctionView } from "../../wire";
import { usePages, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Nothing } from "../parts/Nothing";
import { Face } from "../account/Face";
import { useGroup } from "./group";
import { useNames } from "./names";
import { Purged } from "./Purged";
import { told } from "./time";

/** What is in force, and what was removed and can be brought back. */
export function Sanctions() {
  return (
    <div className="stack">
      <InForce />
      <Purged />
    </div>
  );
}

/** What is in force now, the newest first; each can be lifted before its time. */
function InForce() {
  const { t } = useTranslation();
  const group = useGroup();
  const list = usePages("GET /groups/{group}/sanctions", { path: { group: group.id }, query: { limit: 100 } });
  if (list.fault !== null) return <Failed fault={list.fault} again={list.again} />;
  if (list.known && list.items.length === 0) {
    return <Nothing what={t("groups.sanctions.none")} next={t("groups.sanctions.noneNext")} />;
  }
  return (
    <div className="stack">
      <ul className="rows" aria-label={t("groups.view.sanctions")}>
        {list.items.map((sanction) => (
          <Row key={`${sanction.kind} ${sanction.person.id}`} sanction={sanction} />
        ))}
      </ul>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

function Row({ sanction: { person, kind, until, reason, by, at } }: { sanction: SanctionView }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const nameOf = useNames();
  const lift = () => {
    const path = { group: group.id, person: person.id };
    return doing.run(
      async () => {
        await (kind === "mute"
          ? hub.ask("DELETE /groups/{group}/sanctions/{person}/mute", { path })
          : hub.ask("DELETE /groups/{group}/sanctions/{person}/ban", { path }));
        await stale("GET /groups/{group}/sanctions", "GET /groups/{group}/members", "GET /groups/{group}/log");
      },
      { done: t("groups.sanctions.lifted", { name: person.name }) },
    );
  };
  return (
    <li>
      <Face name={person.name} src={person.avatar ?? null} />
      <div className="grow">
        <p>
          <strong>{person.name}</strong>
          <Tag className="role-tag">{t(`groups.sanctions.${kind}`)}</Tag>
          <span>
            {until === null
              ? t("groups.sanctions.forGood")
              : t("groups.sanctions.until", { at: told(until, i18n.language) })}
          </span>
        </p>
        <p>{reason}</p>
        <p className="soft">{t("groups.sanctions.by", { name: nameOf(by), at: told(at, i18n.language) })}</p>
      </div>
      {group.dissolved_at === null && (
        <div className="row-acts">
          <Button
            disabled={doing.busy}
            aria-label={t("groups.sanctions.liftWhom", { name: person.name })}
            onClick={() => void lift()}
          >
            {t("groups.sanctions.lift")}
          </Button>
        </div>
      )}
    </li>
  );
}
