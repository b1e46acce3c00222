import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Group } from "../../state/state";
import { useHub } from "../../ui/context";
import { Icon } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import { Dialog } from "../Dialog";
import { FaultLine } from "../FaultLine";
import { ReportDialog } from "../Report";
import { useRun } from "../useRun";
import { GroupFrame, Rules } from "./GroupFrame";
import { Keeping } from "./Keeping";
import { Members } from "./Members";
import { AnnouncementText, usePins } from "./Notes";
import { useOwner } from "./useGroup";

/** What there is to know about a group that one is in, and what is one's own to set. */
export function GroupAbout({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { view } = group;
  const { owner } = useOwner(view.account);
  return (
    <GroupFrame
      title={t("group.about")}
      back={
        <a className="icon-button" href={hrefOf("g", view.id)} aria-label={t("group.toChat")}>
          <Icon name="back" />
        </a>
      }
      view={view}
      owner={owner}
    >
      <Own group={group} />
      <Keeping view={view} />
      <AnnouncementText view={view} />
      <Pinned group={group} />
      <Rules text={view.rules} />
      <Members view={view} />
    </GroupFrame>
  );
}

function Own({ group }: { group: Group }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { view } = group;
  const [leaving, setLeaving] = useState(false);
  const [reporting, setReporting] = useState(false);
  const { busy, fault, run } = useRun();
  const hushed = view.membership?.hushed === true;
  return (
    <>
      <div className="acts">
        <button
          type="button"
          className="button"
          aria-pressed={hushed}
          disabled={busy}
          onClick={() => run(hub.groups.hush(view.id, !hushed))}
        >
          <Icon name={hushed ? "hush" : "bell"} size={18} />
          {t(hushed ? "group.hushed" : "group.hush")}
        </button>
        <button type="button" className="button" onClick={() => setLeaving(true)}>
          {t("group.leave")}
        </button>
        <button type="button" className="button" onClick={() => setReporting(true)}>
          <Icon name="flag" size={18} />
          {t("report.group")}
        </button>
      </div>
      {reporting && (
        <ReportDialog
          what={view.name}
          to="group"
          send={(reason, note) =>
            hub.ask("POST /groups/{group}/reports", { path: { group: view.id }, body: { reason, note } })
          }
          onClose={() => setReporting(false)}
        />
      )}
      <FaultLine fault={fault} />
      {leaving && (
        <Dialog title={t("group.leave")} onClose={() => setLeaving(false)}>
          <p>{t("group.leaveSure", { name: view.name })}</p>
          <div className="acts end">
            <button type="button" className="button" onClick={() => setLeaving(false)}>
              {t("cancel")}
            </button>
            <button
              type="button"
              className="button danger"
              disabled={busy}
              onClick={() => {
                setLeaving(false);
                run(hub.groups.leave(view.id));
              }}
            >
              {t("group.leave")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function Pinned({ group }: { group: Group }) {
  const { t } = useTranslation();
  const pins = usePins(group);
  if (pins.length === 0) return null;
  return (
    <section className="panel" aria-labelledby="pinned">
      <h3 id="pinned">{t("group.pins")}</h3>
      <ul className="pinned">
        {pins.map((message) => (
          <li key={message.seq}>
            <strong>{message.author.name}</strong> {message.fallback}
          </li>
        ))}
      </ul>
    </section>
  );
}
