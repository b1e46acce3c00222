"""No file ties the project to one machine, one mirror or one package index."""

import re
import subprocess

import pytest

from tests.house.plan import ROOT

# Written in pieces, so that this file does not contain what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("registry", "npmmirror", "com"),
        ("registry", "yarnpkg", "com"),
        ("pypi", "tuna", "tsinghua"),
        ("mirrors", "aliyun", "com"),
        ("proxy", "golang", "org"),
    )
]
HOST = re.compile("|".join(re.escape(host) for host in REGISTRIES), re.IGNORECASE)
ADDRESS = re.compile(r'"resolved"\s*:\s*"http|^\s*--?(extra-)?(index-url|find-links)\b|^\s*-[if]\s', re.MULTILINE)
HOME = re.compile(r"(/root|/home/\w+|/Users/\w+)/")
LISTS = re.compile(r"(lock|constraints|requirements)[^/]*$")


def tracked() -> dict[str, str]:
    """Every text file that belongs to the repository, by name."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    found = {}
    for name in filter(None, names):
        try:
            found[name] = (ROOT / name).read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return found


def hosts(text: str) -> list[str]:
    """Names of package indexes in a text."""
    return HOST.findall(text)


def addresses(text: str) -> list[str]:
    """Lines of a lock or constraints file that say where to download from."""
    return [match.group() for match in ADDRESS.finditer(text)]


def homes(text: str) -> list[str]:
    """Paths of one person's machine."""
    return [match.group() for match in HOME.finditer(text)]


def test_no_file_names_a_package_index() -> None:
    """Where packages come from is the business of whoever installs."""
    assert {name: found for name, text in tracked().items() if (found := hosts(text))} == {}


def test_no_list_of_versions_records_addresses() -> None:
    """Versions are pinned, places are not."""
    lists = {name: text for name, text in tracked().items() if LISTS.search(name)}
    assert "constraints.txt" in lists
    assert {name: found for name, text in lists.items() if (found := addresses(text))} == {}


def test_no_file_holds_a_path_of_somebodys_machine() -> None:
    """A fresh clone works anywhere."""
    assert {name: found for name, text in tracked().items() if (found := homes(text))} == {}


@pytest.mark.parametrize("host", REGISTRIES)
def test_each_index_would_be_noticed(host: str) -> None:
    """In an address, in any case of letters."""
    assert hosts(f"see https://{host.upper()}/simple")
    assert not hosts("see https://example.org/simple")


@pytest.mark.parametrize(
    "line", ["--index-url https://x", "-i https://x", "  --extra-index-url x", "-f ./wheels", '  "resolved": "https://x/y.tgz",']
)
def test_each_form_of_address_would_be_noticed(line: str) -> None:
    """In whatever way a tool writes it."""
    assert addresses(f"aiohttp==3.0\n{line}\n")
    assert not addresses('aiohttp==3.0\n"version": "1.0"\n')


def test_a_home_directory_would_be_noticed() -> None:
    """Of any of the usual systems."""
    assert homes("open('/" + "Users/" + "ming/weihub')")
    assert not homes("WORKDIR /app")
