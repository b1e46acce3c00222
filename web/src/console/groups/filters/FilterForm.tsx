import { Button } from "antd";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { FilterListView, ListDraft } from "../../../wire";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Field, Form } from "../../parts/Field";
import { FormFault } from "../../parts/Foot";
import { Choice, TextField } from "../../parts/Inputs";
import { ACTIONS, linesOf, WAYS } from "./lists";
import { type Scope, useFilterActs, useList } from "./scope";
import { TestPanel } from "./TestPanel";

/** A list to be written: a new one, or one with the words it has. */
export function FilterForm({ scope, list, onDone }: { scope: Scope; list: string | null; onDone: () => void }) {
  const { t } = useTranslation();
  const [round, setRound] = useState(0);
  const asked = useList(scope, list);
  if (list !== null && asked.value?.id !== list) {
    return asked.fault === null ? (
      <p className="soft">{t("loading")}</p>
    ) : (
      <Failed fault={asked.fault} again={asked.again} />
    );
  }
  const again = () => {
    asked.again();
    setRound(round + 1);
  };
  return (
    <ListForm key={round} scope={scope} list={list === null ? null : asked.value} onDone={onDone} onStale={again} />
  );
}

type Settings = Required<Pick<ListDraft, "name" | "action" | "way" | "note" | "enabled">>;

const FRESH: Settings = { name: "", action: "shadow", way: "sound", note: "", enabled: true };
const PARTS = ["words", "patterns", "allow"] as const;

function ListForm({
  scope,
  list,
  onDone,
  onStale,
}: {
  scope: Scope;
  list: FilterListView | null;
  onDone: () => void;
  onStale: () => void;
}) {
  const { t } = useTranslation();
  const acts = useFilterActs(scope);
  const doing = useDoing();
  const [draft, setDraft] = useState<Settings>(list ?? FRESH);
  // Kept by the browser, not by React: there may be fifty thousand lines.
  const boxes = useRef(new Map<string, HTMLTextAreaElement>());
  const set = (some: Partial<Settings>) => setDraft({ ...draft, ...some });
  const written = (): ListDraft => {
    const { name, action, way, note, enabled } = draft;
    const [words, patterns, allow] = PARTS.map((part) => linesOf(boxes.current.get(part)?.value ?? "")) as [
      string[],
      string[],
      string[],
    ];
    return { name: name.trim(), action, way, note, enabled, words, patterns, allow };
  };
  const save = async () => {
    const body = written();
    const work = () => (list === null ? acts.create(body) : acts.replace(list, body));
    if (await doing.run(work, { done: t("console.saved"), quiet: true })) onDone();
  };
  const text = (path: "name" | "note") => ({
    value: draft[path],
    onChange: (value: string) => set({ [path]: value }),
    fault: doing.fault,
    path,
  });
  const title = t(list === null ? "groups.filters.add" : "groups.filters.edit");
  return (
    <div className="panels">
      <section className="panel" aria-label={title}>
        <h2>{title}</h2>
        <Form label={title} onSend={() => void save()}>
          <TextField label={t("groups.filters.name")} required maxLength={64} {...text("name")} />
          <Choice
            legend={t("groups.filters.does")}
            value={draft.action}
            onChange={(action) => set({ action })}
            options={ACTIONS.map((action) => ({
              value: action,
              label: t(`groups.filters.action.${action}`),
              says: t(`groups.filters.actionSays.${action}`),
            }))}
          />
          {PARTS.map((part) => (
            <Field
              key={part}
              label={t(`groups.filters.${part}`)}
              hint={t(`groups.filters.${part}Says`)}
              fault={doing.fault}
              path={part}
            >
              <textarea
                className="plain-input lines"
                rows={part === "words" ? 10 : 4}
                spellCheck={false}
                defaultValue={(list?.[part] ?? []).join("\n")}
                ref={(box) => {
                  if (box !== null) boxes.current.set(part, box);
                }}
              />
            </Field>
          ))}
          <Field label={t("groups.filters.way")}>
            <select
              className="plain-select"
              value={draft.way}
              onChange={(event) => set({ way: WAYS.find((way) => way === event.target.value) ?? draft.way })}
            >
              {WAYS.map((way) => (
                <option key={way} value={way}>
                  {t(`groups.filters.ways.${way}`)}
                </option>
              ))}
            </select>
          </Field>
          <TextField label={t("groups.filters.note")} maxLength={500} {...text("note")} />
          <label>
            <input
              type="checkbox"
              checked={draft.enabled}
              onChange={(event) => set({ enabled: event.target.checked })}
            />{" "}
            {t("groups.filters.enabled")}
          </label>
          <FormFault doing={doing} paths={["name", "note", ...PARTS]} onStale={onStale} />
          <div className="form-acts">
            <Button type="primary" htmlType="submit" disabled={doing.busy}>
              {t("console.save")}
            </Button>
            <Button onClick={onDone}>{t("cancel")}</Button>
          </div>
        </Form>
      </section>
      <TestPanel scope={scope} replaces={list?.id ?? null} written={written} />
    </div>
  );
}
