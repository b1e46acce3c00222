"""Rooms: which sockets of this process hear which topic, and how a fact reaches each of them once."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from bot.live.ports import Bus
from bot.model.facts import MessagePosted, Ring
from channels.events import event_of
from channels.transport import Conn, Frame, encode_event
from channels.wire import show


class Listener(Protocol):
    """What a room knows of a socket: whose it is, and which of its own messages are still to be acknowledged."""

    conn: Conn
    person: str
    topics: set[str]
    inflight: set[str]


class Rooms:
    """Topics and their listeners. The bus is asked for a topic only while somebody here listens to it."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._rooms: dict[str, set[Listener]] = {}
        bus.attach(self.hear)

    def join(self, listener: Listener, topic: str) -> None:
        """Let a socket hear a topic."""
        room = self._rooms.get(topic)
        if room is None:
            room = self._rooms[topic] = set()
            self._bus.subscribe(topic)
        room.add(listener)
        listener.topics.add(topic)

    def leave(self, listener: Listener, topic: str) -> None:
        """A socket stops hearing a topic."""
        listener.topics.discard(topic)
        room = self._rooms.get(topic)
        if room is None or listener not in room:
            return
        room.discard(listener)
        if not room:
            del self._rooms[topic]
            self._bus.unsubscribe(topic)

    def leave_all(self, listener: Listener) -> None:
        """A socket is gone."""
        for topic in list(listener.topics):
            self.leave(listener, topic)

    def in_room(self, topic: str) -> tuple[Listener, ...]:
        """The sockets of this process that hear a topic."""
        return tuple(self._rooms.get(topic, ()))

    def hear(self, ring: Ring) -> None:
        """Push a fact to everyone concerned, encoded once. A message in flight on the socket that sent it is left to its ack."""
        listeners = self._listeners(ring.topics)
        if not listeners:
            return
        if isinstance(ring.fact, MessagePosted):
            self._push_message(ring.fact, listeners)
            return
        event = event_of(ring.fact)
        if event is not None:
            frame = encode_event(event[0], msgspec.json.encode(event[1]))
            for listener in listeners:
                listener.conn.push(frame)

    @staticmethod
    def _push_message(fact: MessagePosted, listeners: Iterable[Listener]) -> None:
        message = fact.message
        theirs: Frame | None = None
        for listener in listeners:
            if listener.person != message.author:
                if theirs is None:
                    theirs = encode_event("message", msgspec.json.encode(show(message)))
                listener.conn.push(theirs)
            elif message.key not in listener.inflight:
                listener.conn.push(encode_event("message", msgspec.json.encode(show(message, own=True))))

    def _listeners(self, topics: tuple[str, ...]) -> Iterable[Listener]:
        rooms = [room for topic in topics if (room := self._rooms.get(topic))]
        if len(rooms) > 1:
            return set().union(*rooms)
        return tuple(rooms[0]) if rooms else ()
