import { apply } from "./apply";
import type { Fact } from "./facts";
import type { State } from "./state";
import { NOTHING } from "./state";

/** The one state of a page, and who wants to know when it changes. */
export class Store {
  #state: State = NOTHING;
  readonly #hearers = new Set<() => void>();

  /** The state now; the same object as long as nothing changed. */
  readonly get = (): State => this.#state;

  /** Hear of changes until the returned function is called. */
  readonly subscribe = (hearer: () => void): (() => void) => {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  };

  /** Apply facts, and tell once. */
  tell(...facts: Fact[]): void {
    const before = this.#state;
    this.#state = facts.reduce(apply, before);
    if (this.#state !== before) for (const hearer of [...this.#hearers]) hearer();
  }
}
