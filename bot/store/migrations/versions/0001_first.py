"""The first tables: people, talk, work, replies, desk, media."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make every table of the first release."""
    _people()
    _sessions()
    _accounts()
    _staff_roles()
    _teams()
    _follows()
    _conversations()
    _messages()
    _reads()
    _outbox()
    _traces()
    _rules()
    _desk()
    _media()


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("avatar", sa.String(2000)),
        sa.Column("created_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "staff",
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("password", sa.String(200), nullable=False),
        sa.Column("created_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_staff"),
        sa.UniqueConstraint("login", name="uq_staff_login"),
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("refresh", sa.String(64), nullable=False),
        sa.Column("created_at", _BIG, nullable=False),
        sa.Column("expires_at", _BIG, nullable=False),
        sa.Column("refreshed_at", _BIG, nullable=False, server_default="0"),
        sa.Column("revoked_at", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("refresh", name="uq_sessions_refresh"),
    )
    op.create_index("ix_sessions_person", "sessions", ["person"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("handle", sa.String(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("about", sa.String(500), nullable=False, server_default=""),
        sa.Column("avatar", sa.String(2000)),
        sa.Column("cover", sa.String(2000)),
        sa.Column("hours", sa.Text()),
        sa.Column("chat_open", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("rules_version", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("created_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("handle", name="uq_accounts_handle"),
    )


def _staff_roles() -> None:
    op.create_table(
        "roles",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", "person", name="pk_roles"),
    )
    op.create_index("ix_roles_person", "roles", ["person"])


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("account", "name", name="uq_teams_account_name"),
    )
    op.create_table(
        "team_members",
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("team", "person", name="pk_team_members"),
    )
    op.create_index("ix_team_members_person", "team_members", ["person"])


def _follows() -> None:
    op.create_table(
        "follows",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("source", sa.String(64), nullable=False, server_default=""),
        sa.Column("muted", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("account", "person", name="pk_follows"),
    )
    op.create_index("ix_follows_account_at_person", "follows", ["account", "at", "person"])
    op.create_index("ix_follows_person_at_account", "follows", ["person", "at", "account"])


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64)),
        sa.Column("created_at", _BIG, nullable=False),
        sa.Column("head", _BIG, nullable=False, server_default="0"),
        sa.Column("last_at", _BIG, nullable=False),
        sa.Column("desk", sa.String(16), nullable=False),
        sa.Column("operator", sa.String(64)),
        sa.Column("team", sa.String(64)),
        sa.Column("waiting_since", _BIG),
        sa.Column("away_since", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint("account", "person", name="uq_conversations_account_person"),
    )
    op.create_index("ix_conversations_person", "conversations", ["person"])
    op.create_index("ix_conversations_operator_desk", "conversations", ["operator", "desk"])
    op.create_index("ix_conversations_account_desk_waiting_since", "conversations", ["account", "desk", "waiting_since"])
    op.create_index("ix_conversations_account_desk_last_at_id", "conversations", ["account", "desk", "last_at", "id"])
    op.create_index("ix_conversations_desk_id", "conversations", ["desk", "id"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("author_name", sa.String(64), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("reply_to", _BIG),
        sa.Column("auto", sa.Text()),
        sa.Column("recalled_by", sa.String(64)),
        sa.Column("unheard", sa.String(16)),
        sa.PrimaryKeyConstraint("conversation", "seq", name="pk_messages"),
        sa.UniqueConstraint("author", "key", name="uq_messages_author_key"),
    )


def _reads() -> None:
    op.create_table(
        "reads",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "person", name="pk_reads"),
    )
    op.create_index("ix_reads_person", "reads", ["person"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", _BIG, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("token", sa.String(128), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("created_at", _BIG, nullable=False),
        sa.Column("due_at", _BIG, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.String(300)),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("token", name="uq_outbox_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_kind_due_at", "outbox", ["kind", "due_at"])
    op.create_index("ix_outbox_subject_kind", "outbox", ["subject", "kind"])


def _traces() -> None:
    op.create_table(
        "traces",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("trace", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", "seq", name="pk_traces"),
    )
    op.create_index("ix_traces_at", "traces", ["at"])
    op.create_table(
        "reply_memory",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("conversation", name="pk_reply_memory"),
    )


def _rules() -> None:
    op.create_table(
        "rule_versions",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("note", sa.String(500), nullable=False, server_default=""),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", "version", name="pk_rule_versions"),
    )
    op.create_table(
        "rule_drafts",
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("account", name="pk_rule_drafts"),
    )


def _desk() -> None:
    op.create_table(
        "desk_log",
        sa.Column("id", _BIG, primary_key=True, autoincrement=True),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("move", sa.String(16), nullable=False),
        sa.Column("before", sa.String(16), nullable=False),
        sa.Column("after", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("operator", sa.String(64)),
        sa.Column("team", sa.String(64)),
        sa.Column("waited_ms", _BIG),
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_desk_log"),
    )
    op.create_index("ix_desk_log_account_at", "desk_log", ["account", "at"])
    op.create_index("ix_desk_log_conversation_at", "desk_log", ["conversation", "at"])
    op.create_table(
        "canned",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("title", sa.String(64), nullable=False),
        sa.Column("text", sa.String(4000), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_canned"),
        sa.UniqueConstraint("account", "title", name="uq_canned_account_title"),
    )


def _media() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer()),
        sa.Column("height", sa.Integer()),
        sa.Column("seconds", sa.Float()),
        sa.Column("thumbnail", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_media"),
    )
    op.create_index("ix_media_owner", "media", ["owner"])
    op.create_table(
        "media_uses",
        sa.Column("media", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("media", "conversation", name="pk_media_uses"),
    )
