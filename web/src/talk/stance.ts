import { createContext, use } from "react";

import type { WireMessage } from "../wire";

/** Something more that can be done with a message. */
export interface Act {
  label: string;
  act: () => void;
}

/** How a page stands to a conversation. */
export interface Stance {
  /** Whether a message is of one's own side, and stands on it: a bot's and a colleague's too, at the desk. */
  ours: (message: WireMessage, mine: boolean) => boolean;
  /** What can be done with a message besides what everybody can. */
  acts: (message: WireMessage) => readonly Act[];
  /** What stands below a message besides its time. */
  foot?: (message: WireMessage) => React.ReactNode;
  /** Whether what one sees counts as read, and what is new is marked off: not where one only looks over a shoulder. */
  reads: boolean;
  /** Whether one may tap the choices that a message offers. */
  choose: boolean;
}

const BUYER: Stance = { ours: (_, mine) => mine, acts: () => [], choose: true, reads: true };

const StanceContext = createContext<Stance>(BUYER);

export const StanceProvider = StanceContext.Provider;

/** How this page stands to the conversation; a buyer's way where nothing else is said. */
export function useStance(): Stance {
  return use(StanceContext);
}
