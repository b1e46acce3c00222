"""docs/errors.md tells exactly the closed set of errors."""

import ast
import re
from collections.abc import Iterator

import pytest

from bot.model import basics
from bot.model.basics import ERRORS, HubError
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


def test_the_head_of_the_module_names_the_same_statuses() -> None:
    """The tree drawn for the reader agrees with the page."""
    drawn = dict(re.findall(r"([A-Z]\w+) (\d{3})", basics.__doc__ or ""))
    assert drawn == {error.__name__: ROWS[error.code]["status"] for error in ERRORS}


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
