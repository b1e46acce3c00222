import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { mayDo } from "../../talk/may";
import { useHub } from "../../ui/context";
import { hrefOf } from "../../ui/route";
import type { GroupChanges, GroupView } from "../../wire";
import { useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Failed } from "../parts/Failed";
import { faultAt, Field, Form } from "../parts/Field";
import { usePlace } from "../person";
import { Announcement } from "./Announcement";
import { useGroup } from "./group";
import { JOININGS } from "./joinings";

const CAPACITY_LIMIT = 20_000;

type Draft = Required<Pick<GroupChanges, "name" | "about" | "rules" | "joining" | "question" | "capacity">> & {
  cover: string;
};

/** What the group is, how one comes in, how it ends. */
export function Settings() {
  const group = useGroup();
  const [round, setRound] = useState(0);
  return (
    <div className="panels">
      <SettingsForm key={round} onStale={() => setRound(round + 1)} />
      <div className="stack">
        <Announcement />
        {mayDo(group.role, "dissolve") && group.dissolved_at === null && <Dissolve />}
      </div>
    </div>
  );
}

function SettingsForm({ onStale }: { onStale: () => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const readOnly = !mayDo(group.role, "edit") || group.dissolved_at !== null;
  const [version, setVersion] = useState(group.version);
  const [draft, setDraft] = useState<Draft>(() => draftOf(group));
  const saving = useDoing();
  const set = (some: Partial<Draft>) => setDraft({ ...draft, ...some });
  const save = () =>
    saving.run(
      async () => {
        const body = { ...draft, cover: draft.cover.trim() === "" ? null : draft.cover.trim() };
        const saved = await hub.ask("PATCH /groups/{group}", { path: { group: group.id }, body, version });
        setVersion(saved.version);
        await stale("GET /groups/{group}", "GET /accounts/{account}/groups");
      },
      { done: t("console.saved"), quiet: true },
    );
  const reload = async () => {
    await stale("GET /groups/{group}");
    onStale();
  };
  const at = (path: keyof Draft) => ({ fault: saving.fault, path });
  const placed = (Object.keys(draft) as (keyof Draft)[]).some((path) => faultAt(saving.fault, path) !== null);
  return (
    <section className="panel" aria-label={t("groups.view.settings")}>
      <Form label={t("groups.view.settings")} onSend={() => void save()}>
        {readOnly && <p className="soft">{t("groups.settings.readOnly")}</p>}
        <Field label={t("groups.settings.name")} {...at("name")}>
          <Input
            value={draft.name}
            required
            maxLength={64}
            disabled={readOnly}
            onChange={(e) => set({ name: e.target.value })}
          />
        </Field>
        <Field label={t("groups.settings.about")} {...at("about")}>
          <Input.TextArea
            value={draft.about}
            rows={2}
            maxLength={500}
            disabled={readOnly}
            onChange={(e) => set({ about: e.target.value })}
          />
        </Field>
        <Field label={t("groups.settings.cover")} hint={t("groups.settings.coverHint")} {...at("cover")}>
          <Input
            value={draft.cover}
            type="url"
            pattern="https://.+"
            placeholder="https://"
            disabled={readOnly}
            onChange={(e) => set({ cover: e.target.value })}
          />
        </Field>
        <Field label={t("groups.settings.rules")} hint={t("groups.settings.rulesHint")} {...at("rules")}>
          <Input.TextArea
            value={draft.rules}
            rows={4}
            maxLength={2_000}
            disabled={readOnly}
            onChange={(e) => set({ rules: e.target.value })}
          />
        </Field>
        <fieldset className="choice-list" disabled={readOnly}>
          <legend>{t("groups.settings.joining")}</legend>
          {JOININGS.map((one) => (
            <label key={one}>
              <input type="radio" checked={draft.joining === one} onChange={() => set({ joining: one })} />
              <span>
                {t(`groups.joining.${one}`)}
                <small>{t(`groups.joiningSays.${one}`)}</small>
              </span>
            </label>
          ))}
        </fieldset>
        {draft.joining === "approval" && (
          <Field label={t("groups.settings.question")} hint={t("groups.settings.questionHint")} {...at("question")}>
            <Input
              value={draft.question}
              maxLength={200}
              disabled={readOnly}
              onChange={(e) => set({ question: e.target.value })}
            />
          </Field>
        )}
        <Field label={t("groups.settings.capacity")} hint={t("groups.settings.capacityHint")} {...at("capacity")}>
          <Input
            type="number"
            min={1}
            max={CAPACITY_LIMIT}
            value={draft.capacity}
            disabled={readOnly}
            onChange={(e) => set({ capacity: Number(e.target.value) })}
          />
        </Field>
        {saving.fault !== null && !placed && (
          <Failed fault={saving.fault} {...(saving.fault.code === "conflict" ? { again: () => void reload() } : {})} />
        )}
        {!readOnly && (
          <div className="form-acts">
            <Button type="primary" htmlType="submit" disabled={saving.busy}>
              {t("console.save")}
            </Button>
          </div>
        )}
      </Form>
    </section>
  );
}

function draftOf({ name, about, cover, rules, joining, question, capacity }: GroupView): Draft {
  return { name, about, cover: cover ?? "", rules, joining, question, capacity };
}

/** It cannot be taken back: the name is typed first. */
function Dissolve() {
  const { t } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const place = usePlace();
  const doing = useDoing();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [reason, setReason] = useState("");
  const dissolve = async () => {
    const done = await doing.run(
      async () => {
        await hub.ask("PUT /groups/{group}/dissolution", {
          path: { group: group.id },
          body: { reason: reason.trim() },
        });
        await stale("GET /groups/{group}", "GET /accounts/{account}/groups");
      },
      { done: t("groups.dissolve.done", { name: group.name }), quiet: true },
    );
    if (done) globalThis.location.assign(hrefOf(place.handle, "groups"));
  };
  return (
    <section className="panel" aria-label={t("groups.dissolve.title")}>
      <h2>{t("groups.dissolve.title")}</h2>
      <p className="soft">{t("groups.dissolve.says")}</p>
      <div className="form-acts">
        <Button danger onClick={() => setOpen(true)}>
          {t("groups.dissolve.do")}
        </Button>
      </div>
      {open && (
        <Dialog title={t("groups.dissolve.of", { name: group.name })} onClose={() => setOpen(false)}>
          <Form label={t("groups.dissolve.title")} onSend={() => void dissolve()}>
            <p>{t("groups.dissolve.says")}</p>
            <Field label={t("groups.dissolve.type", { name: group.name })}>
              <Input value={name} autoComplete="off" onChange={(event) => setName(event.target.value)} />
            </Field>
            <Field label={t("console.why")} fault={doing.fault} path="reason">
              <Input value={reason} required maxLength={200} onChange={(event) => setReason(event.target.value)} />
            </Field>
            {doing.fault !== null && faultAt(doing.fault, "reason") === null && <Failed fault={doing.fault} />}
            <div className="dialog-acts">
              <Button onClick={() => setOpen(false)}>{t("cancel")}</Button>
              <Button danger type="primary" htmlType="submit" disabled={name !== group.name || doing.busy}>
                {t("groups.dissolve.do")}
              </Button>
            </div>
          </Form>
        </Dialog>
      )}
    </section>
  );
}
