"""Cases of moderators, the signals they are made of, and who reported what."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of cases."""
    _cases()
    _signals()
    op.create_table(
        "case_reports",
        sa.Column("case", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("seq", _BIG, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("case", "person", "seq", name="pk_case_reports"),
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("queue", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64)),
        sa.Column("offender", sa.String(64), nullable=False),
        sa.Column("open_key", sa.String(200)),
        sa.Column("state", sa.String(8), nullable=False, server_default="open"),
        sa.Column("opened_at", _BIG, nullable=False),
        sa.Column("latest_at", _BIG, nullable=False),
        sa.Column("reporters", sa.Integer, nullable=False, server_default="0"),
        sa.Column("signals", sa.Integer, nullable=False, server_default="0"),
        sa.Column("kept", sa.Integer, nullable=False, server_default="0"),
        sa.Column("counts", sa.Text, nullable=False, server_default="{}"),
        sa.Column("told_at", _BIG, nullable=False, server_default="0"),
        sa.Column("claimed_by", sa.String(64)),
        sa.Column("claimed_until", _BIG),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", _BIG),
        sa.Column("act", sa.String(8)),
        sa.Column("until", _BIG),
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
        sa.Column("did", sa.Text, nullable=False, server_default="{}"),
        sa.Column("undone_by", sa.String(64)),
        sa.Column("undone_at", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("open_key", name="uq_cases_open_key"),
    )
    weight = ["state", "reporters", "signals", "latest_at", "id"]
    op.create_index("ix_cases_queue_state_reporters_signals_latest_at_id", "cases", ["queue", *weight])
    op.create_index("ix_cases_conversation_state_reporters_signals_latest_at_id", "cases", ["conversation", *weight])
    op.create_index("ix_cases_queue_offender_decided_at", "cases", ["queue", "offender", "decided_at"])
    op.create_index("ix_cases_conversation_decided_at", "cases", ["conversation", "decided_at"])
    op.create_index("ix_cases_decided_at", "cases", ["decided_at"])


def _signals() -> None:
    op.create_table(
        "signals",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("case", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("by", sa.String(64)),
        sa.Column("conversation", sa.String(64)),
        sa.Column("seq", _BIG),
        sa.Column("held", sa.String(64)),
        sa.Column("text", sa.Text, nullable=False, server_default=""),
        sa.Column("detail", sa.Text, nullable=False, server_default="{}"),
        sa.Column("evidence", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_signals"),
    )
    op.create_index("ix_signals_case_id", "signals", ["case", "id"])
    op.create_index("ix_signals_case_seq", "signals", ["case", "seq"])
