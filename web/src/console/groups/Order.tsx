import { Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { GroupView, LinkPolicy, OrderChanges } from "../../wire";
import { useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Field, Form } from "../parts/Field";
import { SaveActs } from "../parts/Foot";
import { domainsOf } from "./domains";
import { useGroup } from "./group";
import { Silenced } from "./Silenced";
import { spanWords } from "./Span";
import { Tempo, tempiOf, tempoChanges, type Tempi } from "./Tempo";
import { told } from "./time";

const SLOW = [0, 10, 30, 60, 300, 900, 3_600, 21_600] as const;
const LINKS = ["any", "listed", "none"] as const satisfies readonly LinkPolicy["mode"][];

interface Draft extends Tempi {
  slow_s: number;
  minutes: number;
  messages: number;
  mode: (typeof LINKS)[number];
  domains: string;
  media: boolean;
  cards: boolean;
  filters: boolean;
}

/** What may be posted, how often, by whom. */
export function Order() {
  const group = useGroup();
  const [round, setRound] = useState(0);
  return (
    <div className="panels">
      <OrderForm key={round} onStale={() => setRound(round + 1)} />
      {group.dissolved_at === null && <Silenced />}
    </div>
  );
}

function OrderForm({ onStale }: { onStale: () => void }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const [draft, setDraft] = useState<Draft>(() => draftOf(group));
  const [version, setVersion] = useState(group.version);
  const saving = useDoing();
  const set = (some: Partial<Draft>) => setDraft({ ...draft, ...some });
  const save = () =>
    saving.run(
      async () => {
        const body = changesOf(draft, group);
        const saved = await hub.ask("PATCH /groups/{group}/order", { path: { group: group.id }, body, version });
        setVersion(saved.version);
        await stale("GET /groups/{group}", "GET /groups/{group}/log");
      },
      { done: t("console.saved"), quiet: true },
    );
  const reload = async () => {
    await stale("GET /groups/{group}");
    onStale();
  };
  const over = group.dissolved_at !== null;
  const number = (key: "minutes" | "messages", max: number) => (
    <Input
      type="number"
      min={0}
      max={max}
      value={draft[key]}
      disabled={over}
      onChange={(event) => set({ [key]: Number(event.target.value) })}
    />
  );
  const check = (key: "media" | "cards" | "filters") => (
    <label key={key}>
      <input
        type="checkbox"
        checked={draft[key]}
        disabled={over}
        onChange={(event) => set({ [key]: event.target.checked })}
      />
      <span>
        {t(`groups.order.${key}`)}
        <small>{t(`groups.order.${key}Says`)}</small>
      </span>
    </label>
  );
  return (
    <section className="panel" aria-label={t("groups.view.order")}>
      <Form label={t("groups.view.order")} onSend={() => void save()}>
        <p className="soft">{t("groups.order.says")}</p>
        {group.order.guarded_until !== null && (
          <p className="muted-until">
            {t("groups.tempo.guarded", { at: told(group.order.guarded_until, i18n.language) })}
          </p>
        )}
        <Field label={t("groups.order.slow")} hint={t("groups.order.slowSays")}>
          <select
            className="plain-select"
            value={draft.slow_s}
            disabled={over}
            onChange={(event) => set({ slow_s: Number(event.target.value) })}
          >
            {[...new Set([...SLOW, draft.slow_s])].map((seconds) => (
              <option key={seconds} value={seconds}>
                {seconds === 0 ? t("groups.order.noSlow") : spanWords(t, seconds)}
              </option>
            ))}
          </select>
        </Field>
        <div className="form-row">
          <Field label={t("groups.order.minutes")}>{number("minutes", 10_080)}</Field>
          <Field label={t("groups.order.messages")}>{number("messages", 100)}</Field>
        </div>
        <p className="soft">{t("groups.order.newcomers")}</p>
        <Field label={t("groups.order.links")}>
          <select
            className="plain-select"
            value={draft.mode}
            disabled={over}
            onChange={(event) => set({ mode: LINKS.find((mode) => mode === event.target.value) ?? draft.mode })}
          >
            {LINKS.map((mode) => (
              <option key={mode} value={mode}>
                {t(`groups.order.link.${mode}`)}
              </option>
            ))}
          </select>
        </Field>
        {draft.mode !== "none" && (
          <Field
            label={t(draft.mode === "any" ? "groups.order.deny" : "groups.order.allow")}
            hint={t("groups.order.domains")}
            fault={saving.fault}
            path="links"
          >
            <Input.TextArea
              rows={3}
              value={draft.domains}
              disabled={over}
              onChange={(event) => set({ domains: event.target.value })}
            />
          </Field>
        )}
        <fieldset className="choice-list">
          <legend>{t("groups.order.allowed")}</legend>
          {(["media", "cards", "filters"] as const).map(check)}
        </fieldset>
        <Tempo value={draft} over={over} onChange={set} />
        <SaveActs doing={saving} paths={["links"]} readOnly={over} onStale={() => void reload()} />
      </Form>
    </section>
  );
}

function draftOf({ order }: GroupView): Draft {
  const mode = order.links.mode ?? "any";
  return {
    slow_s: order.slow_s,
    minutes: order.newcomers.minutes ?? 0,
    messages: order.newcomers.messages ?? 0,
    mode,
    domains: ((mode === "listed" ? order.links.allow : order.links.deny) ?? []).join("\n"),
    media: order.media,
    cards: order.cards,
    filters: order.filters,
    ...tempiOf(order),
  };
}

function changesOf(draft: Draft, { order }: GroupView): OrderChanges {
  const { slow_s, minutes, messages, mode, media, cards, filters } = draft;
  const domains = domainsOf(draft.domains);
  const listed = mode === "listed" ? { allow: domains } : mode === "any" ? { deny: domains } : {};
  return {
    slow_s,
    newcomers: { minutes, messages },
    links: { ...order.links, mode, ...listed },
    media,
    cards,
    filters,
    ...tempoChanges(draft, tempiOf(order)),
  };
}
