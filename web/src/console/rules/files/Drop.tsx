import { Button } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** A file, chosen or dropped. */
export function Drop({ onFile }: { onFile: (file: File) => void }) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <div
      className="drop"
      data-over={over}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        const file = event.dataTransfer.files[0];
        if (file !== undefined) onFile(file);
      }}
    >
      <input
        ref={picker}
        type="file"
        className="hidden"
        tabIndex={-1}
        aria-label={t("rules.files.choose")}
        accept=".csv,.xlsx,.json,.txt"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) onFile(file);
          event.target.value = ""; // so that the same file can be chosen again
        }}
      />
      <Button onClick={() => picker.current?.click()}>{t("rules.files.choose")}</Button>
      <span className="soft">{t("rules.files.drop")}</span>
    </div>
  );
}
