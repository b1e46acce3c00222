import { Button, Checkbox, Drawer, Input, Segmented, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import type { Tried } from "../../../wire";
import { TraceView } from "../../trace/TraceView";
import { useAsked } from "../../parts/asked";
import { useDoing } from "../../parts/doing";
import { Failed } from "../../parts/Failed";
import { Bubbles } from "../editor/Preview";
import { useDraft, useKept, useRulebook } from "../rulebook";

/** Try a sentence beside whatever one is at: what would be said to it, and why. Nothing is sent. */
export function TryDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={t("rules.try.title")}
      size={440}
      mask={false}
      rootClassName="try-drawer"
    >
      <Try />
    </Drawer>
  );
}

function Try() {
  const { t } = useTranslation();
  const hub = useHub();
  const { account } = useRulebook();
  const { saved } = useDraft();
  const kept = useKept();
  const known = useAsked("GET /accounts/{account}/tags", { path: { account } });
  const [text, setText] = useState("");
  const [draft, setDraft] = useState(true);
  const [first, setFirst] = useState(false);
  const [inGroup, setInGroup] = useState(false);
  const [tags, setTags] = useState<string[]>([]);
  const [tried, setTried] = useState<{ text: string; version: number; answer: Tried } | null>(null);
  const doing = useDoing();
  const ask = () =>
    doing.run(
      async () => {
        const body = { text: text.trim(), draft, first, tags, place: inGroup ? "group" : "direct" } as const;
        const answer = await hub.ask("POST /accounts/{account}/rules:try", { path: { account }, body });
        setTried({ text: body.text, version: saved.version, answer });
      },
      { quiet: true },
    );
  return (
    <div className="try">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") void ask();
        }}
      >
        <div className="adding-row">
          <Input
            autoFocus
            aria-label={t("rules.try.text")}
            placeholder={t("rules.try.hint")}
            maxLength={4_000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Button type="primary" htmlType="submit" loading={doing.busy} disabled={text.trim() === ""}>
            {t("rules.try.ask")}
          </Button>
        </div>
        <div className="rules-row">
          <Segmented
            size="small"
            aria-label={t("rules.try.against")}
            value={draft}
            onChange={setDraft}
            options={[
              { value: true, label: t("rules.files.draft") },
              { value: false, label: t("rules.files.published") },
            ]}
          />
          <Checkbox checked={first} onChange={(event) => setFirst(event.target.checked)}>
            {t("rules.try.first")}
          </Checkbox>
          <Checkbox checked={inGroup} onChange={(event) => setInGroup(event.target.checked)}>
            {t("rules.try.inGroup")}
          </Checkbox>
        </div>
        <Select
          className="try-tags"
          mode="tags"
          maxCount={20}
          aria-label={t("rules.try.tags")}
          placeholder={t("rules.try.tags")}
          value={tags}
          onChange={setTags}
          options={known.value?.items.map((one) => ({ value: one.tag, label: one.tag })) ?? []}
        />
      </form>
      {draft && Object.keys(kept).length > 0 && <p className="rules-note">{t("rules.try.unsaved")}</p>}
      {doing.fault !== null && <Failed fault={doing.fault} again={() => void ask()} />}
      {tried === null ? (
        <p className="soft">{t("rules.try.nothing")}</p>
      ) : (
        <Shown tried={tried.answer} text={tried.text} isOld={tried.version !== saved.version} />
      )}
    </div>
  );
}

function Shown({ tried, text, isOld }: { tried: Tried; text: string; isOld: boolean }) {
  const { t } = useTranslation();
  const said = tried.says.flatMap((one) => one.messages);
  return (
    <div className="tried" role="status">
      {isOld && <p className="rules-note">{t("rules.try.old")}</p>}
      {said.length === 0 ? <p className="soft">{t("rules.try.silent")}</p> : <Bubbles messages={said} />}
      {tried.hand_off && <p>{t("rules.try.handOff")}</p>}
      {tried.tags.length > 0 && <p>{t("rules.try.tagged", { tags: tried.tags.join(t("list")) })}</p>}
      <TraceView trace={tried.trace} text={text} />
    </div>
  );
}
