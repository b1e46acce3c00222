import { Button, Input, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import { useAsked } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Form } from "../../parts/Field";
import { DialogActs, FormFault } from "../../parts/Foot";
import { useDraft, useKept, useLint, useReread, useRulebook } from "../rulebook";
import { Diff, isSame } from "./Diff";

/** Speak by the draft from now on: what differs first, and a note. */
export function Publish() {
  const { t } = useTranslation();
  const { mayEdit } = useRulebook();
  const { saved, saving } = useDraft();
  const [open, setOpen] = useState(false);
  const may = mayEdit && saved.version > 0 && !saving;
  return (
    <>
      <Tooltip title={mayEdit ? null : t("rules.onlyOwner")}>
        <Button type="primary" disabled={!may} onClick={() => setOpen(true)}>
          {t("rules.publish.open")}
        </Button>
      </Tooltip>
      {open && <Asking onClose={() => setOpen(false)} />}
    </>
  );
}

function Asking({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { account } = useRulebook();
  const { saved } = useDraft();
  const unsaved = Object.keys(useKept()).length;
  const reread = useReread();
  const [note, setNote] = useState("");
  const doing = useDoing();
  const path = { account };
  const diff = useAsked("GET /accounts/{account}/rules:diff", { path });
  const linted = useLint(saved.rules);
  const count = (severity: string) => linted.findings.filter((one) => one.severity === severity).length;
  const [warnings, hints] = [count("warning"), count("hint")];
  const publish = async () => {
    let version = 0;
    const done = await doing.run(
      async () => {
        const asked = { path, body: { note }, version: saved.version };
        ({ version } = await hub.ask("POST /accounts/{account}/rules:publish", asked));
      },
      { quiet: true },
    );
    if (!done) return;
    await doing.run(reread, { done: t("rules.publish.done", { version }) });
    onClose();
  };
  const same = diff.value !== null && isSame(diff.value);
  return (
    <Dialog wide title={t("rules.publish.title")} onClose={onClose}>
      <Form label={t("rules.publish.title")} onSend={() => void publish()}>
        <p className="soft">{t("rules.publish.how")}</p>
        {unsaved > 0 && <p className="rules-note">{t("rules.publish.unsaved", { count: unsaved })}</p>}
        {warnings + hints > 0 && <p className="rules-note">{t("rules.publish.doubtful", { warnings, hints })}</p>}
        <Input.TextArea
          aria-label={t("rules.publish.note")}
          placeholder={t("rules.publish.note")}
          rows={1}
          maxLength={500}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
        {diff.fault !== null && <Failed fault={diff.fault} again={diff.again} />}
        {diff.value === null ? (
          <p className="loading">{t("loading")}</p>
        ) : same ? (
          <p>{t("rules.publish.same")}</p>
        ) : (
          <div className="publish-diff" tabIndex={0} role="region" aria-label={t("rules.versions.compare")}>
            <Diff diff={diff.value} />
          </div>
        )}
        <FormFault doing={doing} />
        <DialogActs
          does={t("rules.publish.publish")}
          doing={doing}
          onClose={onClose}
          ready={diff.value !== null && !same}
        />
      </Form>
    </Dialog>
  );
}
