"""What an account calls things, beside its rules."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Drafts and versions made before have no words of their own."""
    for table in ("rule_versions", "rule_drafts"):
        op.add_column(table, sa.Column("vocabulary", sa.Text, nullable=False, server_default="{}"))
