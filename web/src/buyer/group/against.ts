import type { Hub } from "../../hub/hub";
import { maySanction } from "../../talk/may";
import type { GroupRole } from "../../wire";

const MEASURES = ["mute", "purge", "warn", "remove", "ban"] as const;

/** What a moderator does to a person from the group's own page. */
export type Against = (typeof MEASURES)[number];

/** What a case against somebody comes to: nothing (`dismiss`), or something that is done to them. */
export type Decision = "dismiss" | Exclude<Against, "purge">;

export type Measure = Against | Decision;

const [HOUR_S, DAY_S] = [3_600, 86_400];

/** For how long, or how far back, in seconds; null is for good. */
export const SPANS: Record<Measure, readonly (number | null)[]> = {
  mute: [600, HOUR_S, DAY_S],
  purge: [600, HOUR_S, DAY_S, 7 * DAY_S],
  warn: [],
  remove: [],
  dismiss: [],
  ban: [DAY_S, 7 * DAY_S, 30 * DAY_S, null],
};

/** Somebody of a group, as far as it matters for what may be done to them. */
export interface Somebody {
  id: string;
  name: string;
  role: GroupRole;
}

/** What may be done to somebody by `me`, who is `role` in the group. */
export function measuresFor(role: GroupRole, person: Somebody, me: string): Against[] {
  return MEASURES.filter((measure) => maySanction(role, measure, person.role, person.id === me));
}

/** What the author of a message is in the group: staff who have no part in its order are members there. */
export function roleOfAuthor(role: string): GroupRole {
  return role === "owner" || role === "moderator" || role === "bot" ? role : "member";
}

/** What was done: until when it holds or can be undone, how many messages, and how to take it back, where that is possible. */
export interface Taken {
  until: string | null;
  count: number;
  undo: ((reason: string) => Promise<unknown>) | null;
}

export interface Wish<M extends Measure> {
  measure: M;
  seconds: number | null;
  reason: string;
}

/** Take a measure against somebody. @throws HubFault */
export async function take(hub: Hub, group: string, person: string, wish: Wish<Against>): Promise<Taken> {
  const { measure, reason } = wish;
  const path = { group, person };
  const seconds = wish.seconds ?? DAY_S;
  switch (measure) {
    case "warn":
      await hub.ask("POST /groups/{group}/members/{person}/warning", { path, body: { reason } });
      return { until: null, count: 0, undo: null };
    case "remove":
      await hub.ask("POST /groups/{group}/members/{person}/removal", { path, body: { reason } });
      return { until: null, count: 0, undo: null };
    case "mute": {
      const body = { seconds, reason };
      const { until } = await hub.ask("PUT /groups/{group}/sanctions/{person}/mute", { path, body });
      return { until, count: 0, undo: (why) => unmute(hub, group, person, why) };
    }
    case "ban": {
      const body = { seconds: wish.seconds, reason };
      const { until } = await hub.ask("PUT /groups/{group}/sanctions/{person}/ban", { path, body });
      return { until, count: 0, undo: (why) => unban(hub, group, person, why) };
    }
    case "purge": {
      const body = { person, seconds, reason };
      const { id, messages, undo_until } = await hub.ask("POST /groups/{group}/purges", { path: { group }, body });
      return { until: undo_until, count: messages, undo: (why) => restore(hub, id, why) };
    }
  }
}

/** Be done with a case; what was done to somebody is undone with it. @throws HubFault */
export async function decide(hub: Hub, id: string, { measure, seconds, reason }: Wish<Decision>): Promise<Taken> {
  const path = { case: id };
  const { decision } = await hub.ask("POST /cases/{case}/decide", { path, body: { act: measure, seconds, reason } });
  const undo = (why: string) => hub.ask("POST /cases/{case}/undo", { path, body: { reason: why } });
  return { until: decision?.until ?? null, count: 0, undo: measure === "dismiss" ? null : undo };
}

/** Let somebody write before their mute ends. @throws HubFault */
export function unmute(hub: Hub, group: string, person: string, reason: string): Promise<unknown> {
  return hub.ask("DELETE /groups/{group}/sanctions/{person}/mute", { path: { group, person }, body: { reason } });
}

function unban(hub: Hub, group: string, person: string, reason: string): Promise<unknown> {
  return hub.ask("DELETE /groups/{group}/sanctions/{person}/ban", { path: { group, person }, body: { reason } });
}

function restore(hub: Hub, purge: string, reason: string): Promise<unknown> {
  return hub.ask("POST /purges/{purge}/undo", { path: { purge }, body: { reason } });
}
