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
import { BringBack } from "./BringBack";
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
        await stale("GET /groups/{group}/log", "GET /groups/{group}/purges");
      },
      { quiet: true },
    );
  if (purged !== null) {
    return (
      <BringBack purge={purged.id} name={name} onDone={onDone}>
        {t("groups.act.purged", { count: purged.messages, at: told(purged.undo_until, i18n.language) })}{" "}
        {purged.more && t("groups.act.purgedMore")}
      </BringBack>
    );
  }
  return (
    <Dialog title={title} onClose={onDone}>
      <Form label={title} onSend={() => void purge()}>
        <p className="soft">{t("groups.act.purgeSays")}</p>
        <Span
          label={t("groups.act.purgeLast")}
          value={seconds}
          spans={BACK}
          onChange={setSeconds}
          fault={doing.fault}
        />
        <ReasonField label={t("console.why")} value={reason} onChange={setReason} fault={doing.fault} />
        <FormFault doing={doing} paths={["seconds", "reason"]} />
        <DialogActs danger does={t("groups.act.purge")} doing={doing} onClose={onDone} close={t("cancel")} />
      </Form>
    </Dialog>
  );
}
