import { Button, Form, Input, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { IconButton } from "../../ui/icons";
import type { CannedRequest, CannedView } from "../../wire";
import { Failed } from "../parts/Failed";
import { Nothing } from "../parts/Nothing";
import { usePages, useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { usePlace } from "../person";

interface CannedProps {
  found: readonly CannedView[];
  at: number;
  onUse: (one: CannedView) => void;
  onEdit: () => void;
}

/** The prepared replies that fit what stands after the slash. */
export function Canned({ found, at, onUse, onEdit }: CannedProps) {
  const { t } = useTranslation();
  return (
    <div className="desk-canned">
      {found.length === 0 && <p className="soft">{t("desk.noCanned")}</p>}
      <ul aria-label={t("desk.canned")}>
        {found.map((one, number) => (
          <li key={one.id}>
            <button type="button" data-chosen={number === Math.min(at, found.length - 1)} onClick={() => onUse(one)}>
              <strong>{one.title}</strong>
              <span>{one.text}</span>
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="link" onClick={onEdit}>
        {t("desk.editCanned")}
      </button>
    </div>
  );
}

/** Write prepared replies, change them, take them away. */
export function CannedEditor({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const place = usePlace();
  const stale = useStale();
  const { run, busy, fault, forget } = useDoing();
  const [edited, setEdited] = useState<CannedView | null>(null);
  const [form] = Form.useForm<CannedRequest>();
  const list = usePages("GET /accounts/{account}/canned", { path: { account: place.handle }, query: { limit: 50 } });
  const path = { account: place.handle };
  const choose = (one: CannedView | null) => {
    forget();
    setEdited(one);
    form.setFieldsValue({ title: one?.title ?? "", text: one?.text ?? "" });
  };
  const save = async (body: CannedRequest) => {
    const work = () =>
      edited === null
        ? hub.ask("POST /accounts/{account}/canned", { path, body })
        : hub.ask("PUT /accounts/{account}/canned/{canned}", { path: { ...path, canned: edited.id }, body });
    if (!(await run(work, { done: t("console.saved"), quiet: true }))) return;
    choose(null);
    await stale("GET /accounts/{account}/canned");
  };
  const drop = async (one: CannedView) => {
    const work = () => hub.ask("DELETE /accounts/{account}/canned/{canned}", { path: { ...path, canned: one.id } });
    if (await run(work)) await stale("GET /accounts/{account}/canned");
  };
  return (
    <Modal open title={t("desk.canned")} footer={null} onCancel={onClose}>
      {list.fault !== null && <Failed fault={list.fault} again={list.again} />}
      {list.known && list.items.length === 0 && <Nothing what={t("desk.noCanned")} next={t("desk.cannedHow")} />}
      <ul className="desk-canned-list">
        {list.items.map((one) => (
          <li key={one.id}>
            <button type="button" onClick={() => choose(one)}>
              <strong>{one.title}</strong>
              <span className="soft">{one.text}</span>
            </button>
            <IconButton
              icon="close"
              label={t("desk.dropCanned", { title: one.title })}
              disabled={busy}
              onClick={() => void drop(one)}
            />
          </li>
        ))}
      </ul>
      {list.more !== null && <Button onClick={list.more}>{t("console.more")}</Button>}
      <Form form={form} layout="vertical" onFinish={(body) => void save(body)} initialValues={{ title: "", text: "" }}>
        <Form.Item
          name="title"
          label={t("desk.cannedTitle")}
          rules={[{ required: true, whitespace: true, message: t("desk.needed") }]}
        >
          <Input maxLength={64} />
        </Form.Item>
        <Form.Item
          name="text"
          label={t("desk.cannedText")}
          rules={[{ required: true, whitespace: true, message: t("desk.needed") }]}
        >
          <Input.TextArea maxLength={4000} className="desk-field" rows={2} />
        </Form.Item>
        {fault !== null && <Failed fault={fault} />}
        <Button type="primary" htmlType="submit" loading={busy}>
          {t(edited === null ? "console.add" : "console.save")}
        </Button>
        {edited !== null && <Button onClick={() => choose(null)}>{t("cancel")}</Button>}
      </Form>
    </Modal>
  );
}
