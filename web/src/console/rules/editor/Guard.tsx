import { Button } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Dialog } from "../../parts/Dialog";

/**
 * Asks before one leaves what is not saved: by a link of the page, or by closing it. Whatever way one leaves, what was
 * written is kept; this is only so that nobody publishes without it unawares.
 */
export function Guard({ save, discard }: { save: () => Promise<boolean>; discard: () => void }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    const click = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const href = link?.getAttribute("href") ?? "";
      const isOther = href.startsWith("#") && href !== globalThis.location.hash;
      if (!isOther || event.button !== 0 || event.ctrlKey || event.metaKey || link?.target === "_blank") return;
      event.preventDefault();
      event.stopPropagation();
      setWanted(href);
    };
    globalThis.addEventListener("beforeunload", warn);
    document.addEventListener("click", click, true);
    return () => {
      globalThis.removeEventListener("beforeunload", warn);
      document.removeEventListener("click", click, true);
    };
  }, []);
  const go = () => {
    if (wanted !== null) globalThis.location.hash = wanted;
  };
  if (wanted === null) return null;
  return (
    <Dialog title={t("rules.editor.leave")} onClose={() => setWanted(null)}>
      <p>{t("rules.editor.leaveHow")}</p>
      <div className="dialog-acts">
        <Button onClick={() => setWanted(null)}>{t("rules.editor.stay")}</Button>
        <Button
          onClick={() => {
            discard();
            go();
          }}
        >
          {t("rules.editor.leaveWithout")}
        </Button>
        <Button
          type="primary"
          onClick={() => {
            void save().then((saved) => (saved ? go() : setWanted(null)));
          }}
        >
          {t("rules.editor.leaveSaved")}
        </Button>
      </div>
    </Dialog>
  );
}
