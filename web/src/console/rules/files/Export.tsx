import { Button, Segmented } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { ExportQuery } from "../../../wire";
import { useAsked } from "../../parts/asked";
import { useDoing } from "../../parts/doing";
import { saveFile } from "../../parts/save";
import { useRulebook } from "../rulebook";
import { Rows } from "./Report";

type Format = ExportQuery["format"];
type Source = "draft" | "published";
const FORMATS: readonly Format[] = ["xlsx", "csv", "weihub", "wechat"];

/** The rules as a file, with what a format has no place for. */
export function Export() {
  const { t } = useTranslation();
  const [source, setSource] = useState<Source>("draft");
  return (
    <>
      <Segmented
        aria-label={t("rules.files.source")}
        value={source}
        onChange={setSource}
        options={(["draft", "published"] as const).map((value) => ({ value, label: t(`rules.files.${value}`) }))}
      />
      <ul className="formats">
        {FORMATS.map((format) => (
          <FormatRow key={format} format={format} source={source} />
        ))}
      </ul>
    </>
  );
}

function FormatRow({ format, source }: { format: Format; source: Source }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { account } = useRulebook();
  const doing = useDoing();
  const query = { format, source };
  const told = useAsked("GET /accounts/{account}/rules:exportable", { path: { account }, query });
  const lost = told.value?.rows.filter((row) => row.outcome !== "ok") ?? [];
  const fetch = () =>
    doing.run(async () => {
      const file = await hub.file("GET /accounts/{account}/rules:export", { path: { account }, query });
      saveFile(file, told.value?.name ?? `rules.${format}`);
    });
  return (
    <li>
      <strong>{t(`rules.files.formats.${format}`)}</strong>
      <span className="soft">
        {told.value === null
          ? ""
          : lost.length === 0
            ? t("rules.files.whole")
            : t("rules.files.lost", { count: lost.length })}
      </span>
      <Button
        loading={doing.busy}
        onClick={() => void fetch()}
        aria-label={`${t("rules.files.fetch")} ${t(`rules.files.formats.${format}`)}`}
      >
        {t("rules.files.fetch")}
      </Button>
      {lost.length > 0 && (
        <details>
          <summary>{t("rules.files.lostHow")}</summary>
          <Rows rows={lost} />
        </details>
      )}
    </li>
  );
}
