import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import type { Talk } from "../../state/state";
import { Composer, type Help } from "../../talk/Composer";
import { useHub } from "../../ui/context";
import type { CannedView, SuggestionView, WireMessage } from "../../wire";
import { Canned as Prepared } from "../account/Canned";
import { useAsked, useStale } from "../parts/asked";
import { Dialog } from "../parts/Dialog";
import { usePerson, usePlace } from "../person";
import { Canned } from "./Canned";
import { cannedFor } from "./cannedFor";
import type { Intent } from "./keys";
import { useMoves } from "./Moves";
import { rightOf } from "./standing";
import { Suggestions } from "./Suggestions";

interface WriteProps {
  talk: Talk;
  replyTo: WireMessage | null;
  onDone: () => void;
}

/** Where one answers, or why one does not: who holds the conversation is said before a word is written. */
export function Write({ talk, replyTo, onDone }: WriteProps) {
  const { t } = useTranslation();
  const { session } = usePerson();
  const { role } = usePlace();
  const { move, busy } = useMoves(talk.id);
  const right = rightOf(talk.desk, session.person.id, role);
  const name = talk.desk?.operator?.name ?? "";
  if (right === "theirs")
    return (
      <p className="desk-held" role="note">
        {t("desk.theirs", { name })}
      </p>
    );
  return (
    <>
      {right === "cutIn" && (
        <p className="desk-held" role="note">
          <span>{t("desk.cutIn", { name })}</span>
          <Button size="small" loading={busy} onClick={() => void move("assign", {}, session.person.id)}>
            {t("desk.takeOver")}
          </Button>
        </p>
      )}
      {right === "free" && <p className="desk-free">{t(`desk.free.${talk.desk?.state ?? "bot"}`)}</p>}
      <Answer talk={talk} replyTo={replyTo} onDone={onDone} />
    </>
  );
}

function Answer({ talk, replyTo, onDone }: WriteProps) {
  const { t } = useTranslation();
  const hub = useHub();
  const place = usePlace();
  const canned = useAsked("GET /accounts/{account}/canned", { path: { account: place.handle }, query: { limit: 200 } });
  const known = canned.value?.items ?? [];
  const suggestions = useSuggestions(talk);
  const [at, setAt] = useState(0);
  const [editing, setEditing] = useState(false);
  const write = useRef<((text: string) => void) | null>(null);
  const keep = (how: (text: string) => void): void => {
    write.current = how;
  };
  const send = (one: SuggestionView) => {
    for (const message of one.messages) hub.send(talk.id, message.kind, message.body);
  };
  const choose = (one: CannedView, fill: (text: string) => void) => {
    setAt(0);
    fill(one.text);
  };
  useOrders((intent) => {
    if (intent.is === "canned") write.current?.("/");
    const one = intent.is === "suggestion" ? suggestions[intent.at] : undefined;
    if (one !== undefined) send(one);
  });
  const help: Help = {
    above: (text, fill) => {
      const found = cannedFor(text, known);
      return (
        <>
          <Handle onReady={keep} fill={fill} />
          {found === null ? (
            <Suggestions items={suggestions} onSend={send} onEdit={(words) => fill(words)} />
          ) : (
            <Canned found={found} at={at} onUse={(one) => choose(one, fill)} onEdit={() => setEditing(true)} />
          )}
        </>
      );
    },
    key: (event, text, fill) => {
      const found = cannedFor(text, known);
      if (found === null || event.nativeEvent.isComposing) return false;
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step !== 0 && found.length > 0) {
        setAt((at + step + found.length) % found.length);
        return true;
      }
      const one = found[Math.min(at, found.length - 1)];
      if ((event.key === "Enter" || event.key === "Tab") && one !== undefined) {
        choose(one, fill);
        return true;
      }
      if (event.key !== "Escape") {
        setAt(0);
        return false;
      }
      event.stopPropagation();
      fill("");
      return true;
    },
  };
  return (
    <>
      <Composer talk={talk} replyTo={replyTo} onDone={onDone} help={help} hint={t("desk.hint")} />
      {editing && (
        <Dialog wide title={t("desk.canned")} onClose={() => setEditing(false)}>
          <Prepared />
        </Dialog>
      )}
    </>
  );
}

/** Lets keys that are pressed elsewhere write into the field. */
function Handle({ onReady, fill }: { onReady: (fill: (text: string) => void) => void; fill: (text: string) => void }) {
  useEffect(() => onReady(fill));
  return null;
}

function useOrders(on: (intent: Intent) => void): void {
  useEffect(() => {
    const hear = (event: Event) => on((event as CustomEvent<Intent>).detail);
    document.addEventListener("weihub.desk", hear);
    return () => document.removeEventListener("weihub.desk", hear);
  });
}

/** What the rules would answer, asked again when anything was said. */
function useSuggestions(talk: Talk): readonly SuggestionView[] {
  const stale = useStale();
  const asked = useAsked("GET /conversations/{conversation}/suggestions", { path: { conversation: talk.id } });
  const seen = useRef(talk.head);
  useEffect(() => {
    if (seen.current === talk.head) return;
    seen.current = talk.head;
    void stale("GET /conversations/{conversation}/suggestions");
  }, [stale, talk.head]);
  // While something of one's own is on its way, what it answers is answered.
  return talk.pending.length > 0 ? [] : (asked.value?.items ?? []).slice(0, 3);
}
