"""What is written for deployment names only what exists."""

import re

import pytest

from config.sources import fields
from tests.house.plan import ROOT
from tests.house.tables import page
from tests.house.test_no_hosts import tracked

VARIABLES = {f"WEIHUB_{field.section.upper()}__{field.key.upper()}" for field in fields()}
DEPLOY = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "deploy").iterdir() if path.suffix != ".env")


def unknown(text: str) -> list[str]:
    """Variables of the environment that no setting has."""
    return sorted(set(re.findall(r"WEIHUB_[A-Z]+__[A-Z_]+[A-Z]", text)) - VARIABLES)


def test_every_variable_that_is_written_anywhere_is_a_setting() -> None:
    """In deployment files and documents alike."""
    texts = {name: text for name, text in tracked().items() if name.startswith(("deploy/", "docs/")) or name.endswith(".md")}
    assert {name: found for name, text in texts.items() if (found := unknown(text)) and name != "docs/settings.md"} == {}
    assert unknown("WEIHUB_SERVER__PORT=1 WEIHUB_SERVER__PROT=1") == ["WEIHUB_SERVER__PROT"]


@pytest.mark.parametrize("name", DEPLOY)
def test_secrets_are_left_to_whoever_deploys(name: str) -> None:
    """No file comes with a password or a key filled in."""
    values = re.findall(r"^\s*[A-Z_]*(?:SECRET|PASSWORD)[A-Z_]*\s*[=:] *(\S+)", page(name), re.MULTILINE)
    assert values == []


def test_the_image_is_given_what_the_package_needs() -> None:
    """Everything that pyproject.toml names is let through to the build, and nothing like data or secrets."""
    passed = {line[1:] for line in page(".dockerignore").splitlines() if line.startswith("!")}
    packages = {pattern.rstrip("*") for pattern in re.findall(r'"([a-z]+\*)"', page("pyproject.toml"))}
    assert passed == packages | {"pyproject.toml", "constraints.txt", "README.md", "LICENSE", "web"}
    assert page(".dockerignore").startswith("*\n")


def test_the_stop_is_given_more_time_than_it_may_take() -> None:
    """Whoever ends the process waits for the drain and the stages of a clean stop."""
    defaults = {field.path: field.default for field in fields()}
    budget = defaults["server.drain_s"] + defaults["server.stop_s"]
    assert int(re.findall(r"stop_grace_period: (\d+)s", page("deploy/compose.yaml"))[0]) > budget
    assert int(re.findall(r"TimeoutStopSec=(\d+)", page("deploy/weihub.service"))[0]) > budget
