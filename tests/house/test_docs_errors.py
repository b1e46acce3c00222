"""docs/errors.md tells exactly the closed set of errors."""

import ast
import re
from collections.abc import Iterator

import pytest

from bot.model import basics
from bot.model.basics import ERRORS, HubError
from channels.http import STATUS
from tests.house.plan import sources
from tests.house.tables import page, table

ROWS = {row["code"]: row for row in table(page("docs/errors.md"), "code")}


def test_the_page_lists_exactly_the_codes() -> None:
    """In the order of the program, none missing, none made up."""
    assert list(ROWS) == [error.code for error in ERRORS]


def test_the_tree_is_closed() -> None:
    """Every subclass is in the list, each with a code of its own."""
    assert set(HubError.__subclasses__()) == set(ERRORS)
    assert len({error.code for error in ERRORS}) == len(ERRORS)
    assert [below for error in ERRORS for below in error.__subclasses__()] == []


def test_the_statuses_are_those_that_are_sent() -> None:
    """The page, the tree drawn at the head of the module, and the one table of the program agree."""
    drawn = dict(re.findall(r"([A-Z]\w+) (\d{3})", basics.__doc__ or ""))
    told = {error.__name__: ROWS[error.code]["status"] for error in ERRORS}
    assert drawn == told == {error.__name__: str(status) for error, status in STATUS.items()}


def test_no_other_file_knows_a_status() -> None:
    """The numbers of refusals are written in `channels/http.py` alone; 400 and 503 are numbers of other things too."""
    numbers = set(STATUS.values()) - {400, 503}
    found = [
        f"{module}:{node.lineno} {node.value}"
        for module, source in sources("config", "channels", "bot", "replies", "intents").items()
        if module != "channels.http"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in numbers
    ]
    assert found == []


def _raised() -> Iterator[tuple[str, ast.Call]]:
    """Every place where an error of the set is made."""
    names = {error.__name__ for error in ERRORS}
    for module, source in sources("config", "channels", "bot").items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{module}:{node.lineno}", node


def _bilingual(call: ast.Call) -> bool:
    """Whether the two sentences, where they are written out, are in their languages; sentences from elsewhere pass."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return True
    if len(call.args) != 2:
        return False
    zh, en = (ast.unparse(argument) for argument in call.args)
    if not all(isinstance(argument, ast.Constant | ast.JoinedStr) for argument in call.args):
        return True
    return bool(re.search(r"[\u4e00-\u9fff]", zh) and re.search(r"[A-Za-z]{2}", en) and zh != en)


def test_every_error_is_raised_with_a_sentence_in_both_languages() -> None:
    """Wherever an error of the set is made, its first two arguments are a Chinese and an English sentence."""
    raised = list(_raised())
    assert len(raised) > 20
    assert [f"{place} {ast.unparse(call)[:80]}" for place, call in raised if not _bilingual(call)] == []


@pytest.mark.parametrize("call", ["Closed()", "Closed('关了。')", "Closed('closed', 'closed')", "Closed('关了。', '关了。', path='x')"])
def test_a_sentence_in_one_language_only_is_noticed(call: str) -> None:
    """The rule above can fail."""
    tree = ast.parse(call, mode="eval").body
    assert isinstance(tree, ast.Call)
    assert not _bilingual(tree)
