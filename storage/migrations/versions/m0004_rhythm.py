"""What visits have taught of a channel's rhythm, by which its next visit is chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("channels", sa.Column("rhythm", sa.String(), nullable=True))
