import { useSyncExternalStore } from "react";

const NAME = "weihub.desk.sound";
const hearers = new Set<() => void>();
let context: AudioContext | null = null;

function read(): boolean {
  try {
    return localStorage.getItem(NAME) !== "off";
  } catch {
    return true;
  }
}

/** Whether the desk makes itself heard on this device. */
export function useSound(): boolean {
  return useSyncExternalStore((hearer) => {
    hearers.add(hearer);
    return () => hearers.delete(hearer);
  }, read);
}

export function setSound(on: boolean): void {
  try {
    localStorage.setItem(NAME, on ? "on" : "off");
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
  for (const hearer of [...hearers]) hearer();
}

/** Two short tones, where sound is on and somebody has touched the page: before that a browser allows none. */
export function beep(): void {
  if (!read() || !navigator.userActivation.hasBeenActive) return;
  context ??= new AudioContext();
  const now = context.currentTime;
  for (const [at, tone] of [
    [0, 660],
    [0.16, 880],
  ] as const) {
    const source = context.createOscillator();
    const loud = context.createGain();
    source.frequency.value = tone;
    loud.gain.setValueAtTime(0.0001, now + at);
    loud.gain.exponentialRampToValueAtTime(0.12, now + at + 0.02);
    loud.gain.exponentialRampToValueAtTime(0.0001, now + at + 0.14);
    source.connect(loud).connect(context.destination);
    source.start(now + at);
    source.stop(now + at + 0.15);
  }
}
