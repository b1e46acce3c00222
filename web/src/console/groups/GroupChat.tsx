import "../../talk/talk.css";

import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { faultOf, type HubFault } from "../../hub/fault";
import { Composer } from "../../talk/Composer";
import { MessageList } from "../../talk/MessageList";
import { mayDo } from "../../talk/may";
import { useChosen, useHub } from "../../ui/context";
import type { WireMessage } from "../../wire";
import { Failed } from "../parts/Failed";
import { useGroup } from "./group";
import { Pinned } from "./Pinned";

/** The group's chat as moderators see it: everything, from the beginning. */
export function GroupChat() {
  const { t } = useTranslation();
  const hub = useHub();
  const group = useGroup();
  const talk = useChosen((state) => state.talks[group.id] ?? null);
  const [replyTo, setReplyTo] = useState<WireMessage | null>(null);
  const [fault, setFault] = useState<HubFault | null>(null);
  const [round, setRound] = useState(0);
  const online = useChosen((state) => state.link === "online");
  useEffect(() => {
    if (!online) return; // whoever comes by the address is here before the connection
    hub.show(group.id).then(
      () => setFault(null),
      (thrown: unknown) => setFault(faultOf(thrown)),
    );
  }, [hub, group.id, online, round]);
  if (fault !== null) return <Failed fault={fault} again={() => setRound(round + 1)} />;
  if (talk === null) return <p className="soft">{t("loading")}</p>;
  return (
    <div className="group-chat">
      <Pinned />
      <MessageList talk={talk} onReply={setReplyTo} />
      {mayDo(group.role, "post") && group.dissolved_at === null && (
        <Composer talk={talk} replyTo={replyTo} onDone={() => setReplyTo(null)} />
      )}
    </div>
  );
}
