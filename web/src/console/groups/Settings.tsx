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
import { Field, Form } from "../parts/Field";
import { DialogActs, FormFault, SaveActs } from "../parts/Foot";
import { PictureField, ReasonField, TextField } from "../parts/Inputs";
import { usePlace } from "../person";
import { Announcement } from "./Announcement";
import { useGroup } from "./group";
import { JoiningChoice } from "./JoiningChoice";

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
  const text = (path: "name" | "about" | "cover" | "rules" | "question") => ({
    value: draft[path],
    onChange: (value: string) => set({ [path]: value }),
    disabled: readOnly,
    fault: saving.fault,
    path,
  });
  return (
    <section className="panel" aria-label={t("groups.view.settings")}>
      <Form label={t("groups.view.settings")} onSend={() => void save()}>
        {readOnly && <p className="soft">{t("groups.settings.readOnly")}</p>}
        <TextField label={t("groups.settings.name")} required maxLength={64} {...text("name")} />
        <TextField label={t("groups.settings.about")} rows={2} maxLength={500} {...text("about")} />
        <PictureField label={t("groups.settings.cover")} hint={t("groups.settings.coverHint")} {...text("cover")} />
        <TextField
          label={t("groups.settings.rules")}
          hint={t("groups.settings.rulesHint")}
          rows={4}
          maxLength={2_000}
          {...text("rules")}
        />
        <JoiningChoice value={draft.joining} disabled={readOnly} onChange={(joining) => set({ joining })} />
        {draft.joining === "approval" && (
          <TextField
            label={t("groups.settings.question")}
            hint={t("groups.settings.questionHint")}
            maxLength={200}
            {...text("question")}
          />
        )}
        <Field
          label={t("groups.settings.capacity")}
          hint={t("groups.settings.capacityHint")}
          fault={saving.fault}
          path="capacity"
        >
          <Input
            type="number"
            min={1}
            max={CAPACITY_LIMIT}
            value={draft.capacity}
            disabled={readOnly}
            onChange={(e) => set({ capacity: Number(e.target.value) })}
          />
        </Field>
        <SaveActs doing={saving} paths={Object.keys(draft)} readOnly={readOnly} onStale={() => void reload()} />
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
            <TextField
              label={t("groups.dissolve.type", { name: group.name })}
              value={name}
              maxLength={64}
              autoComplete="off"
              onChange={setName}
            />
            <ReasonField value={reason} onChange={setReason} fault={doing.fault} />
            <FormFault doing={doing} paths={["reason"]} />
            <DialogActs
              danger
              does={t("groups.dissolve.do")}
              doing={doing}
              onClose={() => setOpen(false)}
              ready={name === group.name}
            />
          </Form>
        </Dialog>
      )}
    </section>
  );
}
