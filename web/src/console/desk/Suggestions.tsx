import { useTranslation } from "react-i18next";

import { IconButton } from "../../ui/icons";
import type { Outgoing, SuggestionView } from "../../wire";

interface SuggestionsProps {
  items: readonly SuggestionView[];
  onSend: (one: SuggestionView) => void;
  onEdit: (words: string) => void;
}

/** What the rules would answer: one key sends it. */
export function Suggestions({ items, onSend, onEdit }: SuggestionsProps) {
  const { t } = useTranslation();
  if (items.length === 0) return null;
  return (
    <ul className="desk-suggestions" aria-label={t("desk.suggestions")}>
      {items.map((one, at) => (
        <li key={one.rule}>
          <button
            type="button"
            className="desk-suggestion"
            aria-label={t("desk.sendSuggestion", { name: one.rule_name, text: sentence(one.messages) })}
            onClick={() => onSend(one)}
          >
            <span className="desk-suggestion-head">
              <kbd>Alt+{at + 1}</kbd>
              <strong>{one.rule_name}</strong>
              {!one.sure && <span className="tag">{t("desk.unsure")}</span>}
              {one.messages.length > 1 && (
                <span className="tag">{t("desk.messages", { count: one.messages.length })}</span>
              )}
            </span>
            <span className="desk-suggestion-text">{sentence(one.messages)}</span>
          </button>
          {textOf(one.messages) !== "" && (
            <IconButton
              icon="reply"
              label={t("desk.editSuggestion", { name: one.rule_name })}
              onClick={() => onEdit(textOf(one.messages))}
            />
          )}
        </li>
      ))}
    </ul>
  );
}

/** The texts among messages, as one. */
function textOf(messages: readonly Outgoing[]): string {
  return messages.flatMap((one) => (one.kind === "text" ? [one.body.text] : [])).join("\n");
}

function sentence(messages: readonly Outgoing[]): string {
  return messages
    .map(({ kind, body }) => ("title" in body ? body.title : "text" in body ? body.text : `[${kind}]`))
    .join(" / ");
}
