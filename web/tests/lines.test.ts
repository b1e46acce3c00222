import { expect, test } from "vitest";

import { linesOf } from "../src/hub/rest";

function streamOf(bytes: Uint8Array, pieces: number): ReadableStream<Uint8Array> {
  const size = Math.max(1, Math.ceil(bytes.length / pieces));
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

test.each([1, 2, 7, 1_000])("lines come whole, in whatever pieces they travel (%i)", async (pieces) => {
  const told = [{ done: 1, of: 2 }, { text: "什么时候发货\n呀" }, { done: 2, of: 2 }];
  const bytes = new TextEncoder().encode(told.map((one) => `${JSON.stringify(one)}\n`).join(""));
  const heard: unknown[] = [];
  await linesOf(streamOf(bytes, pieces), (line) => heard.push(line));
  expect(heard).toEqual(told);
});

test("a last line without an end is a line too", async () => {
  const heard: unknown[] = [];
  await linesOf(streamOf(new TextEncoder().encode('{"a":1}\n{"b":2}'), 3), (line) => heard.push(line));
  expect(heard).toEqual([{ a: 1 }, { b: 2 }]);
});

test("a stream that breaks is a connection that was lost", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new TypeError("network error"));
    },
  });
  await expect(linesOf(broken, () => undefined)).rejects.toMatchObject({ code: "lost" });
});
