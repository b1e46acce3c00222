import { useEffect, useRef, useState } from "react";

import { faultOf } from "../../hub/fault";
import { useChosen, useHub } from "../../ui/context";
import type { AppealThread, AppealView } from "../../wire";

/** The sanction that is in force, as the group tells it; without `reason` it is not known which, and any that has not ended will do. */
export interface Against {
  kind: "ban" | "mute";
  until: string | null;
  reason: string | null;
}

/** One's own appeal, as far as it is known: still asked for, none, or as it stands. */
export interface Appealed {
  thread: AppealThread | null;
  known: boolean;
  /** What went wrong with reading it. */
  fault: unknown;
}

const NEWEST = 50;

/** The appeal against a sanction, read again whenever somebody answered or decided it. Without `account`, one that was written on this device. */
export function useAppeal(group: string, account: string | null, against: Against) {
  const hub = useHub();
  const online = useChosen((state) => state.link === "online");
  const [found, setFound] = useState<Appealed>({ thread: null, known: false, fault: null });
  const [tries, setTries] = useState(0);
  const shown = useRef<string | null>(null);
  const { kind, until, reason } = against;
  const again = () => setTries((before) => before + 1);
  useEffect(() => {
    if (!online) return;
    let gone = false;
    const find = async (): Promise<string | null> => {
      if (account === null) return keptFor(group);
      const query = { mine: true, limit: NEWEST };
      const { items } = await hub.ask("GET /accounts/{account}/appeals", { path: { account }, query });
      return items.find((one) => one.group === group && isAgainst(one, { kind, until, reason }))?.id ?? null;
    };
    const read = async (): Promise<AppealThread | null> => {
      const id = shown.current ?? (await find());
      if (id === null) return null;
      const thread = await hub.ask("GET /appeals/{appeal}/messages", { path: { appeal: id } });
      // One that was lifted before this page knew of it is against something that is over.
      if (shown.current === null && thread.appeal.state === "lifted") return null;
      shown.current = id;
      return thread;
    };
    read().then(
      (thread) => gone || setFound({ thread, known: true, fault: null }),
      (thrown: unknown) => {
        if (gone) return;
        // What was kept here is deleted, or somebody else's who used this device.
        const isNone = account === null && faultOf(thrown).code === "not_found";
        setFound(isNone ? { thread: null, known: true, fault: null } : (before) => ({ ...before, fault: thrown }));
      },
    );
    const deaf = hub.hear((fact) => {
      if (fact.event === "notice" && fact.data.kind === "appeal" && fact.data.group === group) again();
    });
    return () => {
      gone = true;
      deaf();
    };
  }, [hub, online, group, account, kind, until, reason, tries]);
  const appeal = async (text: string) => {
    const made = await hub.ask("POST /groups/{group}/appeals", { path: { group }, body: { text, kind } });
    if (kind === "ban") keepFor(group, made.id);
    shown.current = made.id;
    setFound({
      thread: await hub.ask("GET /appeals/{appeal}/messages", { path: { appeal: made.id } }),
      known: true,
      fault: null,
    });
  };
  const say = async (text: string) => {
    if (found.thread === null) return;
    const { items } = await hub.ask("POST /appeals/{appeal}/messages", {
      path: { appeal: found.thread.appeal.id },
      body: { text },
    });
    setFound((before) => (before.thread === null ? before : { ...before, thread: { ...before.thread, items } }));
  };
  return { found, again, appeal, say };
}

/** Whether an appeal is against this very sanction. One that was lifted is no more in force. */
function isAgainst(appeal: AppealView, against: Against): boolean {
  const { kind, until, reason } = appeal.against;
  if (appeal.state === "lifted" || kind !== against.kind) return false;
  if (against.reason === null) return until === null || Date.parse(until) > Date.now();
  return reason === against.reason && at(until) === at(against.until);
}

function at(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}

function keptFor(group: string): string | null {
  try {
    return localStorage.getItem(`weihub.appeal.${group}`);
  } catch {
    return null; // A browser that keeps nothing: the hub says that there was an appeal.
  }
}

function keepFor(group: string, appeal: string): void {
  try {
    localStorage.setItem(`weihub.appeal.${group}`, appeal);
  } catch {
    // As above.
  }
}
