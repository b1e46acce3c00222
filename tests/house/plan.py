"""The plan of the house and its rules, as functions over source text, so that each rule can be tried on samples."""

import ast
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 450

STOREYS = ("config", "channels", "bot", "replies", "intents")
"""The top folders, from the roof down."""

FLOORS: dict[str, int] = {
    "config": 5,
    "channels": 4,
    "bot.actions": 3,
    "bot.store": 2,
    "bot.live": 1,
    "replies": 1,
    "bot.model": 0,
    "intents": 0,
}
PURE = ("intents", "replies", "bot.model")
CLOCK = "bot.model.basics"

_ANYWHERE = ("",)
HOMES: dict[str, tuple[str, ...]] = {
    "msgspec": _ANYWHERE,
    "structlog": _ANYWHERE,
    "rjieba": ("intents.words",),
    "ahocorasick_rs": ("intents",),
    "opencc": ("intents",),
    "rapidfuzz": ("intents",),
    "pypinyin": ("intents",),
    "re2": ("intents",),
    "openpyxl": ("replies.exchange",),
    "sqlalchemy": ("bot.store",),
    "alembic": ("bot.store",),
    "aiosqlite": ("bot.store",),
    "asyncpg": ("bot.store",),
    "redis": ("bot.live.redis",),
    "prometheus_client": ("bot.live.metrics",),
    "jwt": ("bot.actions.identity", "bot.actions.tokens"),
    "argon2": ("bot.actions.identity", "bot.actions.tokens"),
    "cryptography": ("bot.actions.identity", "bot.actions.tokens"),
    "PIL": ("bot.actions.media",),
    "aiohttp": ("channels",),
    "socketio": ("channels.socket", "channels.transport", "channels.client"),
    "engineio": ("channels.socket", "channels.transport"),
    "uvloop": ("config",),
    "rich": ("config",),
}
"""The home of each library: the rooms or modules that may import it."""

IMPURE_IMPORTS = frozenset({"asyncio", "os", "random", "secrets", "socket", "subprocess", "tempfile", "threading", "time"})
EFFECTS = frozenset(
    {"open", "print", "input", "asyncio.run", "asyncio.new_event_loop", "os.getenv", "os.system", "time.time", "now_ms", "logging.basicConfig"}
)
EFFECT_METHODS = frozenset(
    {
        "connect",
        "configure",
        "create_async_engine",
        "create_engine",
        "create_server",
        "create_task",
        "mkdir",
        "read_bytes",
        "read_text",
        "run_until_complete",
        "unlink",
        "urandom",
        "write_bytes",
        "write_text",
    }
)
SILENCER = re.compile(r"# (type: ignore|noqa|pragma|fmt:)[^ ]*( [A-Z]+[0-9]+,?)*")
REASON = re.compile(r"[^\W\d_]{3,}")
SKIPS = frozenset({"skip", "skipif", "xfail", "importorskip"})

Sources = Mapping[str, str]
"""Source text by dotted module name."""


