import "../../../talk/talk.css";

import { useTranslation } from "react-i18next";

import { MessageBody } from "../../../talk/bodies";
import { Avatar } from "../../../talk/Avatar";
import { type Stance, StanceProvider } from "../../../talk/stance";
import type { Outgoing, WireMessage } from "../../../wire";
import { usePlace } from "../../person";
import type { RuleMessage } from "../model/rule";
import { filled } from "../model/template";

/** Nobody taps anything in a preview. */
const LOOKING: Stance = { ours: () => false, acts: () => [], choose: false, reads: false };

/** Messages as the buyer sees them, in the bubbles of the chat. */
export function Bubbles({ messages }: { messages: readonly Outgoing[] }) {
  const { t } = useTranslation();
  const place = usePlace();
  return (
    <StanceProvider value={LOOKING}>
      <div className="preview" role="group" aria-label={t("rules.editor.preview")}>
        {messages.map((message, at) => (
          <div className="line" data-mine="false" data-follows={at > 0} key={at}>
            {at > 0 ? <span className="avatar-gap" /> : <Avatar name={place.name} size={32} />}
            <div className="line-middle">
              <MessageBody message={asWire(message, at)} conversation="" />
            </div>
          </div>
        ))}
      </div>
    </StanceProvider>
  );
}

function asWire(message: Outgoing, at: number): WireMessage {
  const author = { id: "", name: "", role: "bot" };
  return { ...message, conversation: "", seq: at + 1, author, at: "", fallback: "" };
}

/** The messages of a rule as they would be sent to somebody of whom only the name is known. */
export function Preview({ messages, choose }: { messages: readonly RuleMessage[]; choose: string }) {
  const { t } = useTranslation();
  const place = usePlace();
  const known = { name: t("rules.editor.someone"), account: place.name };
  const said = messages.flatMap((message) => outgoing(message, known));
  return (
    <section className="preview-box">
      <h2>{t("rules.editor.preview")}</h2>
      {said.length === 0 ? (
        <p className="soft">{t("rules.editor.saysNothing")}</p>
      ) : (
        <>
          {choose !== "all" && said.length > 1 && <p className="soft">{t(`rules.editor.oneOf.${choose}`)}</p>}
          <Bubbles messages={said} />
        </>
      )}
    </section>
  );
}

function outgoing(message: RuleMessage, known: Record<string, string>): Outgoing[] {
  switch (message.kind) {
    case "text":
      return message.text.trim() === "" ? [] : [{ kind: "text", body: { text: filled(message.text, known) } }];
    case "image": {
      const { media, width, height, alt } = message;
      return media === "" ? [] : [{ kind: "image", body: { media, width, height, alt: alt ?? null } }];
    }
    case "card": {
      const { kind, ...body } = message;
      const text = typeof body.text === "string" ? filled(body.text, known) : null;
      return body.title.trim() === "" ? [] : [{ kind, body: { ...body, title: filled(body.title, known), text } }];
    }
    case "choices": {
      const choices = message.choices.filter((choice) => choice.label !== "");
      return message.text.trim() === ""
        ? []
        : [{ kind: "choices", body: { text: filled(message.text, known), choices } }];
    }
  }
}
