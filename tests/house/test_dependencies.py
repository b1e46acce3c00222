"""docs/dependencies.md, pyproject.toml, constraints.txt and the code agree about what the hub stands on."""

import json
import re
import tomllib
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house import plan
from tests.house.tables import page, tables

PROJECT = tomllib.loads(page("pyproject.toml"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
PINS = dict(re.findall(r"^([A-Za-z0-9._-]+)==(\S+)$", page("constraints.txt"), re.MULTILINE))
PINNED = {canonicalize_name(name) for name in PINS}


def names(requirements: list[str]) -> list[str]:
    """Canonical names of what is required."""
    return [canonicalize_name(Requirement(one).name) for one in requirements]


RUNTIME = names(PROJECT["dependencies"])
TOOLS = names(sorted({*EXTRAS["dev"], *EXTRAS["bench"], *EXTRAS["pages"]}))


def listed(heading: str) -> list[dict[str, str]]:
    """The rows of the one table of the page under this heading."""
    (rows,) = [rows for rows in tables(page("docs/dependencies.md")) if next(iter(rows[0])) == heading]
    return rows


@pytest.mark.parametrize(("heading", "wanted"), [("the hub needs", RUNTIME), ("work on it needs", TOOLS)])
def test_each_dependency_has_one_line(heading: str, wanted: list[str]) -> None:
    """None missing, none left over, each with what it is for."""
    rows = listed(heading)
    assert sorted(canonicalize_name(row[heading]) for row in rows) == sorted(wanted)
    assert [row for row in rows if not all(row.values())] == []


def test_each_package_of_the_pages_has_one_line_and_one_version() -> None:
    """None missing, none left over; exact versions, and a lock file that names no address."""
    told = json.loads(page("web/package.json"))
    packages = {**told["dependencies"], **told["devDependencies"]}
    assert sorted(row["the pages need"] for row in listed("the pages need")) == sorted(packages)
    assert {name: version for name, version in packages.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)} == {}
    locked = json.loads(page("web/package-lock.json"))["packages"]
    assert {name: locked[f"node_modules/{name}"]["version"] for name in packages} == packages
    assert [name for name, package in locked.items() if "resolved" in package] == []


def test_every_dependency_is_pinned() -> None:
    """A fresh installation today and next year are the same program."""
    assert [name for name in [*RUNTIME, *TOOLS] if name not in PINNED] == []


def test_constraints_hold_pins_and_nothing_else() -> None:
    """One exact version a line, each package once, in alphabetical order."""
    lines = page("constraints.txt").splitlines()
    assert len(PINS) == len(lines)
    assert [line.partition("==")[0].lower() for line in lines] == sorted(line.partition("==")[0].lower() for line in lines)


def test_every_dependency_of_the_hub_is_used_by_it() -> None:
    """What nobody imports goes, except what another library loads by itself, which the page says."""
    modules = {top for top, owners in packages_distributions().items() for owner in owners if canonicalize_name(owner) in RUNTIME}
    used = {name.split(".")[0] for module, source in plan.sources(*plan.STOREYS).items() for name, _ in plan.imported(source, module)}
    owners = {canonicalize_name(owner) for top in used & modules for owner in packages_distributions()[top]}
    loaded = {canonicalize_name(row["the hub needs"]) for row in listed("the hub needs") if "loaded by" in row["home"]}
    assert sorted(set(RUNTIME) - owners - loaded) == []
    assert sorted(owners & loaded) == []


def test_homes_are_told_as_they_are_kept() -> None:
    """The home of a library in the page is the one that the imports are checked against."""
    tops = {top: {canonicalize_name(owner) for owner in owners} for top, owners in packages_distributions().items()}
    for row in listed("the hub needs"):
        for top, homes in plan.HOMES.items():
            if canonicalize_name(row["the hub needs"]) in tops.get(top, set()) and "loaded by" not in row["home"]:
                assert set(row["home"].split(", ")) == {home or "everywhere" for home in homes}, top
