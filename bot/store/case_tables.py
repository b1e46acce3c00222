"""The tables of keeping order: the log of acts, cases, the signals they are made of, and who reported what. As in `tables`: milliseconds, JSON text."""

import sqlalchemy as sa

from bot.store.columns import BIG, METADATA, ref

GROUP_LOG = sa.Table(
    "group_log",
    METADATA,
    sa.Column("id", BIG, primary_key=True, autoincrement=True),
    ref("account"),
    ref("conversation"),
    sa.Column("at", BIG, nullable=False),
    sa.Column("act", sa.String(16), nullable=False),
    ref("actor"),
    ref("target", nullable=True),
    sa.Column("until", BIG),
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.Column("ref", sa.String(80), nullable=False, server_default=""),
    sa.Index(None, "conversation", "id"),
    sa.Index(None, "conversation", "act", "at"),
    sa.Index(None, "conversation", "at"),
    sa.Index(None, "conversation", "target", "at"),
)
"""Append-only: every act in a group, by whom, on whom, why, until when. `ref` names what else it was about: a seq, a key, a role."""

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
    sa.Column("at", BIG, nullable=False, server_default="0"),
    sa.Index(None, "person", "at"),
)
"""Who reported what in a case, so that the same report twice is one; `seq` 0 is the offender as such."""

CASE_HOURS = sa.Table(
    "case_hours",
    METADATA,
    ref("conversation", primary_key=True),
    sa.Column("hour", BIG, primary_key=True, autoincrement=False),
    sa.Column("what", sa.String(8), primary_key=True),
    sa.Column("count", BIG, nullable=False, server_default="0"),
    sa.Index(None, "hour"),
    sqlite_with_rowid=False,
)
"""How many signals of each sort, and how many of them held or blocked a message, in each hour since 1970."""

PURGES = sa.Table(
    "purges",
    METADATA,
    ref("id", primary_key=True),
    ref("account"),
    ref("conversation"),
    ref("person"),
    ref("by"),
    sa.Column("at", BIG, nullable=False),
    sa.Column("seqs", sa.Text, nullable=False),
    ref("undone_by", nullable=True),
    sa.Column("undone_at", BIG),
    sa.Column("touched_at", BIG, nullable=False),
    sa.Column("settled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "conversation", "touched_at"),
    sa.Index(None, "settled", "at"),
)
"""Messages of one author that a moderator removed at once. `settled`: undone, or the bodies are deleted."""

APPEALS = sa.Table(
    "appeals",
    METADATA,
    ref("id", primary_key=True),
    ref("account"),
    ref("conversation"),
    ref("person"),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("sanctioned_at", BIG, nullable=False),
    ref("imposed_by"),
    sa.Column("until", BIG),
    sa.Column("why", sa.String(200), nullable=False, server_default=""),
    sa.Column("state", sa.String(8), nullable=False, server_default="open"),
    sa.Column("at", BIG, nullable=False),
    sa.Column("messages", sa.Integer, nullable=False, server_default="0"),
    ref("decided_by", nullable=True),
    sa.Column("decided_at", BIG),
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.UniqueConstraint("conversation", "person", "kind", "sanctioned_at"),
    sa.Index(None, "account", "state", "at", "id"),
    sa.Index(None, "person", "at", "id"),
    sa.Index(None, "decided_at"),
)
"""What sanctioned persons say against it, once for each sanction. `why` and `until` are the sanction's, `reason` the decision's."""

APPEAL_MESSAGES = sa.Table(
    "appeal_messages",
    METADATA,
    ref("appeal", primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    ref("author"),
    sa.Column("text", sa.String(1000), nullable=False),
    sa.Column("at", BIG, nullable=False),
)
