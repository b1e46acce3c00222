import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf } from "../hub/fault";
import { useChosen, useHub } from "../ui/context";
import { IconButton } from "../ui/icons";
import type { WireMessage } from "../wire";
import { MenuItems } from "./MenuItems";
import { type Act, useStance } from "./stance";

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
  const opener = useRef<HTMLButtonElement>(null);
  const close = useCallback(() => setShown(false), []);
  const mayRecall = mine && online && now - Date.parse(message.at) < RECALL_MS;
  const items: Act[] = [
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
    <div className="menu">
      <IconButton
        ref={opener}
        icon="more"
        label={t("chat.actions")}
        aria-haspopup="menu"
        aria-expanded={shown}
        onClick={() => {
          setNow(Date.now());
          setShown((before) => !before);
        }}
      />
      {shown && <MenuItems opener={opener} items={items} onClose={close} />}
      {fault !== null && (
        <p className="fault menu-fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
