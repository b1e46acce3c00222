"use strict";
// The official Socket.IO client on a leash: one JSON command per line in, one JSON answer per line out.
//   {"n": 1, "do": "connect", "socket": "a", "url": "http://…", "options": {"transports": ["websocket"], "auth": {…}}}
//   {"n": 1, "ok": true, "value": {"id": "…", "transport": "websocket"}}   or   {"n": 1, "ok": false, "error": "…", "data": …}
// Everything a socket hears is kept in order until an "expect" asks for it, its own life included:
// $connect, $connect_error, $disconnect, $upgrade.
const readline = require("node:readline");
const { io } = require("socket.io-client");

const seats = new Map();

class Seat {
  constructor(socket) {
    this.socket = socket;
    this.heard = [];
    this.waiting = [];
    socket.onAny((event, ...args) => this.hear(event, args));
    socket.on("connect", () => this.hear("$connect", [socket.id, socket.io.engine.transport.name]));
    socket.io.on("open", () => {
      socket.io.engine.once("upgrade", (transport) => this.hear("$upgrade", [transport.name]));
    });
    socket.on("connect_error", (error) => this.hear("$connect_error", [error.message, error.data ?? null]));
    socket.on("disconnect", (reason, details) => {
      const closed = details?.context ?? {};
      this.hear("$disconnect", [reason, closed.code ?? null, closed.reason ?? null]);
    });
  }

  hear(event, args) {
    const at = this.waiting.findIndex((one) => one.event === event);
    if (at >= 0) this.waiting.splice(at, 1)[0].take(args);
    else this.heard.push({ event, args });
  }

  expect(event, timeoutMs) {
    const at = this.heard.findIndex((one) => one.event === event);
    if (at >= 0) return this.heard.splice(at, 1)[0].args;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((one) => one !== mine);
        reject(new Error(`no ${event} within ${timeoutMs} ms`));
      }, timeoutMs);
      const mine = { event, take: (args) => { clearTimeout(timer); resolve(args); } };
      this.waiting.push(mine);
    });
  }

  state() {
    const { socket } = this;
    return { connected: socket.connected, id: socket.id ?? null, transport: socket.io.engine?.transport.name ?? null };
  }
}

const verbs = {
  async connect({ socket, url, options = {}, timeout_ms = 5000 }) {
    const seat = new Seat(io(url, { forceNew: true, reconnectionDelay: 20, reconnectionDelayMax: 200, ...options }));
    seats.set(socket, seat);
    const refused = seat.expect("$connect_error", timeout_ms);
    const taken = seat.expect("$connect", timeout_ms);
    const [what, args] = await Promise.race([refused.then((a) => ["no", a]), taken.then((a) => ["yes", a])]);
    (what === "yes" ? refused : taken).catch(() => {});
    seat.waiting = [];
    if (what === "yes") return { id: args[0], transport: args[1] };
    const error = new Error(args[0]);
    error.data = args[1];
    throw error;
  },
  emit({ socket, event, args = [] }) {
    seats.get(socket).socket.emit(event, ...args);
  },
  call({ socket, event, args = [], timeout_ms = 5000 }) {
    return seats.get(socket).socket.timeout(timeout_ms).emitWithAck(event, ...args);
  },
  expect({ socket, event, timeout_ms = 5000 }) {
    return seats.get(socket).expect(event, timeout_ms);
  },
  state({ socket }) {
    return seats.get(socket).state();
  },
  // What a lost network does to a client: the transport is gone, and it comes back by itself.
  drop({ socket }) {
    seats.get(socket).socket.io.engine.close();
  },
  disconnect({ socket }) {
    seats.get(socket).socket.disconnect();
  },
};

async function obey(line) {
  const command = JSON.parse(line);
  let answer;
  try {
    answer = { n: command.n, ok: true, value: (await verbs[command.do](command)) ?? null };
  } catch (error) {
    answer = { n: command.n, ok: false, error: error.message, data: error.data ?? null };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}

readline.createInterface({ input: process.stdin }).on("line", obey).on("close", () => process.exit(0));
