import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { HeldView } from "../../wire";
import { usePages, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Nothing } from "../parts/Nothing";
import { Marked, Signals } from "./filters/Marked";
import { useGroup } from "./group";
import { told } from "./time";

/** Messages that wait for a moderator: members see them when they are let through. */
export function Held() {
  const { t } = useTranslation();
  const group = useGroup();
  const list = usePages("GET /groups/{group}/held", { path: { group: group.id }, query: { limit: 100 } });
  if (list.fault !== null) return <Failed fault={list.fault} again={list.again} />;
  const waiting = list.items.filter(({ state }) => state === "waiting");
  if (list.known && waiting.length === 0) {
    return <Nothing what={t("groups.held.none")} next={t("groups.held.noneNext")} />;
  }
  return (
    <div className="stack">
      <ul className="rows" aria-label={t("groups.view.held")}>
        {waiting.map((held) => (
          <Row key={held.id} held={held} />
        ))}
      </ul>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

function Row({ held }: { held: HeldView }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const decide = (approve: boolean) =>
    doing.run(
      async () => {
        await hub.ask("POST /groups/{group}/held/{held}", {
          path: { group: group.id, held: held.id },
          body: { approve },
        });
        await stale("GET /groups/{group}/held", "GET /groups/{group}/log");
      },
      { done: t(approve ? "groups.held.released" : "groups.held.refused") },
    );
  return (
    <li>
      <div className="grow evidence">
        <p>
          <strong>{held.author_name}</strong> <span className="soft">{told(held.at, i18n.language)}</span>
        </p>
        <Marked text={held.text} signals={held.signals} />
        <Signals signals={held.signals} />
      </div>
      <div className="row-acts">
        <Button type="primary" disabled={doing.busy} onClick={() => void decide(true)}>
          {t("groups.held.release")}
        </Button>
        <Button danger disabled={doing.busy} onClick={() => void decide(false)}>
          {t("groups.held.refuse")}
        </Button>
      </div>
    </li>
  );
}
