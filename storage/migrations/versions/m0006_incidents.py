"""Incidents, and what they are seen by: the fault of a visit, the silence of a channel. Alarms pass the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("visits", sa.Column("fault", sa.String()))
    op.add_column("channels", sa.Column("silence", sa.String()))
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("story_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("again", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("end", sa.String()),
        sa.Column("alarm_id", sa.Integer()),
        sa.Column("recovery_id", sa.Integer()),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_incidents_channel_id"),
        sa.ForeignKeyConstraint(["alarm_id"], ["outbox.id"], name="fk_incidents_alarm_id"),
        sa.ForeignKeyConstraint(["recovery_id"], ["outbox.id"], name="fk_incidents_recovery_id"),
    )
    for columns in (["channel_id", "noticed_at"], ["alarm_id"], ["recovery_id"]):
        op.create_index(f"ix_incidents_{'_'.join(columns)}", "incidents", columns)
    op.create_index(
        "ix_incidents_open", "incidents", ["channel_id", "kind"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
