"""Articles are looked at again, and known to be removed where their site does not show them any more."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("articles", sa.Column("removed_at", sa.DateTime(timezone=True)))
    op.add_column("articles", sa.Column("removed_reason", sa.String()))
    op.create_table(
        "rechecks",
        sa.Column("article_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("site_id", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("etag", sa.String()),
        sa.Column("last_modified", sa.String()),
        sa.Column("digest", sa.String()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("doubt", sa.String()),
        sa.Column("doubted_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_rechecks_article_id_articles"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_rechecks_site_id_sites"),
        sa.PrimaryKeyConstraint("article_id", name="pk_rechecks"),
    )
    op.create_index("ix_rechecks_site_id_due", "rechecks", ["site_id", "due"])
