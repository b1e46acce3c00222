import type {
  ConversationView,
  Fault,
  GroupView,
  Opened,
  PersonView,
  PinView,
  Placed,
  Pushes,
  Synced,
  WireMessage,
} from "../wire";
import type { Link, Pending } from "./state";

/** What the hub says by itself; `at` is when it was heard, in milliseconds. */
export type Pushed = {
  [K in keyof Pushes]: { event: K; data: Pushes[K]; at: number };
}[keyof Pushes];

/** Everything that changes the state: what was pushed, what was answered, what this client does. */
export type Fact =
  | Pushed
  | { event: "me"; data: PersonView }
  | { event: "link"; data: Link; refusal?: Fault }
  | { event: "listed"; data: ConversationView[]; cursor: string | null; more: boolean }
  | { event: "opened"; data: Opened }
  | { event: "pulled"; conversation: string; messages: WireMessage[]; start?: number }
  | { event: "synced"; data: Synced; asked?: readonly string[] }
  | { event: "grouped"; data: GroupView; pins: readonly PinView[] | null }
  | { event: "heeded"; group: string }
  | { event: "quieted"; conversation: string; muted: boolean }
  | { event: "forgotten"; conversation: string }
  | { event: "queued"; data: Pending }
  | { event: "sent"; key: string; data: Placed; role: string }
  | { event: "failed"; conversation: string; key: string; fault: Fault }
  | { event: "retried"; conversation: string; key: string }
  | { event: "discarded"; conversation: string; key: string }
  | { event: "hushed"; account: string; muted: boolean };
