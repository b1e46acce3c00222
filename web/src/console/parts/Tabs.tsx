import "./tabs.css";

import { useEffect, useRef } from "react";

/** One view of a room, as a link; `count` is how much waits there. */
export interface Tab {
  key: string;
  label: string;
  href: string;
  count?: number;
}

/** The views of a room, beside each other. On a phone the row can be pushed aside. */
export function Tabs({ label, tabs, current }: { label: string; tabs: readonly Tab[]; current: string }) {
  const row = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the row is longer than the page is wide.
    row.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [current]);
  return (
    <nav className="tabs" aria-label={label} ref={row}>
      {tabs.map((tab) => (
        <a key={tab.key} href={tab.href} aria-current={tab.key === current ? "page" : undefined}>
          {tab.label}
          {tab.count !== undefined && tab.count > 0 && <span className="tab-count">{tab.count}</span>}
        </a>
      ))}
    </nav>
  );
}
