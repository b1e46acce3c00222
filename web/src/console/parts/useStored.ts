import { useState } from "react";

/** A yes or no that this browser remembers; where nothing can be kept, until the page is left. */
export function useStored(name: string): [boolean, (value: boolean) => void] {
  const [value, setValue] = useState(() => read(name));
  return [
    value,
    (next) => {
      setValue(next);
      try {
        if (next) localStorage.setItem(`weihub.${name}`, "1");
        else localStorage.removeItem(`weihub.${name}`);
      } catch {
        // A browser that keeps nothing still shows the page.
      }
    },
  ];
}

function read(name: string): boolean {
  try {
    return localStorage.getItem(`weihub.${name}`) !== null;
  } catch {
    return false;
  }
}
