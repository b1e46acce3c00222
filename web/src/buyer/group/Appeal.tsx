import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useThrownSaid } from "../../talk/faults";
import { Linked } from "../../talk/Linked";
import { useMoment } from "../../talk/time";
import { useChosen, useHub } from "../../ui/context";
import { Icon, IconButton } from "../../ui/icons";
import type { AppealThread, AppealView } from "../../wire";
import { Dialog } from "../Dialog";
import { FaultLine } from "../FaultLine";
import { type Against, useAppeal } from "./useAppeal";

const LONGEST = 1_000;
const MESSAGES = 20;
const MINE = 10;

interface AppealProps {
  group: string;
  /** Whose group it is; null where the group is not shown to this person. */
  account: string | null;
  against: Against;
  /** Shown only where there is an appeal already. */
  quiet?: boolean;
  /** The sanction was lifted. */
  onLifted?: () => void;
}

/** Say once why one's own mute or ban is wrong, and read what becomes of it. */
export function Appeal({ group, account, against, quiet, onLifted }: AppealProps) {
  const { t } = useTranslation();
  const { found, again, appeal, say } = useAppeal(group, account, against);
  const [open, setOpen] = useState(false);
  const state = found.thread?.appeal.state;
  useEffect(() => {
    if (state === "lifted") onLifted?.();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `onLifted` is new in each render and means the same
  }, [state]);
  if (quiet === true && found.thread === null) return null;
  return (
    <>
      <button type="button" className="button appeal-open" onClick={() => setOpen(true)}>
        {t(state === undefined ? "appeal.act" : `appeal.see.${state}`)}
      </button>
      {open && (
        <Dialog title={t("appeal.title")} onClose={() => setOpen(false)}>
          {found.thread !== null ? (
            <Thread thread={found.thread} say={say} />
          ) : found.known ? (
            <>
              <p className="soft">{t("appeal.says")}</p>
              <Writing label={t("appeal.text")} act={t("appeal.send")} send={appeal} />
            </>
          ) : (
            <Reading fault={found.fault} again={again} />
          )}
        </Dialog>
      )}
    </>
  );
}

function Reading({ fault, again }: { fault: unknown; again: () => void }) {
  const { t } = useTranslation();
  const told = useThrownSaid();
  if (fault === null) return <p role="status">{t("loading")}</p>;
  return (
    <>
      <FaultLine fault={told(fault)} />
      <div className="acts end">
        <button type="button" className="button" onClick={again}>
          {t("chat.retry")}
        </button>
      </div>
    </>
  );
}

/** What both sides said, how it stands, and room for another word while it is open. */
function Thread({ thread, say }: { thread: AppealThread; say: (text: string) => Promise<void> }) {
  const { t } = useTranslation();
  const moment = useMoment();
  const me = useChosen((state) => state.me?.id ?? "");
  const { appeal, items } = thread;
  const mine = items.filter((one) => one.author.id === appeal.person.id).length;
  const isFull = items.length >= MESSAGES || mine >= MINE;
  return (
    <>
      <Standing appeal={appeal} />
      <ol className="appeal-said" aria-label={t("appeal.thread")} tabIndex={0}>
        {items.map((one) => (
          <li key={one.number} data-mine={one.author.id === me}>
            <p className="soft">
              {one.author.id === me ? t("chat.you") : one.author.name || t("group.role.moderator")} · {moment(one.at)}
            </p>
            <p>
              <Linked text={one.text} />
            </p>
          </li>
        ))}
      </ol>
      {appeal.state === "open" &&
        (isFull ? (
          <p className="soft">{t("appeal.full")}</p>
        ) : (
          <Writing label={t("appeal.more")} act={t("appeal.add")} send={say} />
        ))}
    </>
  );
}

/** Whether it waits, for whom, or what was decided and why. */
function Standing({ appeal }: { appeal: AppealView }) {
  const { t } = useTranslation();
  const moment = useMoment();
  return (
    <div className="told" role="status" data-state={appeal.state}>
      <p>
        <strong>{t(`appeal.state.${appeal.state}`)}</strong>
      </p>
      {appeal.decided === null ? (
        <p>{t(appeal.sole ? "appeal.sole" : "appeal.other")}</p>
      ) : (
        <p>
          {t("group.reason", { reason: appeal.decided.reason })}{" "}
          <span className="soft">{moment(appeal.decided.at)}</span>
        </p>
      )}
    </div>
  );
}

function Writing({ label, act, send }: { label: string; act: string; send: (text: string) => Promise<void> }) {
  const { t } = useTranslation();
  const told = useThrownSaid();
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const submit = async () => {
    setBusy(true);
    setFault(null);
    try {
      await send(text.trim());
      setText("");
    } catch (thrown) {
      setFault(told(thrown));
    }
    setBusy(false);
  };
  return (
    <form
      className="report"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label className="field">
        {label}
        <textarea rows={4} maxLength={LONGEST} value={text} onChange={(event) => setText(event.target.value)} />
      </label>
      <FaultLine fault={fault} />
      <div className="acts end">
        <span className="soft">{t("appeal.left", { count: LONGEST - text.length })}</span>
        <button className="button main" disabled={busy || text.trim() === ""}>
          {act}
        </button>
      </div>
    </form>
  );
}

/** Above the messages: a mute was lifted on appeal, and why, until one puts it away. */
export function AppealNote({ group }: { group: string }) {
  const { t } = useTranslation();
  const hub = useHub();
  const [appeal, setAppeal] = useState<AppealView | null>(null);
  useEffect(
    () =>
      hub.hear((fact) => {
        const { kind, group: where, ref } = fact.event === "notice" ? fact.data : { kind: "", group: "", ref: null };
        if (kind !== "appeal" || where !== group || typeof ref !== "string") return;
        hub.ask("GET /appeals/{appeal}/messages", { path: { appeal: ref } }).then(
          (thread) => {
            const isMine = thread.appeal.person.id === hub.store.get().me?.id;
            if (isMine && thread.appeal.state === "lifted") setAppeal(thread.appeal);
          },
          () => undefined, // Lost on the way: that one may write again is seen without it.
        );
      }),
    [hub, group],
  );
  if (appeal === null) return null;
  return (
    <section className="note warning" role="status">
      <Icon name="check" size={18} />
      <p className="note-text">
        {t("appeal.state.lifted")} {t("group.reason", { reason: appeal.decided?.reason ?? "" })}
      </p>
      <IconButton icon="close" label={t("close")} onClick={() => setAppeal(null)} />
    </section>
  );
}
