"""Tags of followers, and what became of rules and messages by day."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _tags()
    _counts()


def _tags() -> None:
    op.create_table(
        "tags",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("tag", sa.String(20), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", "tag", name="pk_tags"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "follower_tags",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("tag", sa.String(20), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("author", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("account", "person", "tag", name="pk_follower_tags"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_follower_tags_account_tag_person", "follower_tags", ["account", "tag", "person"])


def _counts() -> None:
    op.create_table(
        "rule_days",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        *(sa.Column(name, _BIG, nullable=False, server_default="0") for name in ("heard", "answered", "handed_off", "asked_again")),
        sa.PrimaryKeyConstraint("account", "rule", "day", name="pk_rule_days"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_rule_days_day", "rule_days", ["day"])
    outcomes = ("heard", "answered", "choices", "handed_off", "silent", "unanswered")
    op.create_table(
        "reply_days",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        *(sa.Column(name, _BIG, nullable=False, server_default="0") for name in outcomes),
        sa.PrimaryKeyConstraint("account", "day", name="pk_reply_days"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reply_days_day", "reply_days", ["day"])
