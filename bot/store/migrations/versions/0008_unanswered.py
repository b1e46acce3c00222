"""What buyers asked and no rule knew an answer to."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table of unanswered questions; what was asked before is not counted. The desk's log is asked by account and time already."""
    op.create_table(
        "unanswered_days",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("question", sa.String(60), nullable=False),
        sa.Column("text", sa.String(100), nullable=False),
        sa.Column("asked", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", "day", "question", name="pk_unanswered_days"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unanswered_days_day", "unanswered_days", ["day"])
