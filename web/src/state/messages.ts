import type { Changed, WireMessage } from "../wire";
import type { Talk } from "./state";
import { knownTo } from "./state";

/** Put messages into a conversation: into the run where they continue it, aside where something is missing before them. */
export function withMessages(talk: Talk, found: readonly WireMessage[]): Talk {
  if (found.length === 0) return talk;
  const bySeq = new Map<number, WireMessage>();
  for (const message of talk.early) bySeq.set(message.seq, message);
  for (const message of found) bySeq.set(message.seq, message);
  const begun = talk.messages.length > 0 ? talk.messages : newest(found);
  const run = extended(begun, bySeq, begun[0]?.seq ?? 0);
  const top = run.at(-1)?.seq ?? 0;
  const early = [...bySeq.values()].filter((message) => message.seq > top).sort(bySeqs);
  const known = early.at(-1) ?? run.at(-1);
  const head = Math.max(talk.head, known?.seq ?? 0);
  const last = known !== undefined && known.seq >= (talk.last?.seq ?? 0) ? known : talk.last;
  const stale = talk.stale.filter((seq) => !bySeq.has(seq));
  return { ...talk, messages: run, early, stale, head, last };
}

function bySeqs(a: WireMessage, b: WireMessage): number {
  return a.seq - b.seq;
}

/** The last run without gaps among what was fetched: where nothing was here yet, the newest counts. */
function newest(found: readonly WireMessage[]): WireMessage[] {
  const sorted = [...found].sort(bySeqs);
  let start = sorted.length - 1;
  while (start > 0 && sorted[start - 1]?.seq === (sorted[start]?.seq ?? 0) - 1) start -= 1;
  return sorted.slice(Math.max(0, start));
}

/** A run with what touches it at either end, and what is in it replaced. */
function extended(run: readonly WireMessage[], bySeq: Map<number, WireMessage>, first: number): WireMessage[] {
  const before: WireMessage[] = [];
  for (let seq = first - 1, found = bySeq.get(seq); found !== undefined; seq -= 1, found = bySeq.get(seq))
    before.push(found);
  const after: WireMessage[] = [];
  const top = run.at(-1)?.seq ?? 0;
  for (let seq = top + 1, found = bySeq.get(seq); found !== undefined; seq += 1, found = bySeq.get(seq))
    after.push(found);
  const within = [...bySeq.keys()].some((seq) => seq >= first && seq <= top);
  const kept = within ? run.map((message) => bySeq.get(message.seq) ?? message) : run;
  return [...before.reverse(), ...kept, ...after];
}

/** What lies between the run and what came early, to be pulled; null where nothing is missing. */
export function gapOf(talk: Talk): number | null {
  return talk.early.length > 0 || (talk.messages.length > 0 && talk.head > knownTo(talk)) ? knownTo(talk) : null;
}

/** A message as it is shown once it was taken back or removed: its place stays, its content is gone. */
export function changed(message: WireMessage, change: Changed): WireMessage {
  const { conversation, seq, author, at } = message;
  const rest = {
    ...(message.key === undefined ? {} : { key: message.key }),
    ...(message.auto === undefined ? {} : { auto: message.auto }),
    ...(message.reply_to === undefined ? {} : { reply_to: message.reply_to }),
  };
  const fallback = change.change === "recalled" ? "[消息已撤回]" : "[消息已移除]";
  return {
    conversation,
    seq,
    author,
    at,
    ...rest,
    kind: "system",
    body: { event: change.change, by: change.by },
    fallback,
  };
}

/** A conversation in which messages changed. What was restored keeps its place as it is until it was pulled anew. */
export function withChange(talk: Talk, change: Changed): Talk {
  const seqs = new Set(change.seqs ?? [change.seq]);
  if (change.change === "restored") return withStale(talk, seqs);
  const swap = (message: WireMessage) =>
    seqs.has(message.seq) ? changed(message, { ...change, seq: message.seq }) : message;
  const last = talk.last === null ? null : swap(talk.last);
  const stale = talk.stale.filter((seq) => !seqs.has(seq));
  return { ...talk, messages: talk.messages.map(swap), early: talk.early.map(swap), stale, last };
}

function withStale(talk: Talk, seqs: ReadonlySet<number>): Talk {
  const here = [...talk.messages, ...talk.early, ...(talk.last === null ? [] : [talk.last])];
  // Only what is shown as taken away lacks anything: of the rest, this was told before.
  const gone = here.filter((message) => seqs.has(message.seq) && message.kind === "system").map(({ seq }) => seq);
  if (gone.length === 0) return talk;
  return { ...talk, stale: [...new Set([...talk.stale, ...gone])].sort((a, b) => a - b) };
}

/** The last of what is to be pulled anew; null where nothing is. */
export function staleOf(talk: Talk): number | null {
  return talk.stale.at(-1) ?? null;
}

/** `unread` anew: what the hub counted, and messages of others known beyond that. */
export function recounted(talk: Talk, me: string): Talk {
  const after = Math.max(talk.base.head, talk.read);
  let unread = talk.read >= talk.base.head ? 0 : talk.base.unread;
  for (const message of talk.early) if (message.seq > after && message.author.id !== me) unread += 1;
  for (let at = talk.messages.length - 1; at >= 0; at -= 1) {
    const message = talk.messages[at];
    if (message === undefined || message.seq <= after) break;
    if (message.author.id !== me) unread += 1;
  }
  const called = callsIn(talk, me);
  const same = called.length === talk.called.length && called.every((seq, at) => seq === talk.called[at]);
  return unread === talk.unread && same ? talk : { ...talk, unread, called: same ? talk.called : called };
}

/** Whether a message calls somebody by name, or everyone. */
export function callsBy(message: WireMessage, person: string): boolean {
  if (message.kind !== "text" || message.author.id === person) return false;
  return message.body.mention_all === true || (message.body.mentions ?? []).includes(person);
}

/** Unread messages that call somebody: those that were told of, and those that are here. */
function callsIn(talk: Talk, me: string): number[] {
  const found = new Set(talk.called.filter((seq) => seq > talk.read));
  const look = (message: WireMessage) => {
    if (callsBy(message, me)) found.add(message.seq);
    else found.delete(message.seq);
  };
  for (const message of talk.early) if (message.seq > talk.read) look(message);
  for (let at = talk.messages.length - 1; at >= 0; at -= 1) {
    const message = talk.messages[at];
    if (message === undefined || message.seq <= talk.read) break;
    look(message);
  }
  return [...found].sort((a, b) => a - b);
}

/** A conversation whose reader has got further. What the hub counted is counted anew from the messages, where they are here. */
export function readTo(talk: Talk, seq: number, me: string): Talk {
  if (seq <= talk.read) return talk;
  const first = talk.messages[0]?.seq ?? Number.MAX_SAFE_INTEGER;
  let unread = 0;
  if (seq < talk.base.head && first <= seq + 1) {
    unread = talk.messages.filter((one) => one.seq > seq && one.seq <= talk.base.head && one.author.id !== me).length;
  } else if (seq < talk.base.head) {
    unread = Math.max(0, Math.min(talk.base.unread, talk.base.head - seq));
  }
  return recounted({ ...talk, read: seq, base: { head: talk.base.head, unread } }, me);
}
