import { Drawer } from "antd";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../../hub/fault";
import type { Talk } from "../../state/state";
import { Avatar } from "../../talk/Avatar";
import { MessageList } from "../../talk/MessageList";
import { type Stance, StanceProvider } from "../../talk/stance";
import { useTyping } from "../../talk/typing";
import { useChosen } from "../../ui/context";
import { Icon, IconButton } from "../../ui/icons";
import type { WireMessage } from "../../wire";
import { Failed } from "../parts/Failed";
import { useAsked } from "../parts/asked";
import { usePerson, usePlace } from "../person";
import { Why } from "../trace/Why";
import { useVisit } from "./live";
import { Moves } from "./Moves";
import { Side } from "./Side";
import { rightOf } from "./standing";
import { Write } from "./Write";

interface RoomProps {
  conversation: string;
  buyer: string | undefined;
  /** Where the list is. */
  back: string;
}

/** A conversation at the desk, and beside it what is known of the buyer. */
export function Room({ conversation, buyer, back }: RoomProps) {
  const { t } = useTranslation();
  const talk = useChosen((state) => state.talks[conversation] ?? null);
  const { fault, ready } = useVisit(conversation);
  const person = buyer ?? talk?.messages.find((message) => message.author.role === "follower")?.author.id ?? null;
  const [about, setAbout] = useState(false);
  const [replyTo, setReplyTo] = useState<WireMessage | null>(null);
  const [why, setWhy] = useState<number | null>(null);
  const name = useName(person, talk);
  return (
    <>
      <div className="desk-talk">
        <header className="desk-talk-head">
          <a className="icon-button desk-back" href={back} aria-label={t("back")}>
            <Icon name="back" />
          </a>
          <Avatar name={name} size={36} />
          <div className="desk-talk-title">
            <h2>{name}</h2>
            <Standing talk={talk} />
          </div>
          {talk !== null && <Moves talk={talk} />}
          <IconButton
            icon="person"
            label={t("desk.about", { name })}
            className="desk-about"
            aria-expanded={about}
            onClick={() => setAbout(true)}
          />
        </header>
        {fault !== null && <Failed fault={faultOf(fault)} />}
        {talk === null || !ready ? (
          <p className="loading" role="status">
            {fault === null ? t("loading") : ""}
          </p>
        ) : (
          <Conversation talk={{ ...talk, title: name }} onReply={setReplyTo} onWhy={setWhy} />
        )}
        {talk !== null && ready && <Write talk={talk} replyTo={replyTo} onDone={() => setReplyTo(null)} />}
      </div>
      {person !== null && (
        <aside className="desk-side" aria-label={t("desk.about", { name })}>
          <Side person={person} conversation={conversation} />
        </aside>
      )}
      {about && person !== null && (
        <Drawer open title={name} size={360} onClose={() => setAbout(false)} destroyOnHidden>
          <Side person={person} conversation={conversation} />
        </Drawer>
      )}
      {why !== null && talk !== null && <Why talk={talk} seq={why} onClose={() => setWhy(null)} />}
    </>
  );
}

/** What the buyer is called: as they wrote, or as the profile says. */
function useName(person: string | null, talk: Talk | null): string {
  const place = usePlace();
  const known = useAsked(
    "GET /accounts/{account}/followers/{person}/profile",
    person === null ? null : { path: { account: place.handle, person } },
  );
  const said = talk?.messages.findLast((message) => message.author.role === "follower")?.author.name;
  return known.value?.person.name ?? said ?? talk?.title ?? "";
}

interface ConversationProps {
  talk: Talk;
  onReply: (message: WireMessage) => void;
  onWhy: (seq: number) => void;
}

function Conversation({ talk, onReply, onWhy }: ConversationProps) {
  const { t } = useTranslation();
  const me = usePerson().session.person.id;
  const { role } = usePlace();
  const isMine = rightOf(talk.desk, me, role) === "mine";
  const foot = useCallback(
    (message: WireMessage) =>
      message.author.role === "bot" && (
        <button type="button" className="link desk-why" onClick={() => onWhy(message.seq)}>
          {t("trace.why")}
        </button>
      ),
    [onWhy, t],
  );
  const stance = useMemo<Stance>(
    () => ({
      ours: (message) => message.author.role !== "follower",
      acts: (message) =>
        message.author.role === "follower" || message.author.role === "bot"
          ? [{ label: t("trace.why"), act: () => onWhy(message.seq) }]
          : [],
      foot,
      choose: false,
      reads: isMine,
    }),
    [foot, isMine, onWhy, t],
  );
  return (
    <StanceProvider value={stance}>
      <MessageList talk={talk} onReply={onReply} />
    </StanceProvider>
  );
}

/** Who has the conversation, who else looks at it, and who types: before anybody writes. */
function Standing({ talk }: { talk: Talk | null }) {
  const { t } = useTranslation();
  const me = usePerson().session.person.id;
  const types = useTyping(talk);
  const others = (talk?.looking ?? []).filter((one) => one.id !== me);
  if (talk?.desk === undefined || talk.desk === null) return <p className="desk-standing" role="status" />;
  const { state, operator, position } = talk.desk;
  const standing =
    state === "operator"
      ? operator?.id === me
        ? t("desk.heldByMe")
        : t("desk.heldBy", { name: operator?.name ?? "" })
      : state === "waiting" && typeof position === "number"
        ? t("desk.place", { position })
        : t(`desk.states.${state}`);
  const colleagues = others.map((one) =>
    t(types.includes(one.id) ? "desk.alsoTypes" : "desk.alsoLooks", { name: one.name }),
  );
  const buyerTypes = types.some((person) => !person.startsWith("staff:"));
  return (
    <p className="desk-standing" role="status" data-state={state}>
      <span>{buyerTypes ? t("desk.buyerTypes") : standing}</span>
      {colleagues.length > 0 && <strong>{colleagues.join(t("list"))}</strong>}
    </p>
  );
}
