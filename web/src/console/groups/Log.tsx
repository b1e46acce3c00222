import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { LogLine } from "../../wire";
import { usePages } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { saveFile } from "../parts/save";
import { useGroup } from "./group";
import { useNames } from "./names";
import { told } from "./time";

/** Everything that was done here, the newest first; a line is never changed. */
export function Log() {
  const { t, i18n } = useTranslation();
  const group = useGroup();
  const hub = useHub();
  const doing = useDoing();
  const nameOf = useNames();
  const save = () =>
    doing.run(async () => {
      const path = { group: group.id };
      saveFile(
        await hub.ask("GET /groups/{group}/log:export", { path, query: { format: "csv" } }),
        `${group.name}.csv`,
      );
    });
  const [act, setAct] = useState("");
  const list = usePages("GET /groups/{group}/log", { path: { group: group.id }, query: { limit: 200 } });
  const acts = [...new Set(list.items.map((line) => line.act))].sort();
  const shown = list.items.filter((line) => act === "" || line.act === act);
  return (
    <div className="stack">
      {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
      <div className="form-acts">
        <select
          className="plain-select"
          aria-label={t("groups.log.which")}
          value={act}
          onChange={(event) => setAct(event.target.value)}
        >
          <option value="">{t("groups.log.every")}</option>
          {acts.map((one) => (
            <option key={one} value={one}>
              {t(`groups.log.act.${one}`, { defaultValue: one })}
            </option>
          ))}
        </select>
        <Button disabled={doing.busy} onClick={() => void save()}>
          {t("groups.log.export")}
        </Button>
        <span className="soft">{t("groups.log.says")}</span>
      </div>
      <ol className="rows log" aria-label={t("groups.view.log")}>
        {shown.map((line) => (
          <li key={line.id}>
            <time className="soft" dateTime={line.at}>
              {told(line.at, i18n.language)}
            </time>
            <div className="grow">
              <p>
                <strong>{t(`groups.log.act.${line.act}`, { defaultValue: line.act })}</strong> {aboutOf(line, nameOf)}
              </p>
              {line.reason !== "" && <p className="text-as-written">{line.reason}</p>}
              {line.until !== null && (
                <p className="soft">{t("groups.log.until", { at: told(line.until, i18n.language) })}</p>
              )}
            </div>
          </li>
        ))}
      </ol>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
    </div>
  );
}

/** Who, and to whom. */
function aboutOf(line: LogLine, nameOf: (person: string) => string): string {
  const who = nameOf(line.actor);
  return line.target === null || line.target === line.actor ? who : `${who} → ${nameOf(line.target)}`;
}
