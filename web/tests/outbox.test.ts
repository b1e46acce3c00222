import { expect, test } from "vitest";

import { HubFault } from "../src/hub/fault";
import { Outbox } from "../src/hub/outbox";
import { Store } from "../src/state/store";
import type { Asks } from "../src/wire";
import { C, listed, ME, message, pending, view } from "./facts";

type Request = Asks["send"][0];
type Answer = Asks["send"][1];

/** A tab's storage. */
class Drawer {
  readonly held = new Map<string, string>();
  getItem = (name: string) => this.held.get(name) ?? null;
  setItem = (name: string, value: string) => void this.held.set(name, value);
  removeItem = (name: string) => void this.held.delete(name);
}

/** An outbox whose hub stores what it is sent, unless `fails` has something for it; as the real one, it knows a key again. */
function opened(fails: (HubFault | "lost after storing")[] = []) {
  const store = new Store();
  const drawer = new Drawer();
  const stored: string[] = [];
  const asked: string[] = [];
  const send = (request: Request): Promise<Answer> => {
    asked.push(request.key);
    const fault = fails.shift();
    if (fault instanceof HubFault) return Promise.reject(fault);
    const duplicate = stored.includes(request.key);
    if (!duplicate) stored.push(request.key);
    if (fault !== undefined) return Promise.reject(new HubFault(null));
    const seq = stored.indexOf(request.key) + 1;
    return Promise.resolve({ conversation: C, seq, at: message(seq).at, duplicate });
  };
  const outbox = new Outbox(store, send, drawer);
  store.tell({ event: "me", data: ME }, listed(view(0, 0, 0)), { event: "link", data: "online" });
  return { store, drawer, stored, asked, outbox };
}

function talk(store: Store) {
  const found = store.get().talks[C];
  if (found === undefined) throw new Error("There is no conversation.");
  return found;
}

test("messages are stored in the order they were written, one at a time", async () => {
  const { store, stored, outbox } = opened();
  for (const key of ["a", "b", "c"]) {
    store.tell({ event: "queued", data: pending(key) });
    void outbox.flush(C);
  }
  await outbox.flush(C);
  await expect.poll(() => talk(store).pending.length).toBe(0);

  expect(stored).toEqual(["a", "b", "c"]);
  expect(talk(store).messages.map((one) => one.key)).toEqual(["a", "b", "c"]);
});

test("an answer that was lost is asked for again under the same key, and makes no second message", async () => {
  const { store, stored, asked, outbox } = opened(["lost after storing"]);
  store.tell({ event: "queued", data: pending("a") });
  await outbox.flush(C);

  expect([asked, stored]).toEqual([["a", "a"], ["a"]]);
  expect(talk(store).messages.length).toBe(1);
});

test("without a connection nothing is tried; when it is back, all goes out in order", async () => {
  const { store, stored, asked, outbox } = opened();
  store.tell(
    { event: "link", data: "offline" },
    { event: "queued", data: pending("a") },
    { event: "queued", data: pending("b") },
  );
  await outbox.flush(C);
  expect([asked, talk(store).pending.map((one) => one.state)]).toEqual([[], ["sending", "sending"]]);

  store.tell({ event: "link", data: "online" });
  await outbox.flush(C);
  expect(stored).toEqual(["a", "b"]);
});

test("what the hub refuses has failed, says why, and holds up nobody", async () => {
  const refused = new HubFault({ code: "blocked", message: "不能这样说。" });
  const { store, stored, outbox } = opened([refused]);
  store.tell({ event: "queued", data: pending("a") }, { event: "queued", data: pending("b") });
  await outbox.flush(C);

  expect(stored).toEqual(["b"]);
  expect(talk(store).pending).toMatchObject([
    { key: "a", state: "failed", fault: { code: "blocked", message: "不能这样说。" } },
  ]);
});

test("what is on its way is kept in the tab until it is stored, for the next page to go on", async () => {
  const { store, drawer, outbox } = opened();
  store.tell({ event: "queued", data: pending("a", "还没发出去") });
  expect(outbox.left(ME.id)).toMatchObject([{ key: "a", body: { text: "还没发出去" }, state: "sending" }]);

  await outbox.flush(C);
  expect([outbox.left(ME.id), drawer.held.size]).toEqual([[], 0]);

  drawer.setItem(`weihub.outbox.${ME.id}`, "no JSON");
  expect(outbox.left(ME.id)).toEqual([]);
});

test("what a moderator looks at first is asked for again with each connection, under its key", async () => {
  const store = new Store();
  const asked: string[] = [];
  const answers = [
    { held: true, seq: null },
    { held: true, seq: null },
    { seq: 1, at: message(1).at },
  ];
  const send = (request: Request): Promise<Answer> => {
    asked.push(request.key);
    return Promise.resolve({ conversation: C, duplicate: false, at: "", ...answers[asked.length - 1] } as Answer);
  };
  const outbox = new Outbox(store, send, new Drawer());
  store.tell({ event: "me", data: ME }, listed(view(0, 0, 0)), { event: "link", data: "online" });
  store.tell({ event: "queued", data: pending("a") });
  await outbox.flush(C);
  expect(talk(store).pending).toMatchObject([{ key: "a", state: "held" }]);

  outbox.resume();
  await expect.poll(() => asked.length).toBe(2);
  expect(talk(store).pending).toMatchObject([{ key: "a", state: "held" }]);
  outbox.resume();
  await expect.poll(() => talk(store).messages.length).toBe(1);
  expect([asked, talk(store).pending]).toEqual([["a", "a", "a"], []]);
});
