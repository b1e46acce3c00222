import { Button, Tag } from "antd";
import { useTranslation } from "react-i18next";

import { hrefOf } from "../../../ui/route";
import type { HitView } from "../../../wire";
import { usePages } from "../../parts/asked";
import { Failed } from "../../parts/Failed";
import { Nothing } from "../../parts/Nothing";
import { usePlace } from "../../person";
import { useGroup } from "../group";
import { useNames } from "../names";
import { told } from "../time";
import { Marked, Signals } from "./Marked";

/** What filters found in the group, the newest first, also where they only count. */
export function Hits() {
  const { t } = useTranslation();
  const group = useGroup();
  const nameOf = useNames();
  const list = usePages("GET /groups/{group}/filters/hits", { path: { group: group.id }, query: { limit: 50 } });
  if (list.fault !== null) return <Failed fault={list.fault} again={list.again} />;
  if (!list.known) return <p className="soft">{t("loading")}</p>;
  if (list.items.length === 0) return <Nothing what={t("groups.hits.none")} next={t("groups.hits.noneNext")} />;
  return (
    <div className="stack">
      <p className="soft">{t("groups.hits.says")}</p>
      <ul className="rows" aria-label={t("groups.view.hits")}>
        {list.items.map((hit) => (
          <Row key={hit.id} hit={hit} name={nameOf(hit.author)} />
        ))}
      </ul>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

function Row({ hit, name }: { hit: HitView; name: string }) {
  const { t, i18n } = useTranslation();
  const place = usePlace();
  const group = useGroup();
  return (
    <li>
      <div className="grow evidence">
        <p>
          <strong>{name}</strong>
          <Tag className="role-tag">{t(`groups.filters.verdict.${hit.action}`, { defaultValue: hit.action })}</Tag>
          <time className="soft" dateTime={hit.at}>
            {told(hit.at, i18n.language)}
          </time>
        </p>
        <Marked text={hit.text} signals={hit.signals} />
        <Signals signals={hit.signals} />
      </div>
      <div className="soft hit-where">
        <p>{whereOf()}</p>
        {hit.case !== null && <a href={hrefOf(place.handle, "groups", "cases")}>{t("groups.hits.case")}</a>}
      </div>
    </li>
  );

  /** Where the message is now: in the group, before a moderator, or nowhere. */
  function whereOf() {
    if (hit.seq !== null) return t("groups.hits.posted", { seq: hit.seq });
    if (hit.held === null) return t("groups.hits.refused");
    return <a href={hrefOf(place.handle, "groups", "g", group.id, "held")}>{t("groups.hits.waits")}</a>;
  }
}
