"""Filters: lists of words, what they hit, and messages that wait for a moderator."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of filters."""
    _lists()
    _held()
    _hits()
    _days()


def _lists() -> None:
    op.create_table(
        "filter_lists",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64)),
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
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_filter_lists"),
    )
    op.create_index("ix_filter_lists_account_conversation_id", "filter_lists", ["account", "conversation", "id"])
    op.create_index("ix_filter_lists_conversation_id", "filter_lists", ["conversation", "id"])


def _held() -> None:
    op.create_table(
        "held",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("author_name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("reply_to", _BIG),
        sa.Column("text", sa.Text, nullable=False, server_default=""),
        sa.Column("signals", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", _BIG),
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
        sa.Column("seq", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_held"),
        sa.UniqueConstraint("author", "key", name="uq_held_author_key"),
    )
    op.create_index("ix_held_conversation_state_at_id", "held", ["conversation", "state", "at", "id"])
    op.create_index("ix_held_conversation_state_author", "held", ["conversation", "state", "author"])
    op.create_index("ix_held_state_at", "held", ["state", "at"])
    op.create_index("ix_held_decided_at", "held", ["decided_at"])


def _hits() -> None:
    op.create_table(
        "filter_hits",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("action", sa.String(8), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("signals", sa.Text, nullable=False),
        sa.Column("held", sa.String(64)),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_filter_hits"),
        sa.UniqueConstraint("author", "key", name="uq_filter_hits_author_key"),
    )
    op.create_index("ix_filter_hits_conversation_at_id", "filter_hits", ["conversation", "at", "id"])
    op.create_index("ix_filter_hits_at_id", "filter_hits", ["at", "id"])


def _days() -> None:
    op.create_table(
        "filter_days",
        sa.Column("list", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("hits", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("list", "conversation", "day", name="pk_filter_days"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_filter_days_day", "filter_days", ["day"])
    op.create_index("ix_filter_days_conversation", "filter_days", ["conversation"])
