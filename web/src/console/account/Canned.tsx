import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { CannedView } from "../../wire";
import { usePages, useStale } from "../parts/asked";
import { useConfirm } from "../parts/confirm";
import { Dialog } from "../parts/Dialog";
import { RowActs } from "../parts/RowActs";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { Form } from "../parts/Field";
import { FormFault } from "../parts/Foot";
import { TextField } from "../parts/Inputs";
import { Nothing } from "../parts/Nothing";
import { usePlace } from "../person";

const LISTED = "GET /accounts/{account}/canned";

/** Sentences that operators keep ready; on the desk they come by `/`. */
export function Canned() {
  const { t } = useTranslation();
  const place = usePlace();
  const [edited, setEdited] = useState<CannedView | "new" | null>(null);
  const list = usePages(LISTED, { path: { account: place.id }, query: { limit: 100 } });
  const add = (
    <Button type="primary" onClick={() => setEdited("new")}>
      {t("account.canned.add")}
    </Button>
  );
  return (
    <div className="stack">
      {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
      {list.known && list.items.length === 0 ? (
        <Nothing what={t("account.canned.none")} next={t("account.canned.says")}>
          {add}
        </Nothing>
      ) : (
        <>
          <div className="form-acts">
            {add}
            <span className="soft">{t("account.canned.says")}</span>
          </div>
          <ul className="rows" aria-label={t("account.view.canned")}>
            {list.items.map((canned) => (
              <li key={canned.id}>
                <div className="grow">
                  <p>
                    <strong>{canned.title}</strong>
                  </p>
                  <p className="soft text-as-written">{canned.text}</p>
                </div>
                <CannedActs canned={canned} onEdit={() => setEdited(canned)} />
              </li>
            ))}
          </ul>
          {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
        </>
      )}
      {edited !== null && <CannedForm canned={edited === "new" ? null : edited} onDone={() => setEdited(null)} />}
    </div>
  );
}

function CannedActs({ canned, onEdit }: { canned: CannedView; onEdit: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const confirm = useConfirm();
  const place = usePlace();
  const doing = useDoing();
  const drop = async () => {
    const title = t("account.canned.dropTitle", { title: canned.title });
    if (!(await confirm({ title, does: t("console.remove") }))) return;
    await doing.run(async () => {
      await hub.ask("DELETE /accounts/{account}/canned/{canned}", { path: { account: place.id, canned: canned.id } });
      await stale(LISTED);
    });
  };
  return <RowActs name={canned.title} busy={doing.busy} onEdit={onEdit} onDrop={() => void drop()} />;
}

function CannedForm({ canned, onDone }: { canned: CannedView | null; onDone: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const place = usePlace();
  const doing = useDoing();
  const [title, setTitle] = useState(canned?.title ?? "");
  const [text, setText] = useState(canned?.text ?? "");
  const save = async () => {
    const body = { title: title.trim(), text };
    const path = { account: place.id };
    const saved = await doing.run(
      async () => {
        await (canned === null
          ? hub.ask("POST /accounts/{account}/canned", { path, body })
          : hub.ask("PUT /accounts/{account}/canned/{canned}", { path: { ...path, canned: canned.id }, body }));
        await stale(LISTED);
      },
      { done: t("console.saved"), quiet: true },
    );
    if (saved) onDone();
  };
  const name = t(canned === null ? "account.canned.add" : "account.canned.edit");
  return (
    <Dialog title={name} onClose={onDone}>
      <Form label={name} onSend={() => void save()}>
        <TextField
          label={t("account.canned.title")}
          hint={t("account.canned.titleHint")}
          value={title}
          autoFocus
          required
          maxLength={64}
          onChange={setTitle}
          fault={doing.fault}
          path="title"
        />
        <TextField
          label={t("account.canned.text")}
          value={text}
          required
          rows={5}
          maxLength={4_000}
          onChange={setText}
          fault={doing.fault}
          path="text"
        />
        <FormFault doing={doing} paths={["title", "text"]} />
        <Button type="primary" htmlType="submit" disabled={doing.busy}>
          {t("console.save")}
        </Button>
      </Form>
    </Dialog>
  );
}
