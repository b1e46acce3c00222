import "../../talk/talk.css";
import "./desk.css";

import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../ui/context";
import { IconButton } from "../../ui/icons";
import { hrefOf } from "../../ui/route";
import { setSound, useSound } from "../attend/alarm";
import { useStale } from "../parts/asked";
import { useDoing } from "../parts/doing";
import { usePlace } from "../person";
import { Keys } from "./Keys";
import { intentOf, type Intent } from "./keys";
import { LISTS, type ListName, Lists, useWork } from "./Lists";
import { Room } from "./Room";

/** The desk: who waits, what one holds, everything; and the conversation one is in. `#/ACCOUNT/desk/LIST/CONVERSATION/BUYER`. */
export function Desk({ path }: { path: string[] }) {
  const { t } = useTranslation();
  const place = usePlace();
  const [asked, conversation, buyer] = path;
  const list = LISTS.find((one) => one === asked) ?? "queue";
  const work = useWork(place.handle);
  const [help, setHelp] = useState(false);
  const sound = useSound();
  const onList = (to: ListName) =>
    globalThis.location.assign(hrefOf(place.handle, "desk", to, ...[conversation, buyer].filter(isThere)));
  useKeys(conversation, (intent) => {
    if (intent.is === "help") setHelp(true);
    if (intent.is === "list") onList(LISTS[intent.at] ?? "queue");
    if (intent.is === "back" && conversation !== undefined) leave(hrefOf(place.handle, "desk", list));
  });
  return (
    <section className="desk-room" data-open={conversation !== undefined}>
      <div className="desk-left">
        <header className="desk-head">
          <h1>{t("desk.title")}</h1>
          <IconButton
            icon={sound ? "bell" : "hush"}
            label={t(sound ? "desk.soundOn" : "desk.soundOff")}
            aria-pressed={sound}
            onClick={() => setSound(!sound)}
          />
          <IconButton icon="keyboard" label={t("desk.keys")} onClick={() => setHelp(true)} />
        </header>
        <Lists work={work} list={list} current={conversation} onList={onList} />
      </div>
      {conversation === undefined ? (
        <div className="desk-nobody">
          <p className="soft">{t("desk.choose")}</p>
        </div>
      ) : (
        <Room key={conversation} conversation={conversation} buyer={buyer} back={hrefOf(place.handle, "desk", list)} />
      )}
      {help && <Keys onClose={() => setHelp(false)} />}
    </section>
  );
}

function isThere(part: string | undefined): part is string {
  return part !== undefined;
}

/** Go back to the list, with the focus on the row one came from. */
function leave(to: string): void {
  const open = document.querySelector<HTMLElement>(".desk-row[aria-current=page]");
  globalThis.location.assign(to);
  open?.focus();
}

/** The keys of the desk, as long as no dialog is open. What belongs to the conversation is told to it by an event. */
function useKeys(conversation: string | undefined, on: (intent: Intent) => void): void {
  const hub = useHub();
  const stale = useStale();
  const { run } = useDoing();
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const target = event.target instanceof HTMLElement ? event.target : document.body;
      if (event.defaultPrevented || event.isComposing || target.closest("dialog, .ant-drawer, [role=menu]")) return;
      const writing = target.matches("input, textarea, select, [contenteditable=true], [role=combobox]");
      const intent = intentOf(event, writing);
      if (intent === null) return;
      if (intent.is === "walk" && target.closest(".messages, [role=tablist]") !== null) return;
      const field = document.querySelector<HTMLTextAreaElement>(".desk-talk textarea");
      if (intent.is === "back" && writing) {
        event.preventDefault();
        target.blur();
        document.querySelector<HTMLElement>(".desk-row[aria-current=page]")?.focus();
        return;
      }
      event.preventDefault();
      if (intent.is === "walk") walk(intent.step);
      else if (intent.is === "write") field?.focus();
      else if (intent.is === "canned" || intent.is === "suggestion")
        document.dispatchEvent(new CustomEvent("weihub.desk", { detail: intent }));
      else if (intent.is === "claim") {
        const wanted = document.activeElement?.closest<HTMLElement>(".desk-row")?.dataset["conversation"];
        const which = wanted ?? conversation;
        if (which !== undefined)
          void run(() => hub.move("claim", { conversation: which })).then(() => stale("GET /accounts/{account}/desk"));
      } else on(intent);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [conversation, hub, on, run, stale]);
}

/** Go to the next row of the list, or the one before. */
function walk(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(".desk-row")];
  const at = rows.findIndex((row) => row === document.activeElement);
  const from = at < 0 ? rows.findIndex((row) => row.getAttribute("aria-current") === "page") : at;
  const next = from < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.max(0, Math.min(rows.length - 1, from + step));
  rows[next]?.focus();
}
