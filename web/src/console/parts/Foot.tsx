import { Button } from "antd";
import { useTranslation } from "react-i18next";

import type { Doing } from "./doing";
import { Failed } from "./Failed";
import { faultAt } from "./Field";

/** What went wrong with a form, where none of its fields (`paths`) shows it. Where somebody else was first, a way to read it anew. */
export function FormFault({
  doing,
  paths = [],
  onStale,
}: {
  doing: Doing;
  paths?: readonly string[];
  onStale?: () => void;
}) {
  const { fault } = doing;
  if (fault === null || paths.some((path) => faultAt(fault, path) !== null)) return null;
  return <Failed fault={fault} {...(fault.code === "conflict" && onStale !== undefined ? { again: onStale } : {})} />;
}

/** The end of a form in a dialog: away, or do it. */
export function DialogActs({
  does,
  doing,
  onClose,
  close,
  danger = false,
  ready = true,
}: {
  does: string;
  doing: Doing;
  onClose: () => void;
  /** What the way out says; to cancel, where nothing else is said. */
  close?: string;
  danger?: boolean;
  /** Whether all is there that it takes. */
  ready?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <div className="dialog-acts">
      <Button onClick={onClose}>{close ?? t("cancel")}</Button>
      <Button danger={danger} type="primary" htmlType="submit" disabled={!ready || doing.busy}>
        {does}
      </Button>
    </div>
  );
}

/** The end of a form on a page: what went wrong, and the button that saves. */
export function SaveActs({
  doing,
  paths,
  readOnly = false,
  onStale,
}: {
  doing: Doing;
  paths: readonly string[];
  readOnly?: boolean;
  onStale: () => void;
}) {
  const { t } = useTranslation();
  return (
    <>
      <FormFault doing={doing} paths={paths} onStale={onStale} />
      {!readOnly && (
        <div className="form-acts">
          <Button type="primary" htmlType="submit" disabled={doing.busy}>
            {t("console.save")}
          </Button>
        </div>
      )}
    </>
  );
}
