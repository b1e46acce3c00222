import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { tellHost } from "../../hub/host";
import type { Group } from "../../state/state";
import type { Talk } from "../../state/state";
import { useChosen, useHub } from "../../ui/context";
import { Icon, IconButton } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import type { WireMessage } from "../../wire";
import { Avatar } from "../../talk/Avatar";
import { Composer } from "../../talk/Composer";
import { useTyping } from "../../talk/typing";
import { type Jump, MessageList } from "../../talk/MessageList";
import type { Judge } from "../Report";
import { Reporting } from "../Reporting";
import { Barred, barOf } from "./Barred";
import { useNow } from "../../talk/time";
import { Notes } from "./Notes";
import { Tending } from "./Tending";
import { useSlow } from "../../talk/useSlow";

/** The chat of a group that one is in. */
export function GroupChat({ group, framed }: { group: Group; framed: boolean }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { view } = group;
  const { talk, fetched } = useMessages(view.id);
  const [replyTo, setReplyTo] = useState<WireMessage | null>(null);
  const jump = useRef<Jump>(null);
  return (
    <main className="chat">
      <header className="bar">
        {framed ? (
          <IconButton icon="close" label={t("close")} onClick={() => tellHost({ type: "weihub.close" })} />
        ) : (
          <a className="icon-button only-phone" href={hrefOf()} aria-label={t("back")}>
            <Icon name="back" />
          </a>
        )}
        <Avatar name={view.name} size={38} />
        <div className="bar-title">
          <h1>{view.name}</h1>
          <Subtitle talk={talk} members={view.members} />
        </div>
        <a
          className="icon-button"
          href={hrefOf("g", view.id, "about")}
          aria-label={t("group.about")}
          title={t("group.about")}
        >
          <Icon name="people" />
        </a>
      </header>
      <Notes group={group} onJump={(seq) => jump.current?.(seq)} />
      {talk === null || !fetched ? (
        <p className="soft pad grow" role="status">
          {t("loading")}
        </p>
      ) : (
        <Reporting
          judge={judgeOf}
          send={(seq, reason, note) =>
            hub.ask("POST /groups/{group}/reports", { path: { group: view.id }, body: { seq, reason, note } })
          }
        >
          <Tending view={view}>
            <MessageList key={talk.id} talk={talk} onReply={setReplyTo} jump={jump} />
          </Tending>
        </Reporting>
      )}
      {talk !== null && <Writing group={group} talk={talk} replyTo={replyTo} onDone={() => setReplyTo(null)} />}
    </main>
  );
}

/** What an owner or the account itself wrote is a matter of the account, which nobody in the group judges. */
function judgeOf({ author }: WireMessage): Judge {
  return author.role === "owner" || author.role === "bot" ? "hub" : "group";
}

interface WritingProps {
  group: Group;
  talk: Talk;
  replyTo: WireMessage | null;
  onDone: () => void;
}

/** Where one writes; while one may not, until when and why. */
function Writing({ group, talk, replyTo, onDone }: WritingProps) {
  const bar = barOf(group.view);
  const now = useNow(bar === null ? null : Date.parse(bar.until));
  const slow = useSlow(group.view, talk);
  if (bar !== null && Date.parse(bar.until) > now) return <Barred bar={bar} group={group.view} />;
  return (
    <Composer
      key={`write-${talk.id}`}
      talk={talk}
      replyTo={replyTo}
      onDone={onDone}
      group={{ id: group.view.id, role: group.view.role, media: group.view.order.media || slow.trusted }}
      slow={slow}
    />
  );
}

function Subtitle({ talk, members }: { talk: Talk | null; members: number }) {
  const { t } = useTranslation();
  const typing = useTyping(talk).length > 0;
  return (
    <p className="desk" role="status">
      {typing ? t("group.typing") : t("group.members", { count: members })}
    </p>
  );
}

/** The newest messages, once the connection stands. */
function useMessages(id: string): { talk: Talk | null; fetched: boolean } {
  const hub = useHub();
  const talk = useChosen((state) => state.talks[id] ?? null);
  const online = useChosen((state) => state.link === "online");
  const [fetched, setFetched] = useState(false);
  useEffect(() => {
    if (!online || fetched) return;
    hub.show(id).then(
      () => setFetched(true),
      () => undefined, // Lost on the way, and tried again when the connection is back.
    );
  }, [hub, id, online, fetched]);
  return { talk, fetched: fetched || (talk !== null && talk.messages.length > 0) };
}
