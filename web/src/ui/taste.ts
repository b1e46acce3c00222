import { useSyncExternalStore } from "react";

/** What a person prefers on this device. */
export type Theme = "auto" | "light" | "dark";
export type Language = "zh-CN" | "en";

const hearers = new Set<() => void>();

function kept(name: string): string | null {
  try {
    return localStorage.getItem(`weihub.${name}`);
  } catch {
    return null; // a browser that keeps nothing still shows the page
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(`weihub.${name}`, value);
  } catch {
    // As above: this time only.
  }
  for (const hearer of [...hearers]) hearer();
}

let theme: Theme = read(kept("theme"), ["auto", "light", "dark"]) ?? "auto";
let language: Language =
  read(new URLSearchParams(globalThis.location.search).get("lang") ?? kept("lang"), ["zh-CN", "en"]) ?? "zh-CN";

function read<T extends string>(value: string | null, known: readonly T[]): T | null {
  return known.find((one) => one === value) ?? null;
}

export function languageNow(): Language {
  return language;
}

export function setTheme(wished: Theme): void {
  theme = wished;
  showTheme();
  keep("theme", wished);
}

export function setLanguage(wished: Language): void {
  language = wished;
  keep("lang", wished);
}

/** Put the theme on the document; `auto` follows the system by the style sheet alone. */
export function showTheme(): void {
  document.documentElement.dataset["theme"] = theme;
}

function subscribe(hearer: () => void): () => void {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, () => theme);
}

export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, () => language);
}

/** Whether it is dark now, by choice or by the system; for libraries that must be told. */
export function useDark(): boolean {
  const system = useSyncExternalStore(
    (hearer) => {
      const query = matchMedia("(prefers-color-scheme: dark)");
      query.addEventListener("change", hearer);
      return () => query.removeEventListener("change", hearer);
    },
    () => matchMedia("(prefers-color-scheme: dark)").matches,
  );
  const wished = useTheme();
  return wished === "auto" ? system : wished === "dark";
}
