import { Button, Input, type InputRef } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

/** Something to be passed on, with a button that copies it. */
export function Copied({ label, value }: { label: string; value: string }) {
  const { t } = useTranslation();
  const box = useRef<InputRef>(null);
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    box.current?.select();
    // Absent on plain http from another host: what is selected can still be copied by hand.
    const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
    await clipboard?.writeText(value).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  return (
    <div className="form-field">
      <label>
        <span>{label}</span>
        <Input ref={box} value={value} readOnly />
      </label>
      <div>
        <Button size="small" onClick={() => void copy()} aria-label={t("account.copyWhat", { what: label })}>
          {t(copied ? "account.copied" : "account.copy")}
        </Button>
      </div>
    </div>
  );
}
