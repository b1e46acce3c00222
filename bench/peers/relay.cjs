"use strict";
// The official Socket.IO server as a relay: what one side of a pair sends is acknowledged and pushed to the other; what is
// sent in a room is pushed to everybody else in it. Nothing is stored. As it comes, with the websocket transport alone.
const { createServer } = require("node:http");
const { Server } = require("socket.io");

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
io.on("connection", (socket) => {
  const { pair, side, room } = socket.handshake.auth;
  const to = room ?? `${pair}/${side === "a" ? "b" : "a"}`;
  socket.join(room ?? `${pair}/${side}`);
  socket.on("send", (message, ack) => {
    socket.to(to).emit("message", message);
    ack({ ok: true });
  });
});
http.listen(Number(process.argv[2]), "127.0.0.1");
