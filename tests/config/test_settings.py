"""A setting that nothing reads would be a lie."""

import re
from pathlib import Path

import pytest

from config.sources import Field, fields

_READERS = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parents[2].glob("config/*.py") if path.name != "settings.py")


@pytest.mark.parametrize("field", list(fields()), ids=lambda field: field.path)
def test_every_setting_is_read_by_somebody(field: Field) -> None:
    """As an attribute, somewhere in the room that builds the hub."""
    assert re.search(rf"(settings|{field.section})\.{field.key}\b", _READERS) or field.path.startswith("identity.")
    assert re.search(rf"\b{field.key}\b", _READERS)
