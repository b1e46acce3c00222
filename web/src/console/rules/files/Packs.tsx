import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import { useLanguage } from "../../../ui/taste";
import type { PackInstalled, PackView } from "../../../wire";
import { useAsked } from "../../parts/asked";
import { Dialog } from "../../parts/Dialog";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { ruleHref } from "../places";
import { useDraft, useReread, useRulebook } from "../rulebook";

/** Sets of rules that come with the program, each taken into the draft by one button. */
export function Packs() {
  const { t } = useTranslation();
  const { value, fault, again } = useAsked("GET /rule-packs");
  const [done, setDone] = useState<PackInstalled | null>(null);
  if (fault !== null) return <Failed fault={fault} again={again} />;
  return (
    <section className="packs" aria-label={t("rules.packs.title")}>
      {value?.items.map((pack) => (
        <Pack key={pack.id} pack={pack} onDone={setDone} />
      ))}
      {done !== null && (
        <Dialog title={t("rules.packs.done")} onClose={() => setDone(null)}>
          <Told done={done} onGo={() => setDone(null)} />
          <div className="dialog-acts">
            <Button type="primary" onClick={() => setDone(null)}>
              {t("console.done")}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}

function Pack({ pack, onDone }: { pack: PackView; onDone: (done: PackInstalled) => void }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { account, mayEdit } = useRulebook();
  const { saved } = useDraft();
  const reread = useReread();
  const doing = useDoing();
  const tongue = useLanguage() === "en" ? "en" : "zh";
  const install = () =>
    doing.run(async () => {
      const body = { pack: pack.id, mode: "merge" as const };
      const path = { account };
      onDone(await hub.ask("POST /accounts/{account}/rules:pack", { path, body, version: saved.version }));
      await reread();
    });
  return (
    <article className="pack">
      <h3>{pack.name[tongue]}</h3>
      <p className="soft">{pack.about[tongue]}</p>
      <p className="soft">{t("rules.packs.holds", { ...pack, name: "" })}</p>
      <Button type="primary" disabled={!mayEdit} loading={doing.busy} onClick={() => void install()}>
        {t("rules.packs.install", { name: pack.name[tongue] })}
      </Button>
    </article>
  );
}

/** What became of it: what was added, what was left out and why, what the shop should write into it. */
function Told({ done, onGo }: { done: PackInstalled; onGo: () => void }) {
  const { t } = useTranslation();
  const { account } = useRulebook();
  const { rules } = useDraft();
  const tongue = useLanguage() === "en" ? "en" : "zh";
  const nameOf = (id: string) => rules.find((rule) => rule.id === id)?.name ?? id;
  return (
    <div className="pack-told">
      <p>{t("rules.packs.added", { count: done.added.length })}</p>
      {done.skipped.length > 0 && (
        <details>
          <summary>{t("rules.packs.skipped", { count: done.skipped.length })}</summary>
          <ul>
            {done.skipped.map((one) => (
              <li key={one.rule}>{t(`rules.packs.why.${one.why}`, { rule: one.rule, by: nameOf(one.held_by) })}</li>
            ))}
          </ul>
        </details>
      )}
      {done.notes.length > 0 && (
        <>
          <p>{t("rules.packs.notes")}</p>
          <ul>
            {done.notes.map((note) => (
              <li key={note.rule}>
                <a href={ruleHref(account, note.rule)} onClick={onGo}>
                  {nameOf(note.rule)}
                </a>
                {t("colon")}
                {note[tongue]}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
