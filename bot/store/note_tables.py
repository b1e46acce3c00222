"""The table of what staff note about buyers. As in `tables`: times in milliseconds."""

import sqlalchemy as sa

from bot.store.columns import BIG, METADATA, ref

NOTES = sa.Table(
    "notes",
    METADATA,
    ref("id", primary_key=True),
    ref("account"),
    ref("person"),
    ref("author"),
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("at", BIG, nullable=False),
    sa.Column("edited_at", BIG),
    sa.Index(None, "account", "person", "at", "id"),
)
"""What an account's staff keep in mind about a buyer. They outlive the follow, as the conversation does."""