def sources(*tops: str) -> dict[str, str]:
    """Every module under these top folders of the repository."""
    found = {}
    for top in tops:
        for path in sorted((ROOT / top).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path.read_text("utf-8")
    return found


def under(module: str, place: str) -> bool:
    """Whether a dotted name is this place or lies in it."""
    return not place or module == place or module.startswith(place + ".")


def room(module: str) -> str | None:
    """The room a module lies in; None for the front door of several (`bot`) and for strangers."""
    return next((place for place in FLOORS if under(module, place)), None)


def imported(source: str, module: str) -> Iterator[tuple[str, int]]:
    """Every dotted name imported anywhere in a module, with its line; `from a import b` counts as `a.b`."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join([*module.split(".")[: -node.level], *filter(None, [node.module])]) if node.level else node.module or ""
            yield from ((f"{base}.{name.name}", node.lineno) for name in node.names)


def _goes_down(here: str, there: str) -> bool:
    """Whether one room may import another: both its floor and its storey are lower."""
    storeys = [STOREYS.index(place.split(".")[0]) for place in (here, there)]
    return FLOORS[there] < FLOORS[here] and storeys == sorted(storeys)


def climbs(source: str, module: str) -> list[str]:
    """Imports that leave the room without going down, or leave the house."""
    faults = []
    for name, line in imported(source, module):
        here, there = room(module), room(name)
        if there == here or (there is None and name.split(".")[0] not in {"bot", "tests", "bench", "web"}):
            continue
        if here is None or there is None or not _goes_down(here, there):
            faults.append(f"{module}:{line} must not import {name}")
    return faults


def circles(modules: Sources) -> list[str]:
    """A circle of modules that import each other, if there is one."""
    graph: dict[str, set[str]] = {}
    for module, source in modules.items():
        names = {name for name, _ in imported(source, module)}
        targets = {target for name in names for target in (name, name.rpartition(".")[0]) if target in modules}
        graph[module] = {target for target in targets if target != module}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" → ".join(reversed(error.args[1]))]
    return []


def homeless(source: str, module: str) -> list[str]:
    """Third-party imports outside the home of the library, or of a library that has none."""
    faults = []
    for name, line in imported(source, module):
        library = name.split(".")[0]
        if library in sys.stdlib_module_names or library in STOREYS:
            continue
        if not any(under(module, home) for home in HOMES.get(library, ())):
            faults.append(f"{module}:{line} imports {library}, whose home is {' or '.join(HOMES.get(library, ())) or 'not decided'}")
    return faults


def hidden_imports(source: str, module: str) -> list[str]:
    """Imports inside a function."""
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = {inner.lineno for node in functions for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)}
    return [f"{module}:{line} imports inside a function" for line in sorted(lines)]


def _at_import(statements: list[ast.stmt]) -> Iterator[ast.expr]:
    """Expressions that run when the module is imported: not bodies of functions, not what `__main__` guards."""
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults))
        elif isinstance(node, ast.ClassDef):
            yield from (*node.decorator_list, *node.bases)
            yield from _at_import(node.body)
        elif not (isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)):
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield child
                elif isinstance(child, ast.stmt):
                    yield from _at_import([child])
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    yield from _at_import(child.body)
                elif isinstance(child, ast.withitem):
                    yield child.context_expr


def _calls(expression: ast.expr) -> Iterator[ast.Call]:
    """Calls that an expression makes when it is evaluated; a lambda's body waits."""
    todo: list[ast.AST] = [expression]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            yield node
        if not isinstance(node, ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))


def effects(source: str, module: str) -> list[str]:
    """Calls at import time that open, start, read, write or look at the clock."""
    faults = []
    for expression in _at_import(ast.parse(source).body):
        for call in _calls(expression):
            name = ast.unparse(call.func)
            if name in EFFECTS or name.rpartition(".")[2] in EFFECT_METHODS:
                faults.append(f"{module}:{call.lineno} calls {name} when it is imported")
    return faults


def reads_environment(source: str, module: str) -> list[str]:
    """Any look at the environment, which is the business of `config` alone."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute))
    return [f"{module}:{node.lineno} reads the environment" for node in nodes if ast.unparse(node) in {"os.environ", "os.getenv", "os.environb"}]


def impure(source: str, module: str) -> list[str]:
    """Clock, randomness, input/output or async, in a room that only thinks."""
    faults = [f"{module}:{line} imports {name}" for name, line in imported(source, module) if name.split(".")[0] in IMPURE_IMPORTS]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await):
            faults.append(f"{module}:{node.lineno} is async")
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in {"open", "datetime.now", "datetime.utcnow", "date.today"}:
            faults.append(f"{module}:{node.lineno} calls {ast.unparse(node.func)}")
    return faults


def too_long(source: str, module: str) -> list[str]:
    """A module that should be two."""
    lines = source.count("\n")
    return [f"{module} has {lines} lines, more than {LONGEST}"] if lines > LONGEST else []


def silent(source: str, module: str) -> list[str]:
    """A checker told to be quiet without a reason beside it, or a test that does not run."""
    faults = []
    for token in tokenize.generate_tokens(StringIO(source).readline):
        told = token.type == tokenize.COMMENT and SILENCER.match(token.string)
        if told and not REASON.search(token.string, told.end()):
            faults.append(f"{module}:{token.start[0]} silences a checker without saying why")
    attributes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute) and node.attr in SKIPS)
    marks = (node for node in attributes if ast.unparse(node.value) in {"pytest", "pytest.mark", "mark"})
    return [*faults, *(f"{module}:{mark.lineno} leaves a test out" for mark in marks)]
