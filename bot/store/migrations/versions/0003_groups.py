"""Groups: the group itself, its members, sanctions, invitations, requests, pins, and the log of acts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables of groups."""
    _groups()
    _members()
    _sanctions()
    _invitations()
    _requests()
    _pins()
    _log()
    # What a purged group showed is found by its conversation.
    op.create_index("ix_media_uses_conversation", "media_uses", ["conversation"])


def _groups() -> None:
    op.create_table(
        "groups",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("about", sa.String(500), nullable=False, server_default=""),
        sa.Column("cover", sa.String(2000)),
        sa.Column("rules", sa.String(2000), nullable=False, server_default=""),
        sa.Column("announcement", sa.String(2000), nullable=False, server_default=""),
        sa.Column("announced_by", sa.String(64)),
        sa.Column("announced_at", _BIG),
        sa.Column("joining", sa.String(12), nullable=False),
        sa.Column("question", sa.String(200), nullable=False, server_default=""),
        sa.Column("capacity", sa.Integer, nullable=False),
        sa.Column("members", sa.Integer, nullable=False, server_default="0"),
        sa.Column("ordering", sa.Text, nullable=False, server_default="{}"),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.Column("created_at", _BIG, nullable=False),
        sa.Column("dissolved_at", _BIG),
        sa.PrimaryKeyConstraint("id", name="pk_groups"),
    )
    op.create_index("ix_groups_account_id", "groups", ["account", "id"])
    op.create_index("ix_groups_dissolved_at", "groups", ["dissolved_at"])


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("joined_at", _BIG, nullable=False),
        sa.Column("joined_seq", _BIG, nullable=False),
        sa.Column("visible_after", _BIG, nullable=False),
        sa.Column("posts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("last_at", _BIG),
        sa.Column("hushed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("conversation", "person", name="pk_members"),
    )
    op.create_index("ix_members_conversation_joined_at_person", "members", ["conversation", "joined_at", "person"])
    op.create_index("ix_members_person_conversation", "members", ["person", "conversation"])


def _sanctions() -> None:
    op.create_table(
        "sanctions",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("until", _BIG),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "person", "kind", name="pk_sanctions"),
    )
    op.create_index("ix_sanctions_conversation_at_person", "sanctions", ["conversation", "at", "person"])


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("expires_at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "person", name="pk_invitations"),
    )
    op.create_index("ix_invitations_person_at_conversation", "invitations", ["person", "at", "conversation"])
    op.create_index("ix_invitations_expires_at", "invitations", ["expires_at"])


def _requests() -> None:
    op.create_table(
        "join_requests",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("person", sa.String(64), nullable=False),
        sa.Column("answer", sa.String(500), nullable=False, server_default=""),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "person", name="pk_join_requests"),
    )
    op.create_index("ix_join_requests_conversation_at_person", "join_requests", ["conversation", "at", "person"])
    op.create_index("ix_join_requests_person", "join_requests", ["person"])


def _pins() -> None:
    op.create_table(
        "pins",
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("seq", _BIG, nullable=False),
        sa.Column("by", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("conversation", "seq", name="pk_pins"),
    )


def _log() -> None:
    op.create_table(
        "group_log",
        sa.Column("id", _BIG, autoincrement=True, nullable=False),
        sa.Column("account", sa.String(64), nullable=False),
        sa.Column("conversation", sa.String(64), nullable=False),
        sa.Column("at", _BIG, nullable=False),
        sa.Column("act", sa.String(16), nullable=False),
        sa.Column("actor", sa.String(64), nullable=False),
        sa.Column("target", sa.String(64)),
        sa.Column("until", _BIG),
        sa.Column("reason", sa.String(200), nullable=False, server_default=""),
        sa.Column("ref", sa.String(80), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("id", name="pk_group_log"),
    )
    op.create_index("ix_group_log_conversation_id", "group_log", ["conversation", "id"])
    op.create_index("ix_group_log_conversation_act_at", "group_log", ["conversation", "act", "at"])
