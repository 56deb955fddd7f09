"""副题 of an article, and what is missing of a text that is paged over several addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    for table in ("articles", "revisions"):
        op.add_column(table, sa.Column("subtitle", sa.String()))
        op.add_column(table, sa.Column("missing", sa.String()))
