"""The moderators' workbench: when people reported, counts by the hour, purges, appeals; and who moderates a group, found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the indexes of what was there."""
    op.add_column("case_reports", sa.Column("at", _BIG, nullable=False, server_default="0"))
    op.create_index("ix_case_reports_person_at", "case_reports", ["person", "at"])
    where = sa.text("role = 'moderator'")
    op.create_index("ix_members_moderators", "members", ["conversation", "person"], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_group_log_conversation_at", "group_log", ["conversation", "at"])
    op.create_index("ix_group_log_conversation_target_at", "group_log", ["conversation", "target", "at"])
    _hours()
    _purges()
    _appeals()


def _hours() -> None:
    op.create_table(
        "case_hours",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("hour", _BIG, nullable=False, autoincrement=False),
        sa.Column("what", sa.String(8), nullable=False),
        sa.Column("count", _BIG, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("conversation", "hour", "what", name="pk_case_hours"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_hours_hour", "case_hours", ["hour"])


def _purges() -> None:
    op.create_table(
        "purges",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("seqs", sa.Text, nullable=False),
        sa.Column("undone_by", sa.String(64)),
        sa.Column("undone_at", _BIG),
        sa.Column("touched_at", _BIG, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id", name="pk_purges"),
    )
    op.create_index("ix_purges_conversation_touched_at", "purges", ["conversation", "touched_at"])
    op.create_index("ix_purges_settled_at", "purges", ["settled", "at"])


def _appeals() -> None:
    op.create_table(
        "appeals",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("sanctioned_at", _BIG, nullable=False),
        sa.Column("imposed_by", sa.String(64), nullable=False),
        sa.Column("until", _BIG),
        sa.Column("why", sa.String(200), nullable=False, server_default=""),
        sa.Column("state", sa.String(8), nullable=False, server_default="open"),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("messages", sa.Integer, nullable=False, server_default="0"),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", _BIG),
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        sa.UniqueConstraint("conversation", "person", "kind", "sanctioned_at", name="uq_appeals_conversation_person_kind_sanctioned_at"),
    )
    op.create_index("ix_appeals_account_state_at_id", "appeals", ["account", "state", "at", "id"])
    op.create_index("ix_appeals_person_at_id", "appeals", ["person", "at", "id"])
    op.create_index("ix_appeals_decided_at", "appeals", ["decided_at"])
    op.create_table(
        "appeal_messages",
        sa.Column("appeal", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("appeal", "number", name="pk_appeal_messages"),
    )
