import i18next from "i18next";
import { useSyncExternalStore } from "react";

import type { Hub } from "../hub/hub";
import type { Talk } from "../state/state";
import { hrefOf } from "../ui/route";
import type { WireMessage } from "../wire";

/** What one wants to hear of new messages, on this device. */
export type Wish = "notify" | "sound";
/** Whether the browser can show notices: `ask` until somebody has answered it. */
export type Permission = "none" | "ask" | "refused" | "granted";

/** So long one tab keeps the others from telling the same. */
const TOLD_MS = 3_000;

const hearers = new Set<() => void>();

function changed(): void {
  for (const hearer of [...hearers]) hearer();
}

function subscribe(hearer: () => void): () => void {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}

function isWished(wish: Wish): boolean {
  try {
    return localStorage.getItem(`weihub.${wish}`) === "on";
  } catch {
    return false; // a browser that keeps nothing tells nothing
  }
}

export function setWish(wish: Wish, on: boolean): void {
  try {
    localStorage.setItem(`weihub.${wish}`, on ? "on" : "off");
  } catch {
    // As above.
  }
  if (wish === "sound" && on) ring();
  changed();
}

export function useWish(wish: Wish): boolean {
  return useSyncExternalStore(subscribe, () => isWished(wish));
}

export function permission(): Permission {
  if (!("Notification" in globalThis)) return "none";
  const told = Notification.permission;
  return told === "default" ? "ask" : told === "denied" ? "refused" : "granted";
}

export function usePermission(): Permission {
  return useSyncExternalStore(subscribe, permission);
}

/** Ask for permission, by a tap and no other way; notices are on where it is given. */
export async function askPermission(): Promise<void> {
  if ((await Notification.requestPermission()) === "granted") setWish("notify", true);
  else changed();
}

/** Tell of what others write while one looks elsewhere: once, whatever tabs are open, and never of what is hushed. */
export function tellNews(hub: Hub): void {
  hub.hear((fact) => {
    if (fact.event !== "message") return;
    const { me, talks } = hub.store.get();
    const { data: message } = fact;
    const talk = talks[message.conversation];
    if (talk === undefined || talk.muted || talk.title === "" || message.author.id === me?.id) return;
    if (message.kind === "system" || message.seq <= talk.read || isLookedAt(talk)) return;
    once(`weihub.told.${talk.id}.${message.seq}`, () => tell(talk, message));
  });
}

function tell(talk: Talk, message: WireMessage): void {
  if (isWished("sound")) ring();
  if (!isWished("notify") || permission() !== "granted" || isHere()) return;
  const body =
    talk.kind === "group" ? `${message.author.name}${i18next.t("colon")}${message.fallback}` : message.fallback;
  try {
    const notice = new Notification(talk.title, { body, tag: `weihub-${talk.id}` });
    notice.onclick = () => {
      globalThis.focus();
      globalThis.location.hash = placeOf(talk);
      notice.close();
    };
  } catch {
    // Some browsers of phones say yes and then show notices of installed apps alone; the badge still tells.
  }
}

function placeOf(talk: Talk): string {
  return talk.kind === "group" ? hrefOf("g", talk.id) : hrefOf("c", talk.account);
}

function isHere(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function isLookedAt(talk: Talk): boolean {
  return isHere() && globalThis.location.hash === placeOf(talk);
}

/** Of all tabs of this browser the first does it. Without locks (they need a safe origin) each does. */
function once(name: string, work: () => void): void {
  if (!("locks" in navigator)) {
    work();
    return;
  }
  void navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
    if (lock === null) return;
    work();
    await new Promise((resolve) => setTimeout(resolve, TOLD_MS));
  });
}

let sounds: AudioContext | null = null;

/** Two short notes, made here: no file is loaded for them. */
function ring(): void {
  try {
    sounds ??= new AudioContext();
    const start = sounds.currentTime + 0.02;
    for (const [at, pitch] of [
      [0, 880],
      [0.14, 1_175],
    ] as const) {
      const note = sounds.createOscillator();
      const volume = sounds.createGain();
      note.frequency.value = pitch;
      volume.gain.setValueAtTime(0.12, start + at);
      volume.gain.exponentialRampToValueAtTime(0.001, start + at + 0.13);
      note.connect(volume).connect(sounds.destination);
      note.start(start + at);
      note.stop(start + at + 0.14);
    }
  } catch {
    // No sound on this device.
  }
}
