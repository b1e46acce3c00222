import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { tellHost } from "../hub/host";
import { faultOf } from "../hub/fault";
import type { State, Talk } from "../state/state";
import { useChosen, useHub } from "../ui/context";
import { Icon, IconButton } from "../ui/icons";
import { hrefOf } from "../ui/route";
import type { WireMessage } from "../wire";
import { Avatar } from "../talk/Avatar";
import { Composer } from "../talk/Composer";
import { DeskLine } from "./DeskLine";
import { MessageList } from "../talk/MessageList";
import { NotFollowing } from "./NotFollowing";
import { ReportAccount } from "./ReportAccount";
import { Reporting } from "./Reporting";

const AGAIN_MS = 2_000;

/** The conversation with an account. */
export function Chat({ account, framed }: { account: string; framed: boolean }) {
  const { t } = useTranslation();
  const hub = useHub();
  const { talk, fault, follow } = useOpen(account);
  const [replyTo, setReplyTo] = useState<WireMessage | null>(null);
  const name = useName(account, talk === null);
  const title = talk?.title ?? name;
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
        <Avatar name={title} size={38} />
        <div className="bar-title">
          <h1>{title}</h1>
          <DeskLine talk={talk} />
        </div>
        {!framed && (
          <a
            className="icon-button"
            href={hrefOf("a", account)}
            aria-label={t("account.view")}
            title={t("account.view")}
          >
            <Icon name="shop" />
          </a>
        )}
        <ReportAccount handle={account} name={title} small />
      </header>
      {fault?.code === "not_following" && <NotFollowing account={account} onFollowed={follow} />}
      {fault !== null && fault.code !== "not_following" && fault.code !== "lost" && (
        <p className="fault" role="alert">
          {fault.message}
        </p>
      )}
      {talk === null ? (
        <p className="soft pad grow">{fault === null ? t("loading") : ""}</p>
      ) : (
        <Reporting
          judge={() => "hub"}
          send={(seq, reason, note) =>
            hub.ask("POST /accounts/{account}/reports", { path: { account }, body: { seq, reason, note } })
          }
        >
          <MessageList key={talk.id} talk={talk} onReply={setReplyTo} />
        </Reporting>
      )}
      {talk !== null && (
        <Composer key={`write-${talk.id}`} talk={talk} replyTo={replyTo} onDone={() => setReplyTo(null)} />
      )}
    </main>
  );
}

function talkOf(state: State, account: string): Talk | null {
  return Object.values(state.talks).find((talk) => talk.kind === "direct" && talk.account === account) ?? null;
}

/** What an account is called, while there is no conversation that says so. */
function useName(account: string, wanted: boolean): string {
  const hub = useHub();
  const [name, setName] = useState("");
  useEffect(() => {
    if (!wanted) return;
    hub.ask("GET /accounts/{account}", { path: { account } }).then(
      (found) => setName(found.name),
      () => undefined, // opening the conversation tells the person what is wrong
    );
  }, [hub, account, wanted]);
  return name;
}

/** Open the conversation, and again each time the connection is back. */
function useOpen(account: string) {
  const hub = useHub();
  const talk = useChosen((state) => talkOf(state, account));
  const online = useChosen((state) => state.link === "online");
  const [fault, setFault] = useState<ReturnType<typeof faultOf> | null>(null);
  const [opened, setOpened] = useState(false);
  const open = () => {
    hub.open(account).then(
      () => {
        setOpened(true);
        setFault(null);
      },
      (thrown: unknown) => setFault(faultOf(thrown)),
    );
  };
  // No answer came, though the connection stands: ask again.
  const lost = fault?.code === "lost" && online && !opened;
  useEffect(() => {
    if (!lost) return;
    const timer = setInterval(open, AGAIN_MS);
    return () => clearInterval(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `open` is new in each render and means the same
  }, [lost]);
  useEffect(() => {
    if (online && !opened) open();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `open` is new in each render and means the same
  }, [online, account]);
  const follow = () => {
    setFault(null);
    open();
  };
  return {
    talk: talk !== null && (talk.messages.length > 0 || talk.head === 0 || opened) ? talk : null,
    fault,
    follow,
  };
}
