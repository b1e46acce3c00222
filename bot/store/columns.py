"""What every table is made with: the one schema it belongs to, and the columns that recur."""

import sqlalchemy as sa

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""Numbers that grow, and times in milliseconds."""


def ref(name: str, *, primary_key: bool = False, nullable: bool = False) -> sa.Column[str]:
    """An id of something."""
    return sa.Column(name, sa.String(64), primary_key=primary_key, nullable=nullable)
