"""The whole schema: whoever imports this has every subject's tables in it."""

from bot.store import case_tables, filter_tables, note_tables, tables
from bot.store.columns import METADATA

__all__ = ["METADATA", "SUBJECTS"]

SUBJECTS = (tables, case_tables, filter_tables, note_tables)
