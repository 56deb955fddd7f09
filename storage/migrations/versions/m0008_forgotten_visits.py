"""Visits can be forgotten: appearances, which are kept for ever, no longer refer to them by a key."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("appearances") as appearances:
        appearances.drop_constraint("fk_appearances_visit_id", type_="foreignkey")
