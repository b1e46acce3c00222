import { type RefObject, useEffect, useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";

import type { Act } from "./stance";

/** So far, in pixels, a menu stays from the edges of the page. */
const EDGE = 8;

interface MenuItemsProps {
  /** The button that opens it. */
  opener: RefObject<HTMLButtonElement | null>;
  items: readonly Act[];
  onClose: () => void;
}

/** An open menu, walked by the arrows. It stands above the page, and within it: a list of lines would cover one part of it and cut off another. */
export function MenuItems({ opener, items, onClose }: MenuItemsProps) {
  const menu = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const settle = () => settleBy(opener.current, menu.current);
    settle();
    menu.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
    globalThis.addEventListener("scroll", settle, true);
    globalThis.addEventListener("resize", settle);
    return () => {
      globalThis.removeEventListener("scroll", settle, true);
      globalThis.removeEventListener("resize", settle);
    };
  }, [opener]);
  useEffect(() => {
    const away = ({ target }: PointerEvent) => {
      const isOurs = [opener.current, menu.current].some((one) => one?.contains(target as Node) === true);
      if (!isOurs) onClose();
    };
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Escape" && event.key !== "Tab") return;
      opener.current?.focus({ preventScroll: true });
      onClose();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", key);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", key);
    };
  }, [opener, onClose]);
  return createPortal(
    <div ref={menu} className="menu-items" role="menu" tabIndex={-1} onKeyDown={walk}>
      {items.map(({ label, act }) => (
        <button
          key={label}
          type="button"
          role="menuitem"
          onClick={() => {
            // What it opens gives the focus back to there.
            opener.current?.focus({ preventScroll: true });
            onClose();
            act();
          }}
        >
          {label}
        </button>
      ))}
    </div>,
    document.body,
  );
}

/** Below the button, or above it where there is no room. */
function settleBy(opener: HTMLElement | null, menu: HTMLElement | null): void {
  if (opener === null || menu === null) return;
  const by = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const [left, top] = [by.right - width, by.bottom + height + EDGE > innerHeight ? by.top - height : by.bottom];
  menu.style.left = `${within(left, innerWidth - width)}px`;
  menu.style.top = `${within(top, innerHeight - height)}px`;
}

function within(at: number, most: number): number {
  return Math.max(EDGE, Math.min(at, most - EDGE));
}

function walk(event: React.KeyboardEvent<HTMLDivElement>): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}
