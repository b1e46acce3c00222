import { App, Button, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { ImportView } from "../../../wire";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { useDraft, useReread, useRulebook } from "../rulebook";
import { Drop } from "./Drop";
import { Report } from "./Report";

type Way = "merge" | "replace";

/** A file into the draft: first only looked at, with a report of each row; then merged or put in its place. */
export function Import() {
  const { t } = useTranslation();
  const hub = useHub();
  const { message } = App.useApp();
  const { account } = useRulebook();
  const { saved } = useDraft();
  const reread = useReread();
  const [file, setFile] = useState<File | null>(null);
  const [way, setWay] = useState<Way>("merge");
  const [report, setReport] = useState<ImportView | null>(null);
  const looking = useDoing();
  const taking = useDoing();
  const send = (from: File, mode: Way, dry: boolean) =>
    hub.ask("POST /accounts/{account}/rules:import", {
      path: { account },
      query: { mode, dry },
      file: from,
      ...(dry ? {} : { version: saved.version }),
    });
  const look = (from: File, mode: Way) => {
    setFile(from);
    setReport(null);
    taking.forget();
    void looking.run(async () => setReport(await send(from, mode, true)), { quiet: true });
  };
  const take = () =>
    taking.run(
      async () => {
        if (file === null) return;
        setReport(await send(file, way, false));
        await reread();
        void message.success(t("rules.files.done"));
        setFile(null);
      },
      { quiet: true },
    );
  return (
    <div className="import">
      <Radio.Group
        aria-label={t("rules.files.how")}
        value={way}
        onChange={(event) => {
          const chosen = event.target.value as Way;
          setWay(chosen);
          if (file !== null) look(file, chosen);
        }}
      >
        {(["merge", "replace"] as const).map((one) => (
          <Radio key={one} value={one}>
            {t(`rules.files.${one}`)} <span className="soft">{t(`rules.files.${one}How`)}</span>
          </Radio>
        ))}
      </Radio.Group>
      <Drop onFile={(chosen) => look(chosen, way)} />
      {looking.busy && <p role="status">{t("rules.files.reading")}</p>}
      {looking.fault !== null && <Failed fault={looking.fault} />}
      {report !== null && <Report report={report} name={file?.name ?? ""} />}
      {taking.fault !== null && <Failed fault={taking.fault} />}
      {report !== null && file !== null && report.taken > 0 && (
        <Button type="primary" loading={taking.busy} onClick={() => void take()}>
          {t("rules.files.take", { count: report.taken })}
        </Button>
      )}
    </div>
  );
}
