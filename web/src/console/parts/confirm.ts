import { createContext, use } from "react";

/** What is asked before something that cannot be taken back lightly. */
export interface Question {
  title: string;
  text?: string;
  /** What the button says that does it. */
  does: string;
}

export type Ask = (question: Question) => Promise<boolean>;

export const ConfirmContext = createContext<Ask | null>(null);

/** Ask first; whether the person wants it. */
export function useConfirm(): Ask {
  const ask = use(ConfirmContext);
  if (ask === null) throw new Error("There is no Confirming around this.");
  return ask;
}
