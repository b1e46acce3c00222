"""docs/delivery.md names tests that exist."""

import ast
import re

from tests.house.plan import ROOT
from tests.house.tables import page

PROOF = re.compile(r"^- `(tests/[\w/]+\.py)::(\w+)`$", re.MULTILINE)


def test_every_promise_has_a_proof_that_exists() -> None:
    """Each section that promises something names at least one test, and each test named is there."""
    sections = page("docs/delivery.md").split("\n## ")[1:-1]
    assert [section.partition("\n")[0] for section in sections if not PROOF.search(section)] == []
    missing = []
    for file, name in PROOF.findall(page("docs/delivery.md")):
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}:
            missing.append(f"{file}::{name}")
    assert missing == []


def test_every_line_that_names_a_test_is_read() -> None:
    """No line of the list escapes the check by its spelling."""
    assert len(re.findall(r"tests/\S+::", page("docs/delivery.md"))) == len(PROOF.findall(page("docs/delivery.md"))) > 10
