"""What the verdict on an article rests on: its score, the text that it shares with one that belongs, or a person."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

SAME_TEXT = "正文与已收录的文章相同。"  # said so until now in the reasons alone


def upgrade() -> None:
    for table in ("articles", "revisions"):
        op.add_column(table, sa.Column("ground", sa.String(), nullable=False, server_default="score"))
    op.execute("UPDATE articles SET ground = 'person' WHERE id IN (SELECT article_id FROM labels)")
    in_words = sa.text(
        "UPDATE articles SET ground = 'text' WHERE ground = 'score' AND CAST(reasons AS TEXT) LIKE :said"
    )
    op.get_bind().execute(in_words, {"said": f"%{SAME_TEXT}%"})
