import type { Pushed } from "../../state/facts";

/** Whether somebody calls: a conversation has come into the queue, or a buyer writes while the desk is not `seen`. */
export function isCall(fact: Pushed, waiting: Set<string>, seen: boolean): boolean {
  if (fact.event === "message") return fact.data.author.role === "follower" && !seen;
  if (fact.event !== "desk") return false;
  const { conversation, state } = fact.data;
  if (state !== "waiting") {
    waiting.delete(conversation);
    return false;
  }
  const fresh = !waiting.has(conversation);
  waiting.add(conversation);
  return fresh;
}
