import type { WireMessage } from "../../wire";

/** What the rules heard of a message: its text, or the transcript of its voice. */
export function wordsOf(message: WireMessage): string {
  if (message.kind === "text") return message.body.text;
  if (message.kind === "voice") return message.body.transcript ?? "";
  return message.fallback;
}
