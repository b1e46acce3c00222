"""What the readers of media containers share: the value they return and the error they raise."""

from typing import Literal

import msgspec

Kind = Literal["image", "voice", "video"]


class Sniffed(msgspec.Struct, frozen=True):
    """A kind of media, its media type, and its container."""

    kind: Kind
    type: str


class Unreadable(ValueError):
    """The bytes are not what their first ones promise, or do not say how long they last."""
