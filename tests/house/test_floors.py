"""The house keeps its plan: each rule holds for the whole house, and catches the sample that breaks it."""

from collections.abc import Callable

import pytest

from tests.house import plan

PRODUCT = plan.sources("config", "channels", "bot", "replies", "intents")
EVERYTHING = {**PRODUCT, **plan.sources("tests", "bench")}

Rule = Callable[[str, str], list[str]]


def faults(rule: Rule, modules: plan.Sources) -> list[str]:
    """What a rule finds in all these modules."""
    return [fault for module, source in modules.items() for fault in rule(source, module)]


def test_the_plan_names_every_room_that_stands() -> None:
    """No product module lies outside the rooms, except the empty front door of `bot`."""
    assert [module for module in PRODUCT if plan.room(module) is None] == ["bot"]
    assert {plan.room(module) for module in PRODUCT} - {None} == set(plan.FLOORS)


def test_imports_go_down_a_floor_or_stay_in_the_room() -> None:
    """No product module imports upwards, a room of its own floor, or anything beside the house."""
    assert faults(plan.climbs, PRODUCT) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Not even inside one room."""
    assert plan.circles(PRODUCT) == []


def test_package_fronts_are_empty() -> None:
    """An `__init__.py` says nothing, so importing a module runs that module alone."""
    fronts = [
        path for top in ("config", "channels", "bot", "replies", "intents", "tests", "bench") for path in (plan.ROOT / top).rglob("__init__.py")
    ]
    assert fronts
    assert [str(path) for path in fronts if path.stat().st_size] == []


def test_every_library_is_imported_at_home_only() -> None:
    """A library can be replaced in one place."""
    assert faults(plan.homeless, PRODUCT) == []


def test_no_import_hides_in_a_function() -> None:
    """A hidden import is a circle in disguise."""
    assert faults(plan.hidden_imports, {**PRODUCT, **plan.sources("tests")}) == []


def test_importing_a_module_does_nothing() -> None:
    """Nothing is opened, started, read or timed when a module is imported."""
    assert faults(plan.effects, PRODUCT) == []


def test_only_config_reads_the_environment() -> None:
    """Settings come from one place."""
    assert faults(plan.reads_environment, {module: source for module, source in PRODUCT.items() if not plan.under(module, "config")}) == []


def test_pure_rooms_only_think() -> None:
    """Words, replies and the model have no clock, no chance, no input or output; ids and the clock live in one module."""
    thinking = {module: source for module, source in PRODUCT.items() if plan.room(module) in plan.PURE and module != plan.CLOCK}
    assert faults(plan.impure, thinking) == []


def test_no_module_is_too_long() -> None:
    """A module over 450 lines is two subjects."""
    assert faults(plan.too_long, {**PRODUCT, **plan.sources("bench")}) == []


def test_nothing_is_silenced_without_a_reason() -> None:
    """A quiet checker explains itself and no test is left out."""
    assert faults(plan.silent, EVERYTHING) == []


@pytest.mark.parametrize(
    ("rule", "module", "good", "bad"),
    [
        (plan.climbs, "bot.store.log", "from bot.model.talk import Message", "from bot.actions.talk import send"),
        (plan.climbs, "bot.store.log", "from bot.live.ports import Bus", "import channels.wire"),
        (plan.climbs, "bot.store.log", "from bot.store import tables", "from bot import actions"),
        (plan.climbs, "bot.store.log", "from . import tables", "from ..actions import talk"),
        (plan.climbs, "bot.live.jobs", "import asyncio", "from replies.engine import decide"),
        (plan.climbs, "bot.model.talk", "from bot.model.basics import Closed", "from intents.text import normal"),
        (plan.climbs, "replies.engine", "from intents.text import normal", "from bot.model.basics import HubError"),
        (plan.climbs, "config.cli", "from channels.http import app", "from tests.house import plan"),
        (plan.homeless, "intents.words", "import rjieba", "import sqlalchemy as sa"),
        (plan.homeless, "bot.live.redis", "from redis.asyncio import Redis", "import redis\nimport celery"),
        (plan.homeless, "bot.live.local", "import msgspec", "from redis.asyncio import Redis"),
        (plan.homeless, "channels.rest_people", "from aiohttp import web", "import socketio"),
        (plan.hidden_imports, "m", "import os\ndef f() -> None: ...", "def f() -> None:\n    import os"),
        (plan.hidden_imports, "m", "class A:\n    x = 1", "class A:\n    async def f(self) -> None:\n        from os import path"),
        (plan.effects, "m", "def f() -> None:\n    open('x')", "handle = open('x')"),
        (plan.effects, "m", "if __name__ == '__main__':\n    asyncio.run(main())", "asyncio.run(main())"),
        (plan.effects, "m", "later = lambda: Path('x').read_text()", "text = Path('x').read_text()"),
        (plan.effects, "m", "class A:\n    limit = int('1')", "class A:\n    db = sqlite3.connect('x')"),
        (plan.effects, "m", "def f(now: int = 0) -> None: ...", "def f(now: int = now_ms()) -> None: ..."),
        (plan.effects, "m", "try:\n    x = 1\nfinally:\n    y = 2", "try:\n    x = 1\nexcept OSError:\n    structlog.configure()"),
        (plan.reads_environment, "bot.store.unit", "import os\nos.sep", "import os\nhome = os.environ['HOME']"),
        (plan.impure, "replies.engine", "import math", "import random"),
        (plan.impure, "replies.hours", "from datetime import datetime\ndatetime.fromtimestamp(0)", "from datetime import datetime\ndatetime.now()"),
        (plan.impure, "intents.text", "def f() -> None: ...", "async def f() -> None: ..."),
        (plan.too_long, "m", "x = 1\n" * 450, "x = 1\n" * 451),
        (plan.silent, "m", "import a  # type: ignore[x] # its stubs lag behind", "import a  # type: ignore[x]"),
        (plan.silent, "m", "x = 1  # noqa: S105 - a name, not a secret", "x = 1  # noqa: S105, S106"),
        (plan.silent, "m", "@pytest.mark.parametrize('x', [1])\ndef f(x): ...", "@pytest.mark.skipif(True)\ndef f(): ..."),
    ],
)
def test_each_rule_tells_good_from_bad(rule: Rule, module: str, good: str, bad: str) -> None:
    """A rule that could not fail would guard nothing."""
    assert rule(good, module) == []
    assert len(rule(bad, module)) == 1


def test_a_circle_is_found_and_named() -> None:
    """The circle rule sees `import`, `from a import b` and relative forms, and says who is in it."""
    good = {"p": "", "p.a": "from p import b", "p.b": "import p.c", "p.c": ""}
    assert plan.circles(good) == []
    assert plan.circles({**good, "p.c": "from .a import thing"}) == ["p.a → p.b → p.c → p.a"]
