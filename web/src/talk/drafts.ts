import { useSyncExternalStore } from "react";

/** What is being written in a conversation; `filled` counts how often something was put there that nobody typed. */
export interface Draft {
  text: string;
  filled: number;
}

const EMPTY: Draft = { text: "", filled: 0 };
const drafts = new Map<string, Draft>();
const hearers = new Set<() => void>();

function subscribe(hearer: () => void): () => void {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}

function keep(conversation: string, draft: Draft): void {
  drafts.set(conversation, draft);
  for (const hearer of [...hearers]) hearer();
}

export function draftOf(conversation: string): Draft {
  return drafts.get(conversation) ?? EMPTY;
}

/** What stands in the field now. */
export function writeDraft(conversation: string, text: string): void {
  keep(conversation, { ...draftOf(conversation), text });
}

/** Put something into the field to go on from: the field takes the focus. */
export function fillDraft(conversation: string, text: string): void {
  keep(conversation, { text, filled: draftOf(conversation).filled + 1 });
}

/** Take up a message again that was refused; what was being written meanwhile stands after it. */
export function takeUp(conversation: string, text: string): void {
  const { text: begun } = draftOf(conversation);
  fillDraft(conversation, begun.trim() === "" ? text : `${text}\n${begun}`);
}

export function useDraft(conversation: string): Draft {
  return useSyncExternalStore(subscribe, () => draftOf(conversation));
}
