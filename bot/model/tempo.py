"""How fast people may write and come: floods of one, the same again and again, bursts of many. Free of what the place is."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Flood(msgspec.Struct, frozen=True, omit_defaults=True):
    """More than so many messages of one person in so many seconds are a flood; 0 for never.

    Who floods a `mute_after`th time within an hour is muted for `mute_s` seconds; 0 for never.
    """

    messages: Annotated[int, Meta(ge=0, le=1_000)] = 20
    seconds: Annotated[int, Meta(ge=1, le=3_600)] = 10
    mute_after: Annotated[int, Meta(ge=0, le=100)] = 3
    mute_s: Annotated[int, Meta(ge=60, le=2_592_000)] = 600


class Repeat(msgspec.Struct, frozen=True, omit_defaults=True):
    """More than so many messages that say the same, in so many seconds, of one member, or of newcomers together, wait for a moderator; 0 for never.

    `minutes`: so long after they came, and as long as `newcomers` of the order holds, people are newcomers here.
    """

    messages: Annotated[int, Meta(ge=0, le=100)] = 3
    newcomers: Annotated[int, Meta(ge=0, le=1_000)] = 5
    seconds: Annotated[int, Meta(ge=1, le=3_600)] = 120
    minutes: Annotated[int, Meta(ge=0, le=10_080)] = 1_440


class Raid(msgspec.Struct, frozen=True, omit_defaults=True):
    """More than so many people who came in so many seconds are a raid; 0 for never. For so many minutes those who come next have to be let in."""

    joins: Annotated[int, Meta(ge=0, le=20_000)] = 60
    seconds: Annotated[int, Meta(ge=1, le=3_600)] = 60
    minutes: Annotated[int, Meta(ge=1, le=10_080)] = 15


def is_raid(raid: Raid, came: int) -> bool:
    """Whether one more would be a raid, where so many came within its seconds."""
    return 0 < raid.joins <= came
