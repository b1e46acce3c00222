"""Leaving a slow group and coming again is no way around the wait."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """When those who left had last written; of whoever left before, nothing is known."""
    op.create_table(
        "turns",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("last_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "person", name="pk_turns"),
    )
    op.create_index("ix_turns_last_at", "turns", ["last_at"])
