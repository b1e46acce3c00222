import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import type { PersonView, PurgeView } from "../../wire";
import { useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { useDoing } from "../parts/doing";
import { Form } from "../parts/Field";
import { DialogActs, FormFault } from "../parts/Foot";
import { ReasonField } from "../parts/Inputs";
import { useGroup } from "./group";
import { Span } from "./Span";
import { told } from "./time";

/** How far back one can purge; seven days are the most that the hub takes. */
const BACK = [600, 3_600, 86_400, 7 * 86_400] as const;

/** Remove what somebody wrote lately; what was removed is told, and can be brought back from there. */
export function Purge({ person, onDone }: { person: PersonView; onDone: () => void }) {
  const { t, i18n } = useTranslation();
  const hub = useHub();
  const stale = useStale();
  const group = useGroup();
  const doing = useDoing();
  const [seconds, setSeconds] = useState<number | null>(86_400);
  const [reason, setReason] = useState("");
  const [purged, setPurged] = useState<PurgeView | null>(null);
  const { name } = person;
  const title = t("groups.act.purgeWhom", { name });
  const purge = () =>
    doing.run(
      async () => {
        const body = { person: person.id, seconds: seconds ?? 86_400, reason: reason.trim() };
        setPurged(await hub.ask("POST /groups/{group}/purges", { path: { group: group.id }, body }));
        setReason("");
        await stale("GET /groups/{group}/log");
      },
      { quiet: true },
    );
  const undo = async (id: string) => {
    const done = await doing.run(
      async () => {
        await hub.ask("POST /purges/{purge}/undo", { path: { purge: id }, body: { reason: reason.trim() } });
        await stale("GET /groups/{group}/log");
      },
      { done: t("groups.act.unpurged", { name }), quiet: true },
    );
    if (done) onDone();
  };
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void (purged === null ? purge() : undo(purged.id))}>
        {purged === null ? (
          <>
            <p className="soft">{t("groups.act.purgeSays")}</p>
            <Span
              label={t("groups.act.purgeLast")}
              value={seconds}
              spans={BACK}
              onChange={setSeconds}
              fault={doing.fault}
            />
          </>
        ) : (
          <p role="status">
            {t("groups.act.purged", { count: purged.messages, at: told(purged.undo_until, i18n.language) })}{" "}
            {purged.more && t("groups.act.purgedMore")}
          </p>
        )}
        <ReasonField
          label={t(purged === null ? "console.why" : "groups.act.unpurgeWhy")}
          value={reason}
          onChange={setReason}
          fault={doing.fault}
        />
        <FormFault doing={doing} paths={["seconds", "reason"]} />
        <DialogActs
          danger={purged === null}
          does={t(purged === null ? "groups.act.purge" : "groups.act.unpurge")}
          doing={doing}
          onClose={onDone}
          close={t(purged === null ? "cancel" : "close")}
        />
      </Form>
    </Dialog>
  );
}
