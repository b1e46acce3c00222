"""The first pages a stranger reads are true."""

import json
import re
from pathlib import Path

import pytest

from tests.house.plan import ROOT
from tests.house.tables import page

READMES = ["README.md", "README.zh-CN.md"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def pages() -> list[str]:
    """Every Markdown page of the project."""
    return sorted(str(path.relative_to(ROOT)) for pattern in ("*.md", "docs/**/*.md", "deploy/**/*.md") for path in ROOT.glob(pattern))


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as they are made on the usual sites."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken(name: str) -> list[str]:
    """Links of a page to files or headings of the repository that are not there."""
    faults = []
    for one, other in LINK.findall(FENCE.sub("", page(name))):
        target, _, anchor = (one or other).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (ROOT / name).parent / target if target else ROOT / name
        if not file.exists() or (anchor and anchor not in anchors(file.read_text("utf-8"))):
            faults.append(f"{name}: {one or other}")
    return faults


@pytest.mark.parametrize("name", pages())
def test_every_link_leads_somewhere(name: str) -> None:
    """Files and headings that a page links exist."""
    assert broken(name) == []


def test_a_broken_link_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing file, a missing heading; what is in a code block is no link."""
    (tmp_path / "a.md").write_text('# One heading\n[x](b.md) [y](#one-heading) [z](#two) <img src="c.svg">\n```\n[n](none.md)\n```\n', "utf-8")
    monkeypatch.setattr("tests.house.test_readme.ROOT", tmp_path)
    monkeypatch.setattr("tests.house.tables.ROOT", tmp_path)
    assert broken("a.md") == ["a.md: b.md", "a.md: #two", "a.md: c.svg"]


@pytest.mark.parametrize("name", READMES)
def test_the_two_commands_and_the_other_language_come_first(name: str) -> None:
    """Within a screen: what to type, and where the same page stands in the other language."""
    top = "\n".join(page(name).splitlines()[:40])
    assert "make run" in top
    assert "make test" in top
    assert "weihub chat demo --as buyer-1" in top
    assert all(other in top for other in READMES if other != name)
    assert "docs/img/hub.svg" in top


def test_both_languages_link_the_same_pages() -> None:
    """Neither is poorer than the other."""
    targets = [{one for one, _ in LINK.findall(FENCE.sub("", page(name))) if not one.startswith("#") and one not in READMES} for name in READMES]
    assert {target.partition("#")[0] for target in targets[0]} == {target.partition("#")[0] for target in targets[1]}


@pytest.mark.parametrize("name", READMES)
def test_make_targets_named_exist(name: str) -> None:
    """`make x` in a page is a target of the Makefile."""
    targets = set(re.findall(r"^([a-z]+):.*## ", page("Makefile"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)\b", " ".join(re.findall(r"`[^`]*`|^```.*?^```", page(name), re.MULTILINE | re.DOTALL)))) <= targets


@pytest.mark.parametrize("name", READMES)
def test_the_tour_shows_what_the_demo_says(name: str) -> None:
    """Each automatic answer in the tour is one of the demo shop's rules, under that rule's name, to the word."""
    rules = {rule["name"]: rule for rule in json.loads(page("config/demo/rules.json"))}
    shop = json.loads(page("config/demo/shop.json"))["name"]
    shown = re.findall(rf"^{shop} \([^·]+·([^)]+)\)  (.+)$", page(name), re.MULTILINE)
    assert len(shown) >= 4
    for rule, text in shown:
        texts = [re.sub(r"\{\{account\|[^}]*\}\}", shop, message["text"]) for message in rules[rule]["reply"]["messages"]]
        patterns = [re.sub(r"\\\{\\\{name\\\|[^}]*\\\}\\\}", "[^，]*", re.escape(one)) for one in texts]
        assert any(re.fullmatch(pattern, text) for pattern in patterns), text
