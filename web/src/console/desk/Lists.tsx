import { Input, Select, Tabs } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";

import { useChosen } from "../../ui/context";
import { hrefOf } from "../../ui/route";
import { Avatar } from "../../talk/Avatar";
import { useDay } from "../../talk/time";
import type { DeskEntry } from "../../wire";
import { useQueue } from "../attend/Attend";
import { Failed } from "../parts/Failed";
import { Nothing } from "../parts/Nothing";
import { useAsked, usePages } from "../parts/asked";
import { usePerson, usePlace } from "../person";
import { useNow } from "./live";
import { passed } from "./standing";

export const LISTS = ["queue", "mine", "all"] as const;
export type ListName = (typeof LISTS)[number];

const STATES = ["waiting", "operator", "bot", "closed"] as const;
const SHOWN = 100;

/** Who waits and what one holds, as they are now. */
export function useWork(handle: string) {
  const queue = useQueue(handle);
  const query = { of: "mine", limit: SHOWN } as const;
  const mine = useAsked("GET /accounts/{account}/desk", { path: { account: handle }, query });
  return { queue, mine };
}

interface ListsProps {
  work: ReturnType<typeof useWork>;
  list: ListName;
  current: string | undefined;
  onList: (list: ListName) => void;
}

/** The lists of the desk: the queue, mine, all. */
export function Lists({ work, list, current, onList }: ListsProps) {
  const { t } = useTranslation();
  const count = { queue: work.queue.value?.items.length ?? 0, mine: work.mine.value?.items.length ?? 0, all: 0 };
  return (
    <nav className="desk-lists" aria-label={t("desk.lists")}>
      <Tabs
        activeKey={list}
        onChange={(key) => onList(LISTS.find((one) => one === key) ?? "queue")}
        items={LISTS.map((key) => ({
          key,
          label: (
            <>
              {t(`desk.list.${key}`)}
              {count[key] > 0 && <span className="desk-count">{count[key] >= SHOWN ? `${SHOWN}+` : count[key]}</span>}
            </>
          ),
        }))}
      />
      {list === "queue" && <Work asked={work.queue} list={list} current={current} />}
      {list === "mine" && <Work asked={work.mine} list={list} current={current} />}
      {list === "all" && <All current={current} />}
    </nav>
  );
}

interface WorkProps {
  asked: ReturnType<typeof useWork>["queue"];
  list: "queue" | "mine";
  current: string | undefined;
}

function Work({ asked, list, current }: WorkProps) {
  const { t } = useTranslation();
  if (asked.fault !== null && asked.value === null) return <Failed fault={asked.fault} again={asked.again} />;
  if (asked.value === null) return <Loading />;
  if (asked.value.items.length === 0) return <Nothing what={t(`desk.none.${list}`)} next={t(`desk.none.${list}How`)} />;
  return <Rows items={asked.value.items} list={list} current={current} />;
}

function All({ current }: { current: string | undefined }) {
  const { t } = useTranslation();
  const place = usePlace();
  const [state, setState] = useState<(typeof STATES)[number] | null>(null);
  const [name, setName] = useState("");
  const wanted = useDeferredValue(name.trim());
  const query = { ...(state === null ? {} : { state }), ...(wanted === "" ? {} : { name: wanted }) };
  const pages = usePages("GET /accounts/{account}/desk", { path: { account: place.handle }, query });
  return (
    <>
      <div className="desk-find">
        <Input
          allowClear
          maxLength={64}
          value={name}
          aria-label={t("desk.find")}
          placeholder={t("desk.find")}
          onChange={(event) => setName(event.target.value)}
        />
        <Select
          aria-label={t("desk.state")}
          value={state ?? "any"}
          onChange={(value) => setState(STATES.find((one) => one === value) ?? null)}
          options={[
            { value: "any", label: t("desk.anyState") },
            ...STATES.map((one) => ({ value: one, label: t(`desk.states.${one}`) })),
          ]}
        />
      </div>
      {pages.fault !== null && <Failed fault={pages.fault} again={pages.again} />}
      {!pages.known && pages.fault === null && <Loading />}
      {pages.known && pages.items.length === 0 && pages.more === null && (
        <Nothing
          what={t(wanted === "" && state === null ? "desk.none.all" : "desk.none.found")}
          next={t(wanted === "" && state === null ? "desk.none.allHow" : "desk.none.foundHow")}
        />
      )}
      <Rows items={pages.items} list="all" current={current} />
      {pages.more !== null && (
        <button type="button" className="button wide" onClick={pages.more}>
          {t("console.more")}
        </button>
      )}
    </>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <p className="loading" role="status">
      {t("loading")}
    </p>
  );
}

interface RowsProps {
  items: readonly DeskEntry[];
  list: ListName;
  current: string | undefined;
}

function Rows({ items, list, current }: RowsProps) {
  const now = useNow(items.some((one) => one.waiting_since !== null));
  return (
    <ul className="desk-rows">
      {items.map((entry) => (
        <li key={entry.desk.conversation}>
          <Row entry={entry} list={list} current={entry.desk.conversation === current} now={now} />
        </li>
      ))}
    </ul>
  );
}

function Row({ entry, list, current, now }: { entry: DeskEntry; list: ListName; current: boolean; now: number }) {
  const { t } = useTranslation();
  const day = useDay();
  const place = usePlace();
  const { session } = usePerson();
  const { desk, buyer, last } = entry;
  const unread = useChosen((state) => state.talks[desk.conversation]?.unread ?? 0);
  const isMine = desk.operator?.id === session.person.id;
  const waited = entry.waiting_since === null ? null : passed(entry.waiting_since, now);
  return (
    <a
      className="desk-row"
      href={hrefOf(place.handle, "desk", list, desk.conversation, buyer.id)}
      aria-current={current ? "page" : undefined}
      data-conversation={desk.conversation}
    >
      <Avatar name={buyer.name} src={buyer.avatar} size={40} />
      <span className="desk-row-middle">
        <span className="desk-row-name">{buyer.name}</span>
        <span className="desk-row-text">
          {last === null ? "" : last.role === "follower" ? last.text : t("desk.ours", { text: last.text })}
        </span>
      </span>
      <span className="desk-row-end">
        {waited === null ? (
          <time dateTime={entry.last_at}>{day(entry.last_at)}</time>
        ) : (
          <span className="desk-waited" data-long={waited.minutes >= 3}>
            {t("desk.waited", waited)}
          </span>
        )}
        {isMine && unread > 0 ? (
          <span className="desk-unread">
            <span aria-hidden="true">{unread > 99 ? "99+" : unread}</span>
            <span className="hidden">{t("desk.unread", { count: unread })}</span>
          </span>
        ) : (
          list === "all" && (
            <span className="desk-state" data-state={desk.state}>
              {desk.state === "operator" ? (desk.operator?.name ?? "") : t(`desk.states.${desk.state}`)}
            </span>
          )
        )}
      </span>
    </a>
  );
}
