import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Group } from "../../state/state";
import { useHub } from "../../ui/context";
import { Icon, IconButton } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import type { GroupView, WireMessage } from "../../wire";
import { Linked } from "../../talk/Linked";
import { useMoment } from "../../talk/time";
import { AppealNote } from "./Appeal";
import { useWaiting } from "./useWaiting";

/** What stands above a group's messages: its announcement, until one puts it away, and what is pinned. */
export function Notes({ group, onJump }: { group: Group; onJump: (seq: number) => void }) {
  const { view } = group;
  const [away, setAway] = useState(() => putAway(view.id));
  const told = view.announcement;
  return (
    <div className="notes">
      <AppealNote group={view.id} />
      {group.warning !== null && <WarningNote group={group} />}
      {told !== null && told.at !== away && (
        <AnnouncementNote
          told={told}
          onClose={() => {
            keepAway(view.id, told.at);
            setAway(told.at);
          }}
        />
      )}
      <PinNote group={group} onJump={onJump} />
      <WaitingNote view={view} />
    </div>
  );
}

function WarningNote({ group }: { group: Group }) {
  const { t } = useTranslation();
  const hub = useHub();
  return (
    <section className="note warning" role="alert">
      <Icon name="alert" size={18} />
      <p className="note-text">
        {t("group.warned")} {group.warning !== "" && t("group.reason", { reason: group.warning ?? "" })}
      </p>
      <IconButton
        icon="close"
        label={t("close")}
        onClick={() => hub.store.tell({ event: "heeded", group: group.view.id })}
      />
    </section>
  );
}

function AnnouncementNote({ told, onClose }: { told: NonNullable<GroupView["announcement"]>; onClose: () => void }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const [open, setOpen] = useState(false);
  return (
    <section className="note" aria-label={t("group.announcement")} data-open={open}>
      <Icon name="horn" size={18} />
      <button type="button" className="note-text" aria-expanded={open} onClick={() => setOpen((before) => !before)}>
        <span className="note-words">
          <strong>{t("group.announcement")}</strong> {told.text}
        </span>
        {open && <span className="soft note-when">{t("group.announced", { date: moment(told.at) })}</span>}
      </button>
      <IconButton icon="close" label={`${t("close")}${t("colon")}${t("group.announcement")}`} onClick={onClose} />
    </section>
  );
}

/** The newest of what is pinned; a tap leads to where it was said. */
function PinNote({ group, onJump }: { group: Group; onJump: (seq: number) => void }) {
  const { t } = useTranslation();
  const pins = usePins(group);
  const [open, setOpen] = useState(false);
  const newest = pins[0];
  if (newest === undefined) return null;
  const shown = open ? pins : [newest];
  return (
    <section className="note pins" aria-label={t("group.pins")}>
      <Icon name="pin" size={18} />
      <ul>
        {shown.map((message) => (
          <li key={message.seq}>
            <button type="button" className="note-text" title={t("group.jump")} onClick={() => onJump(message.seq)}>
              <span className="note-words">
                <strong>{message.author.name}</strong> {message.fallback}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {pins.length > 1 && (
        <button
          type="button"
          className="link"
          aria-expanded={open}
          onClick={() => setOpen((before) => !before)}
          aria-label={`${t("group.pinsCount", { count: pins.length })}${t("comma")}${t(open ? "group.showLess" : "group.showAll")}`}
        >
          {open ? t("group.showLess") : t("group.pinsCount", { count: pins.length })}
        </button>
      )}
    </section>
  );
}

/** To who moderates: what waits for them, and the way there. */
function WaitingNote({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const held = useWaiting(view, "held");
  const cases = useWaiting(view, "cases");
  const asking = useWaiting(view, "requests");
  const told = Object.entries({ held, cases, asking }).flatMap(([what, { items, more }]) => {
    const count = items?.length ?? 0;
    return count === 0 ? [] : [t(`${what}.${more ? "waitingMore" : "waiting"}`, { count })];
  });
  if (told.length === 0) return null;
  return (
    <section className="note" aria-label={t("tend.title")}>
      <Icon name="shield" size={18} />
      <p className="note-text" role="status">
        <a href={hrefOf("g", view.id, "about")}>{told.join(" · ")}</a>
      </p>
    </section>
  );
}

/** The messages that are pinned, as far as they are for this person to see, the newest pin first. */
export function usePins(group: Group): WireMessage[] {
  const hub = useHub();
  const id = group.view.id;
  const seqs = (group.pins ?? []).map((pin) => pin.seq).join();
  const [found, setFound] = useState<{ seqs: string; messages: WireMessage[] }>({ seqs: "", messages: [] });
  useEffect(() => {
    if (seqs === "") return;
    let gone = false;
    Promise.all(seqs.split(",").map((seq) => hub.groups.message(id, Number(seq)).catch(() => null))).then(
      (all) => gone || setFound({ seqs, messages: all.filter((one) => one !== null && one.kind !== "system") }),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, [hub, id, seqs]);
  return found.seqs === seqs ? found.messages : [];
}

export function AnnouncementText({ view }: { view: GroupView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  if (view.announcement === null) return null;
  return (
    <section className="panel" aria-labelledby="announced">
      <h3 id="announced">{t("group.announcement")}</h3>
      <Linked text={view.announcement.text} />
      <p className="soft">{t("group.announced", { date: moment(view.announcement.at) })}</p>
    </section>
  );
}

function putAway(id: string): string | null {
  try {
    return localStorage.getItem(`weihub.announced.${id}`);
  } catch {
    return null; // A browser that keeps nothing shows it again.
  }
}

function keepAway(id: string, at: string): void {
  try {
    localStorage.setItem(`weihub.announced.${id}`, at);
  } catch {
    // As above.
  }
}
