import "./dialog.css";

import { useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../ui/icons";

/**
 * A question or a form above the page, as the browser has them: the rest waits, Escape closes it, the focus comes back.
 * (antd's writes a style into the page that our policy does not let in.) Without `onClose` it stays until it is answered.
 */
export function Dialog({
  title,
  onClose,
  wide = false,
  children,
}: {
  title: string;
  onClose?: () => void;
  wide?: boolean;
  children: React.ReactNode;
}) {
  const { t } = useTranslation();
  const box = useRef<HTMLDialogElement>(null);
  const name = useId();
  useEffect(() => {
    const dialog = box.current;
    if (dialog?.open === false) dialog.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={box}
      className="dialog"
      data-wide={wide}
      aria-labelledby={name}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
      // A second Escape closes it whatever we say.
      onClose={() => {
        if (onClose === undefined) box.current?.showModal();
      }}
    >
      <header>
        <h2 id={name}>{title}</h2>
        {onClose !== undefined && <IconButton icon="close" label={t("close")} onClick={onClose} />}
      </header>
      {children}
    </dialog>
  );
}
