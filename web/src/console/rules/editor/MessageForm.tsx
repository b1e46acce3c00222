import { Button, Input } from "antd";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { useHub } from "../../../ui/context";
import { IconButton } from "../../../ui/icons";
import { useDoing } from "../../parts/doing";
import type { RuleMessage } from "../model/rule";
import { Remarks, useRemarks } from "./Field";
import { Template } from "./Template";

interface FormProps<M> {
  message: M;
  onChange: (message: RuleMessage) => void;
  disabled: boolean;
}

/** One message of the reply, by its kind; what is wrong with it stands below it. */
export function MessageForm({ at, message, onChange, disabled }: FormProps<RuleMessage> & { at: number }) {
  const remarks = useRemarks(`reply.messages[${at}]`);
  return (
    <div className="message-form">
      {message.kind === "text" && <TextForm message={message} onChange={onChange} disabled={disabled} />}
      {message.kind === "card" && <CardForm message={message} onChange={onChange} disabled={disabled} />}
      {message.kind === "choices" && <ChoicesForm message={message} onChange={onChange} disabled={disabled} />}
      {message.kind === "image" && <ImageForm message={message} onChange={onChange} disabled={disabled} />}
      <Remarks remarks={remarks} />
    </div>
  );
}

type Of<K extends RuleMessage["kind"]> = Extract<RuleMessage, { kind: K }>;

function TextForm({ message, onChange, disabled }: FormProps<Of<"text">>) {
  const { t } = useTranslation();
  return (
    <Template
      label={t("rules.editor.text")}
      value={message.text}
      limit={4_000}
      disabled={disabled}
      onChange={(text) => onChange({ ...message, text })}
    />
  );
}

function CardForm({ message, onChange, disabled }: FormProps<Of<"card">>) {
  const { t } = useTranslation();
  const set = (member: "url" | "image" | "price", value: string) =>
    onChange({ ...message, [member]: value === "" ? null : value });
  return (
    <>
      <Template
        label={t("rules.editor.cardTitle")}
        value={message.title}
        limit={200}
        rows={1}
        disabled={disabled}
        onChange={(title) => onChange({ ...message, title })}
      />
      <Template
        label={t("rules.editor.cardText")}
        value={message.text ?? ""}
        limit={1_000}
        rows={1}
        disabled={disabled}
        onChange={(text) => onChange({ ...message, text: text === "" ? null : text })}
      />
      {(["url", "image", "price"] as const).map((member) => (
        <label key={member} className="message-member">
          <span>{t(`rules.editor.card.${member}`)}</span>
          <Input
            placeholder={member === "price" ? "129.00" : "https://"}
            value={message[member] ?? ""}
            disabled={disabled}
            onChange={(event) => set(member, event.target.value)}
          />
        </label>
      ))}
    </>
  );
}

function ChoicesForm({ message, onChange, disabled }: FormProps<Of<"choices">>) {
  const { t } = useTranslation();
  const { choices } = message;
  const set = (at: number, changes: Partial<(typeof choices)[number]>) =>
    onChange({ ...message, choices: choices.map((one, place) => (place === at ? { ...one, ...changes } : one)) });
  return (
    <>
      <Template
        label={t("rules.editor.question")}
        value={message.text}
        limit={4_000}
        disabled={disabled}
        onChange={(text) => onChange({ ...message, text })}
      />
      {choices.map((choice, at) => (
        <div className="choice-row" key={at}>
          <Input
            aria-label={t("rules.editor.choiceLabel", { at: at + 1 })}
            placeholder={t("rules.editor.choiceLabelHint")}
            value={choice.label}
            maxLength={80}
            disabled={disabled}
            onChange={(event) => {
              const label = event.target.value;
              set(at, choice.send === choice.label ? { label, send: label } : { label });
            }}
          />
          <Input
            aria-label={t("rules.editor.choiceSend", { at: at + 1 })}
            placeholder={t("rules.editor.choiceSendHint")}
            value={choice.send}
            maxLength={500}
            disabled={disabled}
            onChange={(event) => set(at, { send: event.target.value })}
          />
          {!disabled && (
            <IconButton
              icon="close"
              label={t("rules.editor.dropChoice", { at: at + 1 })}
              disabled={choices.length === 1}
              onClick={() => onChange({ ...message, choices: choices.filter((_, place) => place !== at) })}
            />
          )}
        </div>
      ))}
      {!disabled && choices.length < 10 && (
        <Button size="small" onClick={() => onChange({ ...message, choices: [...choices, { label: "", send: "" }] })}>
          {t("rules.editor.addChoice")}
        </Button>
      )}
    </>
  );
}

/** A picture is stored with the hub first; the rule names it. */
function ImageForm({ message, onChange, disabled }: FormProps<Of<"image">>) {
  const { t } = useTranslation();
  const hub = useHub();
  const doing = useDoing();
  const picker = useRef<HTMLInputElement>(null);
  const upload = (file: File) =>
    doing.run(async () => {
      const { media, width, height } = await hub.upload(file);
      onChange({ ...message, media, width: width ?? 1, height: height ?? 1 });
    });
  return (
    <>
      <input
        ref={picker}
        type="file"
        className="hidden"
        tabIndex={-1}
        aria-label={t("rules.editor.pickPicture")}
        accept="image/*"
        onChange={(event) => {
          const file = event.target.files?.[0];
          if (file !== undefined) void upload(file);
          event.target.value = "";
        }}
      />
      <span className="rules-row">
        {!disabled && (
          <Button loading={doing.busy} onClick={() => picker.current?.click()}>
            {t(message.media === "" ? "rules.editor.pickPicture" : "rules.editor.otherPicture")}
          </Button>
        )}
        {message.media !== "" && <span className="soft">{`${message.width} × ${message.height}`}</span>}
      </span>
      <Input
        aria-label={t("rules.editor.alt")}
        placeholder={t("rules.editor.alt")}
        value={message.alt ?? ""}
        maxLength={200}
        disabled={disabled}
        onChange={(event) => onChange({ ...message, alt: event.target.value === "" ? null : event.target.value })}
      />
    </>
  );
}
