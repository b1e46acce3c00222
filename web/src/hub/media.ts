import type { RestClient } from "./rest";

const KEPT = 120;

/** Pictures and voice of conversations, fetched with the token and kept as addresses of this page. */
export class MediaShelf {
  readonly #rest: RestClient;
  readonly #kept = new Map<string, Promise<string>>();

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** An address for `<img>` or `<audio>`; the least lately asked for is given back to the browser. */
  address(media: string, size: "full" | "thumb"): Promise<string> {
    const name = `${size}:${media}`;
    const found = this.#kept.get(name) ?? this.#fetch(media, size);
    this.#kept.delete(name);
    this.#kept.set(name, found);
    found.catch(() => this.#kept.delete(name));
    this.#trim();
    return found;
  }

  async #fetch(media: string, size: "full" | "thumb"): Promise<string> {
    return URL.createObjectURL(await this.#rest.ask("GET /media/{media}", { path: { media }, query: { size } }));
  }

  #trim(): void {
    for (const [name, address] of this.#kept) {
      if (this.#kept.size <= KEPT) return;
      this.#kept.delete(name);
      void address.then(
        (found) => URL.revokeObjectURL(found),
        () => undefined,
      );
    }
  }
}
