import { Button, Dropdown, Segmented } from "antd";
import { useTranslation } from "react-i18next";

import { IconButton } from "../../../ui/icons";
import type { RuleMessage, WholeRule } from "../model/rule";
import { Field } from "./Field";
import { MessageForm } from "./MessageForm";

const MOST = 5;
const BLANK: Record<"text" | "card" | "choices", RuleMessage> = {
  text: { kind: "text", text: "" },
  card: { kind: "card", title: "" },
  choices: { kind: "choices", text: "", choices: [{ label: "", send: "" }] },
};

/** What the rule says: up to five messages, all or one of them. */
export function Messages({
  reply,
  onChange,
  disabled,
}: {
  reply: WholeRule["reply"];
  onChange: (reply: WholeRule["reply"]) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const { messages } = reply;
  const put = (changed: RuleMessage[]) => onChange({ ...reply, messages: changed });
  const swap = (at: number, other: number) => {
    const [one, two] = [messages[at], messages[other]];
    if (one === undefined || two === undefined) return;
    put(messages.map((message, place) => (place === at ? two : place === other ? one : message)));
  };
  return (
    <Field path="reply.messages" label={t("rules.editor.messages")} group>
      {() => (
        <>
          {messages.length > 1 && (
            <Segmented
              aria-label={t("rules.editor.choose")}
              value={reply.choose}
              disabled={disabled}
              onChange={(choose) => onChange({ ...reply, choose })}
              options={(["all", "rotate", "random"] as const).map((value) => ({
                value,
                label: t(`rules.editor.chooses.${value}`),
              }))}
            />
          )}
          <ol className="rule-messages">
            {messages.map((message, at) => (
              <li key={at}>
                <div className="rule-message-head">
                  <strong>{t(`rules.editor.kinds.${message.kind}`)}</strong>
                  {!disabled && (
                    <span>
                      <IconButton
                        icon="up"
                        label={t("rules.editor.earlier", { at: at + 1 })}
                        disabled={at === 0}
                        onClick={() => swap(at, at - 1)}
                      />
                      <IconButton
                        icon="down"
                        label={t("rules.editor.later", { at: at + 1 })}
                        disabled={at === messages.length - 1}
                        onClick={() => swap(at, at + 1)}
                      />
                      <IconButton
                        icon="close"
                        label={t("rules.editor.dropMessage", { at: at + 1 })}
                        onClick={() => put(messages.filter((_, place) => place !== at))}
                      />
                    </span>
                  )}
                </div>
                <MessageForm
                  at={at}
                  message={message}
                  disabled={disabled}
                  onChange={(changed) => put(messages.map((one, place) => (place === at ? changed : one)))}
                />
              </li>
            ))}
          </ol>
          {!disabled && messages.length < MOST && <AddMessage onAdd={(message) => put([...messages, message])} />}
        </>
      )}
    </Field>
  );
}

function AddMessage({ onAdd }: { onAdd: (message: RuleMessage) => void }) {
  const { t } = useTranslation();
  const kinds = ["text", "choices", "card", "image"] as const;
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: kinds.map((kind) => ({
          key: kind,
          label: t(`rules.editor.kinds.${kind}`),
          onClick: () => onAdd(kind === "image" ? { kind, media: "", width: 1, height: 1 } : BLANK[kind]),
        })),
      }}
    >
      <Button>{t("rules.editor.addMessage")}</Button>
    </Dropdown>
  );
}
