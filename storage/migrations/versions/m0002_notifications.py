"""Notifications: targets, deliveries, and what of the outbox they have been given. What is there already is no news."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

UNANNOUNCED = sa.text("announced_at IS NULL")


def upgrade() -> None:
    op.add_column("outbox", moment("announced_at", nullable=True))
    op.execute("UPDATE outbox SET announced_at = created_at")
    op.create_index("ix_outbox_unannounced", "outbox", ["id"], sqlite_where=UNANNOUNCED, postgresql_where=UNANNOUNCED)
    op.create_table(
        "targets",
        string("name"),
        moment("since"),
        string("holder", nullable=True),
        moment("lease_until", nullable=True),
        integer("failures"),
        moment("next_try", nullable=True),
        moment("failing_since", nullable=True),
        moment("sent_at", nullable=True),
        string("reason", nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_targets"),
    )
    op.create_table(
        "deliveries",
        integer("id"),
        string("target"),
        string("key"),
        integer("story_id", nullable=True),
        string("state"),
        integer("tries"),
        moment("created_at"),
        moment("sent_at", nullable=True),
        string("reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["target"], ["targets.name"], name="fk_deliveries_target"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_deliveries_story_id"),
        sa.UniqueConstraint("target", "key", name="uq_deliveries_target_key"),
    )
    op.create_index("ix_deliveries_target_state_tries_id", "deliveries", ["target", "state", "tries", "id"])


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def string(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def integer(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)
