import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../hub/fault";
import { useChosen, useHub } from "../ui/context";
import { IconButton } from "../ui/icons";
import type { WireMessage } from "../wire";
import { useStance } from "./stance";

const RECALL_MS = 120_000;

/** What can be done with a message. */
export function Menu({
  message,
  mine,
  onReply,
}: {
  message: WireMessage;
  mine: boolean;
  onReply: (message: WireMessage) => void;
}) {
  const { t } = useTranslation();
  const hub = useHub();
  const { acts } = useStance();
  const online = useChosen((state) => state.link === "online");
  const [shown, setShown] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [now, setNow] = useState(0);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!shown) return;
    place.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    const away = (event: Event) => {
      if (event instanceof KeyboardEvent ? event.key === "Escape" : !place.current?.contains(event.target as Node))
        setShown(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", away);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", away);
    };
  }, [shown]);
  const mayRecall = mine && online && now - Date.parse(message.at) < RECALL_MS;
  const items: { label: string; act: () => void }[] = [
    { label: t("chat.reply"), act: () => onReply(message) },
    { label: t("chat.copy"), act: () => void navigator.clipboard.writeText(message.fallback).catch(() => undefined) },
    ...(mayRecall
      ? [
          {
            label: t("chat.recall"),
            act: () =>
              void hub.recall(message.conversation, message.seq).catch((thrown: unknown) => {
                setFault(faultOf(thrown).fault?.message ?? t("lost"));
              }),
          },
        ]
      : []),
    ...acts(message),
  ];
  return (
    <div className="menu" ref={place}>
      <IconButton
        icon="more"
        label={t("chat.actions")}
        aria-haspopup="menu"
        aria-expanded={shown}
        onClick={() => {
          setNow(Date.now());
          setShown((before) => !before);
        }}
      />
      {shown && (
        <div className="menu-items" role="menu" tabIndex={-1} onKeyDown={walk}>
          {items.map(({ label, act }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              onClick={() => {
                setShown(false);
                act();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
      {fault !== null && (
        <p className="fault menu-fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}

function walk(event: React.KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}
