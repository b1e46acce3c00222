import { createContext, use } from "react";

import type { SessionToken, Workplace } from "../wire";

/** Who is signed in, and what they may do about it. `changed`: where they work has changed; look again. */
export interface Person {
  session: SessionToken;
  signOut: () => Promise<void>;
  changed: () => void;
}

const PersonContext = createContext<Person | null>(null);
const PlaceContext = createContext<Workplace | null>(null);

export const PersonProvider = PersonContext.Provider;
export const PlaceProvider = PlaceContext.Provider;

/** Who is signed in. */
export function usePerson(): Person {
  const person = use(PersonContext);
  if (person === null) throw new Error("There is no PersonProvider around this.");
  return person;
}

/** The account that is worked for now, and the role one has in it. */
export function usePlace(): Workplace {
  const place = use(PlaceContext);
  if (place === null) throw new Error("There is no PlaceProvider around this.");
  return place;
}
