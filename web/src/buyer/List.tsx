import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import { byTime, type Talk } from "../state/state";
import { useChosen, useHub } from "../ui/context";
import { Icon } from "../ui/icons";
import { hrefOf } from "../ui/route";
import type { AccountCard } from "../wire";
import { Avatar } from "../talk/Avatar";
import { Cards } from "./Cards";
import { Finder } from "./Finder";
import { useDay } from "../talk/time";
import { Invitations } from "./Invitations";

/** Conversations with what is unread, and the accounts one follows. */
export function List({ current }: { current: string }) {
  const { t } = useTranslation();
  const hub = useHub();
  const talks = useChosen((state) => state.talks);
  const listed = useChosen((state) => state.listed);
  const cursor = useChosen((state) => state.cursor);
  const sorted = useMemo(() => byTime({ ...hub.store.get(), talks }).filter((talk) => talk.title !== ""), [talks, hub]);
  const followed = useFollowed(listed);
  const others = followed.filter(
    (one) => !sorted.some((talk) => talk.kind === "direct" && talk.account === one.handle),
  );
  return (
    <nav className="list" aria-label={t("list.title")}>
      <header className="bar">
        <h1>{t("list.title")}</h1>
        <a
          className="icon-button"
          href={hrefOf("settings")}
          aria-label={t("settings.title")}
          title={t("settings.title")}
        >
          <Icon name="settings" />
        </a>
      </header>
      <Finder />
      {!listed && <p className="soft pad">{t("loading")}</p>}
      {listed && sorted.length === 0 && <p className="soft pad">{t("list.empty")}</p>}
      <Invitations current={current} />
      <ul className="rows">
        {sorted.map((talk) => (
          <TalkRow key={talk.id} talk={talk} current={(talk.kind === "group" ? talk.id : talk.account) === current} />
        ))}
      </ul>
      {cursor !== null && (
        <button type="button" className="button wide" onClick={() => void hub.more().catch(() => undefined)}>
          {t("list.more")}
        </button>
      )}
      {others.length > 0 && (
        <>
          <h2 className="pad soft">{t("list.followed")}</h2>
          <Cards cards={others} current={current} />
        </>
      )}
    </nav>
  );
}

function TalkRow({ talk, current }: { talk: Talk; current: boolean }) {
  const { t } = useTranslation();
  const day = useDay();
  const failed = talk.pending.some((one) => one.state === "failed");
  const said = talk.pending.at(-1);
  const isGroup = talk.kind === "group";
  const last =
    isGroup && talk.last !== null && talk.last.kind !== "system" ? `${talk.last.author.name}${t("colon")}` : "";
  const text =
    said === undefined ? last + (talk.last?.fallback ?? "") : "text" in said.body ? (said.body.text ?? "") : "…";
  return (
    <li>
      <a
        className="row"
        href={isGroup ? hrefOf("g", talk.id) : hrefOf("c", talk.account)}
        aria-current={current ? "page" : undefined}
      >
        <Avatar name={talk.title} />
        <span className="row-middle">
          <span className="row-title with-tag">
            <span className="row-name">{talk.title}</span>
            {isGroup && <span className="tag">{t("group.tag")}</span>}
          </span>
          <span className="row-text">
            {failed && <Icon name="alert" size={16} />}
            {talk.called.length > 0 && <span className="row-called">{t("group.calledYou")}</span>}
            <span className="row-said">{text}</span>
          </span>
        </span>
        <span className="row-end">
          <time dateTime={talk.last?.at}>{talk.last === null ? "" : day(talk.last.at)}</time>
          {talk.muted && <Icon name="hush" size={16} />}
          {talk.unread > 0 && (
            <span className="badge" data-muted={talk.muted}>
              <span aria-hidden="true">{talk.unread > 99 ? "99+" : talk.unread}</span>
              <span className="hidden">{t("list.unread", { count: talk.unread })}</span>
            </span>
          )}
        </span>
      </a>
    </li>
  );
}

function useFollowed(listed: boolean): readonly AccountCard[] {
  const hub = useHub();
  const [followed, setFollowed] = useState<readonly AccountCard[]>([]);
  const online = useChosen((state) => state.link === "online");
  useEffect(() => {
    if (!listed || !online) return;
    hub.ask("GET /me/following", { query: { limit: 200 } }).then(
      (page) => setFollowed(page.items.map((one) => one.account)),
      () => undefined,
    );
  }, [hub, listed, online]);
  return followed;
}
