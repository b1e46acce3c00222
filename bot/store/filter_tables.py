"""The tables of filters: lists of words, what they hit, and messages that wait for a moderator."""

import sqlalchemy as sa

from bot.store.columns import BIG, METADATA, ref

FILTER_LISTS = sa.Table(
    "filter_lists",
    METADATA,
    ref("id", primary_key=True),
    ref("account"),
    ref("conversation", nullable=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("action", sa.String(8), nullable=False),
    sa.Column("way", sa.String(8), nullable=False),
    sa.Column("words", sa.Text, nullable=False),
    sa.Column("patterns", sa.Text, nullable=False),
    sa.Column("allow", sa.Text, nullable=False),
    sa.Column("word_count", sa.Integer, nullable=False),
    sa.Column("pattern_count", sa.Integer, nullable=False),
    sa.Column("note", sa.String(500), nullable=False, server_default=""),
    sa.Column("enabled", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    ref("by"),
    sa.Column("at", BIG, nullable=False),
    sa.Index(None, "account", "conversation", "id"),
    sa.Index(None, "conversation", "id"),
)
"""Without a conversation a list is about everything of the account. `words`, `patterns` and `allow` are JSON arrays; `word_count` counts words and
allowed words together, so that limits can be asked without reading them. `by` and `at` tell the last change."""

HELD = sa.Table(
    "held",
    METADATA,
    ref("id", primary_key=True),
    ref("account"),
    ref("conversation"),
    ref("author"),
    sa.Column("author_name", sa.String(64), nullable=False),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("key", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("reply_to", BIG),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("signals", sa.Text, nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("at", BIG, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    ref("decided_by", nullable=True),
    sa.Column("decided_at", BIG),
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.Column("seq", BIG),
    sa.UniqueConstraint("author", "key"),
    sa.Index(None, "conversation", "state", "at", "id"),
    sa.Index(None, "conversation", "state", "author"),
    sa.Index(None, "state", "at"),
    sa.Index(None, "decided_at"),
)
"""Messages outside the log that wait for a moderator. `state`: waiting, releasing (claimed by who releases it), released, refused. A decided one stays
for a while, so that its author's retry is answered. `seq` is where it stands in the log since it was released."""

FILTER_HITS = sa.Table(
    "filter_hits",
    METADATA,
    ref("id", primary_key=True),
    ref("account"),
    ref("conversation"),
    ref("author"),
    sa.Column("key", sa.String(80), nullable=False),
    sa.Column("action", sa.String(8), nullable=False),
    sa.Column("score", sa.Float, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("signals", sa.Text, nullable=False),
    ref("held", nullable=True),
    sa.Column("at", BIG, nullable=False),
    sa.UniqueConstraint("author", "key"),
    sa.Index(None, "conversation", "at", "id"),
    sa.Index(None, "at", "id"),
)
"""One row for each message that a filter spoke about, with what it said (JSON) and the text as it was written: evidence for moderators."""

FILTER_DAYS = sa.Table(
    "filter_days",
    METADATA,
    ref("list", primary_key=True),
    ref("conversation", primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("hits", BIG, nullable=False),
    sa.Index(None, "day"),
    sa.Index(None, "conversation"),
    sqlite_with_rowid=False,
)
"""How many messages each list hit in each conversation on each day (UTC), such as `2026-11-23`."""
