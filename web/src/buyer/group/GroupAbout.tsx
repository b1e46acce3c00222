import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Group } from "../../state/state";
import { useHub } from "../../ui/context";
import { Icon } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import { Avatar } from "../../talk/Avatar";
import { Dialog } from "../Dialog";
import { ReportDialog } from "../Report";
import { Linked } from "../../talk/Linked";
import { Cover, useRun } from "./Door";
import { Members } from "./Members";
import { AnnouncementText, usePins } from "./Notes";
import { useOwner } from "./useGroup";

/** What there is to know about a group that one is in, and what is one's own to set. */
export function GroupAbout({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { view } = group;
  const { owner } = useOwner(view.account);
  return (
    <main className="page">
      <header className="bar">
        <a className="icon-button" href={hrefOf("g", view.id)} aria-label={t("group.toChat")}>
          <Icon name="back" />
        </a>
        <h1>{t("group.about")}</h1>
      </header>
      <Cover src={view.cover} />
      <div className="page-body">
        <div className="about">
          <Avatar name={view.name} size={72} />
          <div>
            <h2>{view.name}</h2>
            <p className="soft">
              {t("group.members", { count: view.members })} · {t(`group.joining.${view.joining}`)}
            </p>
          </div>
        </div>
        {owner !== null && (
          <a className="owner-link" href={hrefOf("a", owner.handle)}>
            <Icon name="shop" size={18} />
            {t("group.of", { account: owner.name })}
          </a>
        )}
        {view.about !== "" && (
          <p className="about-text">
            <Linked text={view.about} />
          </p>
        )}
        <Own group={group} />
        <AnnouncementText view={view} />
        <Pinned group={group} />
        {view.rules !== "" && (
          <section className="panel" aria-labelledby="rules">
            <h3 id="rules">{t("group.rules")}</h3>
            <Linked text={view.rules} />
          </section>
        )}
        <Members group={view.id} />
      </div>
    </main>
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
          send={(reason, note) =>
            hub.ask("POST /groups/{group}/reports", { path: { group: view.id }, body: { reason, note } })
          }
          onClose={() => setReporting(false)}
        />
      )}
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
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
