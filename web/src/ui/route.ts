import { useSyncExternalStore } from "react";

/** The parts of the address after `#/`: `#/c/demo` is `["c", "demo"]`. */
export function useRoute(): string[] {
  const hash = useSyncExternalStore(
    (hearer) => {
      globalThis.addEventListener("hashchange", hearer);
      return () => globalThis.removeEventListener("hashchange", hearer);
    },
    () => globalThis.location.hash,
  );
  return partsOf(hash);
}

export function partsOf(hash: string): string[] {
  return hash
    .replace(/^#\/?/, "")
    .split("/")
    .filter(Boolean)
    .map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        return part;
      }
    });
}

/** The address of a view, for links. */
export function hrefOf(...parts: string[]): string {
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}
