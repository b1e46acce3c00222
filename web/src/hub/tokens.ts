/** Where a page gets its token from, and the next one when it ends. */
export interface Tokens {
  /** The token in hand; null while there is none. */
  current(): string | null;
  /** Another token, for one that has ended; null where there is no other. */
  renew(): Promise<string | null>;
}

/** When a token ends, in milliseconds since 1970; null where it does not say. Only read, never trusted: the hub checks it. */
export function endOf(token: string): number | null {
  const claims = claimsOf(token);
  return typeof claims["exp"] === "number" ? claims["exp"] * 1000 : null;
}

/** Whom a token is for, by what it says. */
export function personOf(token: string): { id: string; name: string } {
  const claims = claimsOf(token);
  return { id: textOf(claims["sub"]), name: textOf(claims["name"]) };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function claimsOf(token: string): Record<string, unknown> {
  try {
    const bytes = Uint8Array.from(atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/")), (c) =>
      c.charCodeAt(0),
    );
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? (claims as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
