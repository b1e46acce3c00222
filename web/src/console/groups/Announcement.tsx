import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { mayDo } from "../../talk/may";
import { useHub } from "../../ui/context";
import { useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { Form } from "../parts/Field";
import { FormFault } from "../parts/Foot";
import { TextField } from "../parts/Inputs";
import { useGroup } from "./group";
import { told } from "./time";

/** What stands above the messages for everybody; an empty one takes it down. */
export function Announcement() {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [text, setText] = useState(group.announcement?.text ?? "");
  const readOnly = !mayDo(group.role, "announce") || group.dissolved_at !== null;
  const save = () =>
    doing.run(
      async () => {
        await hub.ask("PUT /groups/{group}/announcement", { path: { group: group.id }, body: { text: text.trim() } });
        await stale("GET /groups/{group}");
      },
      { done: t("console.saved"), quiet: true },
    );
  return (
    <section className="panel" aria-label={t("groups.announcement.title")}>
      <Form label={t("groups.announcement.title")} onSend={() => void save()}>
        <TextField
          label={t("groups.announcement.title")}
          hint={t("groups.announcement.hint")}
          value={text}
          rows={4}
          maxLength={2_000}
          disabled={readOnly}
          onChange={setText}
          fault={doing.fault}
          path="text"
        />
        {group.announcement !== null && (
          <p className="soft">{t("groups.announcement.since", { at: told(group.announcement.at, i18n.language) })}</p>
        )}
        <FormFault doing={doing} paths={["text"]} />
        {!readOnly && (
          <div className="form-acts">
            <Button htmlType="submit" disabled={doing.busy}>
              {t("groups.announcement.do")}
            </Button>
          </div>
        )}
      </Form>
    </section>
  );
}
