import type { RestClient } from "./rest";

const KEPT = 120;

interface Kept {
  file: Blob;
  address: string;
}

/** Pictures and voice of conversations, fetched with the token and kept as files of this page. */
export class MediaShelf {
  readonly #rest: RestClient;
  readonly #kept = new Map<string, Promise<Kept>>();

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** An address for `<img>` or `<audio>`. @throws HubFault */
  async address(media: string, size: "full" | "thumb"): Promise<string> {
    return (await this.#get(media, size)).address;
  }

  /** The file itself. @throws HubFault */
  async file(media: string, size: "full" | "thumb"): Promise<Blob> {
    return (await this.#get(media, size)).file;
  }

  /** The least lately asked for are given back to the browser. */
  #get(media: string, size: "full" | "thumb"): Promise<Kept> {
    const name = `${size}:${media}`;
    const found = this.#kept.get(name) ?? this.#fetch(media, size);
    this.#kept.delete(name);
    this.#kept.set(name, found);
    found.catch(() => this.#kept.delete(name));
    this.#trim();
    return found;
  }

  async #fetch(media: string, size: "full" | "thumb"): Promise<Kept> {
    const file = await this.#rest.ask("GET /media/{media}", { path: { media }, query: { size } });
    return { file, address: URL.createObjectURL(file) };
  }

  #trim(): void {
    for (const [name, kept] of this.#kept) {
      if (this.#kept.size <= KEPT) return;
      this.#kept.delete(name);
      void kept.then(
        ({ address }) => URL.revokeObjectURL(address),
        () => undefined,
      );
    }
  }
}
