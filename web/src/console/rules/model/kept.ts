import type { Rule } from "../../../wire";

/** A rule as it is being written, and as the draft had it when that began; null of a new one. */
export interface Written {
  rule: Rule;
  base: Rule | null;
}

/** What somebody was writing, by rule: kept in this tab over a change of room and a reload, until it is saved or thrown away. */
export class Kept {
  readonly #name: string;
  readonly #storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly #hearers = new Set<() => void>();
  #all: Readonly<Record<string, Written>>;

  constructor(account: string, storage: Pick<Storage, "getItem" | "setItem" | "removeItem">) {
    this.#name = `weihub.rules.${account}`;
    this.#storage = storage;
    this.#all = read(storage, this.#name);
  }

  readonly get = (): Readonly<Record<string, Written>> => this.#all;

  readonly subscribe = (hearer: () => void): (() => void) => {
    this.#hearers.add(hearer);
    return () => this.#hearers.delete(hearer);
  };

  /** Keep what is written; `base` counts where this begins it. */
  put(rule: Rule, base: Rule | null): void {
    this.#set({ ...this.#all, [rule.id]: { rule, base: this.#all[rule.id]?.base ?? base } });
  }

  /** Go on writing on top of what the draft has now. */
  rest(id: string, base: Rule): void {
    const written = this.#all[id];
    if (written !== undefined) this.#set({ ...this.#all, [id]: { ...written, base } });
  }

  drop(id: string): void {
    if (!(id in this.#all)) return;
    this.#set(Object.fromEntries(Object.entries(this.#all).filter(([one]) => one !== id)));
  }

  #set(all: Readonly<Record<string, Written>>): void {
    this.#all = all;
    try {
      if (Object.keys(all).length === 0) this.#storage.removeItem(this.#name);
      else this.#storage.setItem(this.#name, JSON.stringify(all));
    } catch {
      // A browser that keeps nothing keeps it at least while the page stands.
    }
    for (const hearer of [...this.#hearers]) hearer();
  }
}

function read(storage: Pick<Storage, "getItem">, name: string): Readonly<Record<string, Written>> {
  try {
    const told: unknown = JSON.parse(storage.getItem(name) ?? "{}");
    return typeof told === "object" && told !== null ? (told as Record<string, Written>) : {};
  } catch {
    return {};
  }
}
