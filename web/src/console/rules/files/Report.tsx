import { Checkbox } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useLanguage } from "../../../ui/taste";
import type { ImportView, Outcome, Row } from "../../../wire";
import { Mark } from "../Mark";

const TONES = { ok: "good", changed: "info", skipped: "warn", fault: "bad" } as const;
/** Rows that are drawn; of a file of ten thousand the faults come first. */
const MOST = 500;
const ORDER: readonly Outcome[] = ["fault", "skipped", "changed", "ok"];

/** What would become, or became, of each row of a file. */
export function Report({ report, name }: { report: ImportView; name: string }) {
  const { t } = useTranslation();
  const count = (outcome: Outcome) => report.rows.filter((row) => row.outcome === outcome).length;
  const counts = { faults: count("fault"), changed: count("changed"), skipped: count("skipped") };
  return (
    <div className="report">
      <p role="status">{t("rules.files.taken", { file: name, taken: report.taken, ...counts })}</p>
      {report.taken === 0 && <p className="rules-note">{t("rules.files.none")}</p>}
      <Rows rows={report.rows} />
    </div>
  );
}

/** The rows of a report, those that tell something first. */
export function Rows({ rows }: { rows: readonly Row[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [onlyTold, setOnlyTold] = useState(true);
  const shown = rows
    .filter((row) => !onlyTold || row.outcome !== "ok")
    .sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome) || a.number - b.number);
  return (
    <>
      <Checkbox checked={onlyTold} onChange={(event) => setOnlyTold(event.target.checked)}>
        {t("rules.files.onlyTold")}
      </Checkbox>
      {shown.length > 0 && (
        <div className="scrolling" tabIndex={0} role="region" aria-label={t("rules.files.what")}>
          <table>
            <thead>
              <tr>
                {(["row", "name", "outcome", "what", "cell"] as const).map((head) => (
                  <th key={head} scope="col">
                    {t(`rules.files.${head}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.slice(0, MOST).map((row, at) => (
                <tr key={at}>
                  <td>{row.number === 0 ? "" : row.number}</td>
                  <td>{row.name}</td>
                  <td>
                    <Mark tone={TONES[row.outcome]}>{t(`rules.files.outcomes.${row.outcome}`)}</Mark>
                  </td>
                  <td>{language === "en" ? row.en : row.zh}</td>
                  <td>{row.cell}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
