"""The tables of keeping order: cases, the signals they are made of, and who reported what. As in `tables`: milliseconds, JSON text."""

import sqlalchemy as sa

from bot.store.columns import BIG, METADATA, ref

CASES = sa.Table(
    "cases",
    METADATA,
    ref("id", primary_key=True),
    sa.Column("queue", sa.String(64), nullable=False),
    ref("account"),
    ref("conversation", nullable=True),
    ref("offender"),
    sa.Column("open_key", sa.String(200), unique=True),
    sa.Column("state", sa.String(8), nullable=False, server_default="open"),
    sa.Column("opened_at", BIG, nullable=False),
    sa.Column("latest_at", BIG, nullable=False),
    sa.Column("reporters", sa.Integer, nullable=False, server_default="0"),
    sa.Column("signals", sa.Integer, nullable=False, server_default="0"),
    sa.Column("kept", sa.Integer, nullable=False, server_default="0"),
    sa.Column("counts", sa.Text, nullable=False, server_default="{}"),
    sa.Column("told_at", BIG, nullable=False, server_default="0"),
    ref("claimed_by", nullable=True),
    sa.Column("claimed_until", BIG),
    ref("decided_by", nullable=True),
    sa.Column("decided_at", BIG),
    sa.Column("act", sa.String(8)),
    sa.Column("until", BIG),
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.Column("did", sa.Text, nullable=False, server_default="{}"),
    ref("undone_by", nullable=True),
    sa.Column("undone_at", BIG),
    sa.Index(None, "queue", "state", "reporters", "signals", "latest_at", "id"),
    sa.Index(None, "conversation", "state", "reporters", "signals", "latest_at", "id"),
    sa.Index(None, "queue", "offender", "decided_at"),
    sa.Index(None, "conversation", "decided_at"),
    sa.Index(None, "decided_at"),
)
"""What is said against one offender in one place, until it is decided. `queue` is whose matter it is: an account's id, or `hub` where the
account itself is reported. `open_key` stands while it is undecided, and makes the open one unique. `did` is what a decision changed, for its undo."""

SIGNALS = sa.Table(
    "signals",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    ref("case"),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("at", BIG, nullable=False),
    ref("by", nullable=True),
    ref("conversation", nullable=True),
    sa.Column("seq", BIG),
    ref("held", nullable=True),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("detail", sa.Text, nullable=False, server_default="{}"),
    sa.Column("evidence", sa.Text),
    sa.Index(None, "case", "id"),
    sa.Index(None, "case", "seq"),
)
"""What is kept of each thing that was noticed. `evidence` is the messages around, as they stood then; the first signal of a message has it."""

CASE_REPORTS = sa.Table(
    "case_reports",
    METADATA,
    ref("case", primary_key=True),
    ref("person", primary_key=True),
    sa.Column("seq", BIG, primary_key=True, autoincrement=False),
)
"""Who reported what in a case, so that the same report twice is one; `seq` 0 is the offender as such."""
