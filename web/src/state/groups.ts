import type { Fault, GroupView, MemberView, Notice, PinView } from "../wire";
import type { Group, Parting, State, Talk } from "./state";
import { emptyTalk } from "./state";

/** A group was fetched. Whoever is in it has its conversation. */
export function grouped(state: State, view: GroupView, pins: readonly PinView[] | null): State {
  const inside = view.membership !== null;
  const before = state.groups[view.id]?.parting ?? null;
  const warning = state.groups[view.id]?.warning ?? null;
  const group: Group = { view, pins: inside ? pins : null, stale: false, parting: inside ? null : before, warning };
  const known = withGroup(state, group);
  if (!inside) return without(known, view.id);
  const talk = known.talks[view.id] ?? emptyTalk(view.id);
  return withTalk(known, { ...talk, kind: "group", title: view.name, muted: view.membership?.hushed === true });
}

/** Something happened to somebody in a group; of others only the room as a whole is shown, which is fetched when one looks. */
export function membered(state: State, told: MemberView): State {
  if (told.person !== state.me?.id) return state;
  switch (told.change) {
    case "joined":
      return changed(state, told.group, (group) => ({
        ...group,
        stale: group.stale || group.view.membership === null,
        parting: null,
      }));
    case "muted":
      return muted(state, told.group, told.until ?? null, told.reason ?? "");
    case "unbanned":
      return changed(state, told.group, (group) => ({
        ...group,
        parting: group.parting?.how === "banned" ? null : group.parting,
      }));
    case "unmuted":
      return muted(state, told.group, null, "");
    case "role":
      return changed(state, told.group, (group) => ({
        ...group,
        view: { ...group.view, role: (told.role ?? group.view.role) as GroupView["role"] },
      }));
    case "left":
    case "removed":
    case "banned":
      return parted(state, told.group, {
        how: told.change,
        reason: told.reason ?? "",
        until: told.until ?? null,
      });
    default:
      return state;
  }
}

/** A person is to look at something, or something about a group changed. */
export function noticed(state: State, told: Notice): State {
  switch (told.kind) {
    case "mention":
      return called(state, told);
    case "invited":
      return changed(state, told.group, (group) => ({ ...group, view: { ...group.view, invited: true } }));
    case "declined":
      return changed(state, told.group, (group) => ({
        ...group,
        view: { ...group.view, waiting: false },
        parting: { how: "declined", reason: told.reason ?? "", until: null },
      }));
    case "warned":
      return changed(state, told.group, (group) => ({ ...group, warning: told.reason ?? "" }));
    case "pardoned":
      return heeded(state, told.group);
    case "refused":
      return refused(state, told);
    case "group":
      return told.what === "dissolved"
        ? parted(state, told.group, { how: "dissolved", reason: told.reason ?? "", until: null })
        : changed(state, told.group, (group) => ({ ...group, stale: true }));
    default:
      return state;
  }
}

/** One has read a warning. */
export function heeded(state: State, id: string): State {
  return changed(state, id, (group) => ({ ...group, warning: null }));
}

/** One wants no notices of a group, or wants them again. */
export function quieted(state: State, id: string, hushed: boolean): State {
  const talk = state.talks[id];
  const known = talk === undefined ? state : withTalk(state, { ...talk, muted: hushed });
  return changed(known, id, (group) => ({
    ...group,
    view: {
      ...group.view,
      membership: group.view.membership === null ? null : { ...group.view.membership, hushed },
    },
  }));
}

/** Groups that one is in no more are in the list no more. */
export function keptOf(state: State, isKept: (talk: Talk) => boolean): State {
  const lost = Object.values(state.talks).filter((talk) => talk.kind === "group" && !isKept(talk));
  return lost.reduce((before, talk) => without(before, talk.id), state);
}

/** A message that was held is refused: it stays with its author, who is told so. */
function refused(state: State, told: Notice): State {
  const talk = state.talks[told.group];
  const { key } = told;
  if (talk === undefined || !talk.pending.some((one) => one.key === key)) return state;
  const fault: Fault = { code: "blocked", message: "", reason: told.reason ?? "" };
  const pending = talk.pending.map((one) => (one.key === key ? { ...one, state: "failed" as const, fault } : one));
  return withTalk(state, { ...talk, pending });
}

function called(state: State, { group, seq }: Notice): State {
  const talk = state.talks[group];
  if (talk === undefined || typeof seq !== "number" || seq <= talk.read || talk.called.includes(seq)) return state;
  return withTalk(state, { ...talk, called: [...talk.called, seq].sort((a, b) => a - b) });
}

function muted(state: State, id: string, until: string | null, reason: string): State {
  return changed(state, id, (group) =>
    group.view.membership === null
      ? group
      : {
          ...group,
          view: {
            ...group.view,
            membership: { ...group.view.membership, muted_until: until, mute_reason: reason },
          },
        },
  );
}

function parted(state: State, id: string, parting: Parting): State {
  const known = changed(state, id, (group) => ({
    view: { ...group.view, role: "outsider", membership: null, announcement: null, invited: false, waiting: false },
    pins: null,
    stale: false,
    parting,
    warning: group.warning,
  }));
  return without(known, id);
}

function changed(state: State, id: string, how: (group: Group) => Group): State {
  const group = state.groups[id];
  return group === undefined ? state : withGroup(state, how(group));
}

function withGroup(state: State, group: Group): State {
  return { ...state, groups: { ...state.groups, [group.view.id]: group } };
}

function withTalk(state: State, talk: Talk): State {
  return { ...state, talks: { ...state.talks, [talk.id]: talk } };
}

function without(state: State, id: string): State {
  if (state.talks[id] === undefined) return state;
  return { ...state, talks: Object.fromEntries(Object.entries(state.talks).filter(([name]) => name !== id)) };
}
