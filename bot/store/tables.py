"""The tables of people, talk, rules and groups, once for SQLite and PostgreSQL. Times are integer milliseconds, structured values are JSON text."""

import sqlalchemy as sa

from bot.store.columns import BIG as _BIG
from bot.store.columns import METADATA
from bot.store.columns import ref as _ref

PEOPLE = sa.Table(
    "people",
    METADATA,
    _ref("id", primary_key=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("avatar", sa.String(2000)),
    sa.Column("created_at", _BIG, nullable=False),
)

STAFF = sa.Table(
    "staff",
    METADATA,
    _ref("person", primary_key=True),
    sa.Column("login", sa.String(64), nullable=False, unique=True),
    sa.Column("password", sa.String(200), nullable=False),
    sa.Column("created_at", _BIG, nullable=False),
)

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    _ref("id", primary_key=True),
    _ref("person"),
    sa.Column("refresh", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", _BIG, nullable=False),
    sa.Column("expires_at", _BIG, nullable=False),
    sa.Column("refreshed_at", _BIG, nullable=False, server_default="0"),
    sa.Column("revoked_at", _BIG),
    sa.Index(None, "person"),
    sa.Index(None, "expires_at"),
)

ACCOUNTS = sa.Table(
    "accounts",
    METADATA,
    _ref("id", primary_key=True),
    sa.Column("handle", sa.String(32), nullable=False, unique=True),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("about", sa.String(500), nullable=False, server_default=""),
    sa.Column("avatar", sa.String(2000)),
    sa.Column("cover", sa.String(2000)),
    sa.Column("hours", sa.Text),
    sa.Column("chat_open", sa.String(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("rules_version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", _BIG, nullable=False),
)

ROLES = sa.Table(
    "roles",
    METADATA,
    _ref("account", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("at", _BIG, nullable=False),
    sa.Index(None, "person"),
)

TEAMS = sa.Table(
    "teams",
    METADATA,
    _ref("id", primary_key=True),
    _ref("account"),
    sa.Column("name", sa.String(64), nullable=False),
    sa.UniqueConstraint("account", "name"),
)

TEAM_MEMBERS = sa.Table(
    "team_members",
    METADATA,
    _ref("team", primary_key=True),
    _ref("person", primary_key=True),
    sa.Index(None, "person"),
)

FOLLOWS = sa.Table(
    "follows",
    METADATA,
    _ref("account", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("source", sa.String(64), nullable=False, server_default=""),
    sa.Column("muted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "account", "at", "person"),
    sa.Index(None, "person", "at", "account"),
)

TAGS = sa.Table(
    "tags",
    METADATA,
    _ref("account", primary_key=True),
    sa.Column("tag", sa.String(20), primary_key=True),
    sa.Column("at", _BIG, nullable=False),
    sqlite_with_rowid=False,
)
"""The words an account sorts its followers by."""

FOLLOWER_TAGS = sa.Table(
    "follower_tags",
    METADATA,
    _ref("account", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("tag", sa.String(20), primary_key=True),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("author", sa.String(80), nullable=False),
    sa.Index(None, "account", "tag", "person"),
    sqlite_with_rowid=False,
)
"""Which follower has which tag of the account. `author` is the member of staff who put it, or `rule:` and the id of the rule."""

CONVERSATIONS = sa.Table(
    "conversations",
    METADATA,
    _ref("id", primary_key=True),
    sa.Column("kind", sa.String(8), nullable=False),
    _ref("account"),
    _ref("person", nullable=True),
    sa.Column("created_at", _BIG, nullable=False),
    sa.Column("head", _BIG, nullable=False, server_default="0"),
    sa.Column("last_at", _BIG, nullable=False),
    sa.Column("desk", sa.String(16), nullable=False),
    _ref("operator", nullable=True),
    _ref("team", nullable=True),
    sa.Column("waiting_since", _BIG),
    sa.Column("away_since", _BIG),
    sa.UniqueConstraint("account", "person"),
    sa.Index(None, "person"),
    sa.Index(None, "operator", "desk"),
    sa.Index(None, "account", "desk", "waiting_since"),
    sa.Index(None, "account", "desk", "last_at", "id"),
    sa.Index(None, "desk", "id"),
)

MESSAGES = sa.Table(
    "messages",
    METADATA,
    _ref("conversation", primary_key=True),
    sa.Column("seq", _BIG, primary_key=True),
    _ref("author"),
    sa.Column("author_name", sa.String(64), nullable=False),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("key", sa.String(80), nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("reply_to", _BIG),
    sa.Column("auto", sa.Text),
    sa.Column("recalled_by", sa.String(64)),
    sa.Column("unheard", sa.String(16)),
    sa.UniqueConstraint("author", "key"),
)
"""The log. `unheard` names the guard that kept a buyer's message from the reply engine, so that silence is explained too."""

READS = sa.Table(
    "reads",
    METADATA,
    _ref("conversation", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("seq", _BIG, nullable=False),
    sa.Column("at", _BIG, nullable=False),
    sa.Index(None, "person"),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", _BIG, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(24), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("token", sa.String(128), nullable=False, unique=True),
    sa.Column("payload", sa.Text, nullable=False, server_default="{}"),
    sa.Column("created_at", _BIG, nullable=False),
    sa.Column("due_at", _BIG, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("error", sa.String(300)),
    sa.Index(None, "kind", "due_at"),
    sa.Index(None, "subject", "kind"),
    sqlite_autoincrement=True,
)
"""Work to do after a commit. `due_at` is when it may next be claimed: a claim moves it forward by the lease, so a dead
process's work comes back by itself. `token` makes the same work once. A timer is a row with a later `due_at`. An id is
never used again, so that a worker who wakes up late cannot settle the work of another."""

TRACES = sa.Table(
    "traces",
    METADATA,
    _ref("conversation", primary_key=True),
    sa.Column("seq", _BIG, primary_key=True),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("trace", sa.Text, nullable=False),
    sa.Index(None, "at"),
)

REPLY_MEMORY = sa.Table(
    "reply_memory",
    METADATA,
    _ref("conversation", primary_key=True),
    sa.Column("memory", sa.Text, nullable=False),
)
"""What the reply engine must remember of one conversation: cooldowns, caps, unanswered streak."""

RULE_VERSIONS = sa.Table(
    "rule_versions",
    METADATA,
    _ref("account", primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("rules", sa.Text, nullable=False),
    _ref("author"),
    sa.Column("note", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("vocabulary", sa.Text, nullable=False, server_default="{}"),
)

RULE_DRAFTS = sa.Table(
    "rule_drafts",
    METADATA,
    _ref("account", primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    _ref("author"),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("vocabulary", sa.Text, nullable=False, server_default="{}"),
)

RULE_DAYS = sa.Table(
    "rule_days",
    METADATA,
    _ref("account", primary_key=True),
    _ref("rule", primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("heard", _BIG, nullable=False, server_default="0"),
    sa.Column("answered", _BIG, nullable=False, server_default="0"),
    sa.Column("handed_off", _BIG, nullable=False, server_default="0"),
    sa.Column("asked_again", _BIG, nullable=False, server_default="0"),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
)
"""What became of each rule on each day, such as `2026-11-23`, of the account's own zone."""

REPLY_DAYS = sa.Table(
    "reply_days",
    METADATA,
    _ref("account", primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("heard", _BIG, nullable=False, server_default="0"),
    sa.Column("answered", _BIG, nullable=False, server_default="0"),
    sa.Column("choices", _BIG, nullable=False, server_default="0"),
    sa.Column("handed_off", _BIG, nullable=False, server_default="0"),
    sa.Column("silent", _BIG, nullable=False, server_default="0"),
    sa.Column("unanswered", _BIG, nullable=False, server_default="0"),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
)
"""What became of the messages that buyers wrote to an account on each day."""

UNANSWERED_DAYS = sa.Table(
    "unanswered_days",
    METADATA,
    _ref("account", primary_key=True),
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("question", sa.String(60), primary_key=True),
    sa.Column("text", sa.String(100), nullable=False),
    sa.Column("asked", _BIG, nullable=False),
    sa.Index(None, "day"),
    sqlite_with_rowid=False,
)
"""What buyers asked on each day and no rule answered: in the form in which questions are compared, and as it was written last."""

DESK_LOG = sa.Table(
    "desk_log",
    METADATA,
    sa.Column("id", _BIG, primary_key=True, autoincrement=True),
    _ref("account"),
    _ref("conversation"),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("move", sa.String(16), nullable=False),
    sa.Column("before", sa.String(16), nullable=False),
    sa.Column("after", sa.String(16), nullable=False),
    _ref("actor"),
    _ref("operator", nullable=True),
    _ref("team", nullable=True),
    sa.Column("waited_ms", _BIG),
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.Index(None, "account", "at"),
    sa.Index(None, "conversation", "at"),
)
"""Append-only: every move on the desk, by whom and why. `waited_ms` is how long the buyer had waited when a person took over."""

CANNED = sa.Table(
    "canned",
    METADATA,
    _ref("id", primary_key=True),
    _ref("account"),
    sa.Column("title", sa.String(64), nullable=False),
    sa.Column("text", sa.String(4000), nullable=False),
    sa.Column("at", _BIG, nullable=False),
    sa.UniqueConstraint("account", "title"),
)

MEDIA = sa.Table(
    "media",
    METADATA,
    _ref("id", primary_key=True),
    _ref("owner"),
    sa.Column("kind", sa.String(8), nullable=False),
    sa.Column("type", sa.String(64), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("seconds", sa.Float),
    sa.Column("thumbnail", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("at", _BIG, nullable=False),
    sa.Index(None, "owner"),
)

MEDIA_USES = sa.Table(
    "media_uses",
    METADATA,
    _ref("media", primary_key=True),
    _ref("conversation", primary_key=True),
    sa.Index(None, "conversation"),
)

GROUPS = sa.Table(
    "groups",
    METADATA,
    _ref("id", primary_key=True),
    _ref("account"),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("about", sa.String(500), nullable=False, server_default=""),
    sa.Column("cover", sa.String(2000)),
    sa.Column("rules", sa.String(2000), nullable=False, server_default=""),
    sa.Column("announcement", sa.String(2000), nullable=False, server_default=""),
    _ref("announced_by", nullable=True),
    sa.Column("announced_at", _BIG),
    sa.Column("joining", sa.String(12), nullable=False),
    sa.Column("question", sa.String(200), nullable=False, server_default=""),
    sa.Column("capacity", sa.Integer, nullable=False),
    sa.Column("members", sa.Integer, nullable=False, server_default="0"),
    sa.Column("ordering", sa.Text, nullable=False, server_default="{}"),
    sa.Column("version", sa.Integer, nullable=False, server_default="1"),
    sa.Column("created_at", _BIG, nullable=False),
    sa.Column("dissolved_at", _BIG),
    sa.Index(None, "account", "id"),
    sa.Index(None, "dissolved_at"),
)
"""The id is that of the group's conversation. `members` counts the rows of `members`: whoever adds or takes one locks this row first."""

MEMBERS = sa.Table(
    "members",
    METADATA,
    _ref("conversation", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("role", sa.String(12), nullable=False),
    sa.Column("joined_at", _BIG, nullable=False),
    sa.Column("joined_seq", _BIG, nullable=False),
    sa.Column("visible_after", _BIG, nullable=False),
    sa.Column("posts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_at", _BIG),
    sa.Column("hushed", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Index(None, "conversation", "joined_at", "person"),
    sa.Index(None, "person", "conversation"),
    sa.Index(
        "ix_members_moderators", "conversation", "person", sqlite_where=sa.text("role = 'moderator'"), postgresql_where=sa.text("role = 'moderator'")
    ),
)
"""Who is in which group. `posts` and `last_at` are kept only where the order of the group asks for them."""

SANCTIONS = sa.Table(
    "sanctions",
    METADATA,
    _ref("conversation", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("kind", sa.String(8), primary_key=True),
    sa.Column("until", _BIG),
    sa.Column("reason", sa.String(200), nullable=False),
    _ref("by"),
    sa.Column("at", _BIG, nullable=False),
    sa.Index(None, "conversation", "at", "person"),
)
"""Mutes and bans, apart from `members`: leaving does not end them. One that has ended may still stand here."""

INVITATIONS = sa.Table(
    "invitations",
    METADATA,
    _ref("conversation", primary_key=True),
    _ref("person", primary_key=True),
    _ref("by"),
    sa.Column("at", _BIG, nullable=False),
    sa.Column("expires_at", _BIG, nullable=False),
    sa.Index(None, "person", "at", "conversation"),
    sa.Index(None, "expires_at"),
)

JOIN_REQUESTS = sa.Table(
    "join_requests",
    METADATA,
    _ref("conversation", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("answer", sa.String(500), nullable=False, server_default=""),
    sa.Column("at", _BIG, nullable=False),
    sa.Index(None, "conversation", "at", "person"),
    sa.Index(None, "person"),
)

TURNS = sa.Table(
    "turns",
    METADATA,
    _ref("conversation", primary_key=True),
    _ref("person", primary_key=True),
    sa.Column("last_at", _BIG, nullable=False),
    sa.Index(None, "last_at"),
)
"""When somebody who left a group had last written there, kept as long as slow mode may ask: leaving does not end one's wait."""

PINS = sa.Table(
    "pins",
    METADATA,
    _ref("conversation", primary_key=True),
    sa.Column("seq", _BIG, primary_key=True),
    _ref("by"),
    sa.Column("at", _BIG, nullable=False),
)
