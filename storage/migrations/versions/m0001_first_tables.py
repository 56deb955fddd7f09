"""The first tables: sites, channels, hosts, visits, gaps, links, appearances, articles, revisions, stories, outbox."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

UNDELIVERED = sa.text("delivered_at IS NULL")


def upgrade() -> None:
    _catalogue()
    _crawling()
    _news()
    _kinship()
    _finding()
    _delivery()
    _feeds()


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def string(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=nullable)


def integer(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def boolean(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def json(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False)


def _catalogue() -> None:
    op.create_table(
        "sites",
        string("id"),
        string("name"),
        string("home"),
        string("kind"),
        string("level"),
        string("adcode", nullable=True),
        string("region", nullable=True),
        string("publishing"),
        boolean("enabled"),
        string("disabled_reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
    )
    op.create_table(
        "channels",
        string("id"),
        string("site_id"),
        string("name"),
        string("url"),
        string("kind"),
        boolean("enabled"),
        string("disabled_reason", nullable=True),
        integer("floor_seconds"),
        integer("ceiling_seconds"),
        boolean("vocational"),
        string("etag", nullable=True),
        string("last_modified", nullable=True),
        moment("next_due", nullable=True),
        moment("first_visited_at", nullable=True),
        integer("failures"),
        string("digest", nullable=True),
        integer("unchanged"),
        moment("distrusted_at", nullable=True),
        string("moved_to", nullable=True),
        integer("moved_times"),
        moment("gone_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_channels_site_id"),
    )
    op.create_index("ix_channels_site_id", "channels", ["site_id"])
    op.create_index("ix_channels_next_due", "channels", ["next_due"])


def _crawling() -> None:
    op.create_table(
        "hosts",
        string("host"),
        string("holder"),
        integer("token"),
        moment("lease_until"),
        moment("next_allowed_at", nullable=True),
        integer("refusals"),
        sa.Column("delay", sa.Double(), nullable=True),
        string("robots", nullable=True),
        moment("robots_read_at", nullable=True),
        moment("robots_until", nullable=True),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("requests", "bytes", "not_modified", "errors")),
        moment("last_asked_at", nullable=True),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
    op.create_table(
        "visits",
        integer("id"),
        string("channel_id"),
        moment("started_at"),
        moment("finished_at"),
        string("outcome"),
        moment("next_due"),
        integer("status", nullable=True),
        string("reason", nullable=True),
        string("rule", nullable=True),
        string("etag", nullable=True),
        string("last_modified", nullable=True),
        integer("seen"),
        integer("new"),
        string("archived", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_visits"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_visits_channel_id"),
    )
    op.create_index("ix_visits_channel_id_finished_at", "visits", ["channel_id", "finished_at"])
    op.create_table(
        "gaps",
        integer("id"),
        string("channel_id"),
        string("origin"),
        moment("opened_at"),
        string("back_to", nullable=True),
        string("next_url"),
        string("reached", nullable=True),
        integer("pages"),
        integer("failures"),
        moment("closed_at", nullable=True),
        string("reason", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_gaps"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_gaps_channel_id"),
    )
    op.create_index("ix_gaps_channel_id", "gaps", ["channel_id"])
    op.create_table(
        "links",
        integer("id"),
        string("canonical"),
        string("url"),
        string("site_id"),
        string("state"),
        integer("attempts"),
        moment("next_try", nullable=True),
        string("reason", nullable=True),
        string("origin"),
        moment("first_seen_at"),
        moment("fetched_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_links"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_links_site_id"),
        sa.UniqueConstraint("canonical", name="uq_links_canonical"),
    )
    op.create_index("ix_links_state_next_try", "links", ["state", "next_try"])
    op.create_table(
        "appearances",
        string("channel_id"),
        integer("link_id"),
        integer("visit_id"),
        integer("position"),
        string("title"),
        string("date", nullable=True),
        moment("first_seen_at"),
        sa.PrimaryKeyConstraint("channel_id", "link_id", name="pk_appearances"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_appearances_channel_id"),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name="fk_appearances_link_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name="fk_appearances_visit_id"),
    )
    op.create_index("ix_appearances_link_id", "appearances", ["link_id"])


def _news() -> None:
    """Stories and articles point at each other: PostgreSQL gets the first of the two arrows when both tables stand."""
    op.create_table(
        "stories",
        integer("id"),
        string("guid", nullable=True),
        integer("first_article_id"),
        moment("published_at"),
        moment("released_at", nullable=True),
        moment("updated_at"),
        moment("withdrawn_at", nullable=True),
        integer("merged_into", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sa.UniqueConstraint("guid", name="uq_stories_guid"),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name="fk_stories_merged_into"),
        sa.ForeignKeyConstraint(
            ["first_article_id"], ["articles.id"], name="fk_stories_first_article_id", use_alter=True
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_stories_merged_into", "stories", ["merged_into"])
    op.create_index("ix_stories_published_at_id", "stories", ["published_at", "id"])
    op.create_index("ix_stories_released_at_id", "stories", ["released_at", "id"])
    op.create_table(
        "articles",
        integer("id"),
        string("canonical"),
        string("site_id"),
        string("channel_id", nullable=True),
        integer("story_id", nullable=True),
        moment("first_seen_at"),
        *_reading(),
        sa.PrimaryKeyConstraint("id", name="pk_articles"),
        sa.UniqueConstraint("canonical", name="uq_articles_canonical"),
        sa.ForeignKeyConstraint(["site_id"], ["sites.id"], name="fk_articles_site_id"),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_articles_channel_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_articles_story_id"),
    )
    op.create_index("ix_articles_site_id_id", "articles", ["site_id", "id"])
    op.create_index("ix_articles_story_id", "articles", ["story_id"])
    op.create_index("ix_articles_text_key", "articles", ["text_key"])
    op.create_index(
        "ix_articles_doubtful",
        "articles",
        ["id"],
        sqlite_where=sa.text("review = 1"),
        postgresql_where=sa.text("review"),
    )
    if op.get_context().dialect.supports_alter:
        op.create_foreign_key("fk_stories_first_article_id", "stories", "articles", ["first_article_id"], ["id"])
    op.create_table(
        "labels",
        integer("article_id"),
        boolean("relevant"),
        moment("decided_at"),
        sa.PrimaryKeyConstraint("article_id", name="pk_labels"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_labels_article_id"),
    )
    op.create_table(
        "revisions",
        integer("id"),
        integer("article_id"),
        moment("replaced_at"),
        *_reading(),
        sa.PrimaryKeyConstraint("id", name="pk_revisions"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_revisions_article_id"),
    )
    op.create_index("ix_revisions_article_id", "revisions", ["article_id"])


def _kinship() -> None:
    op.create_table(
        "apart",
        integer("one_id"),
        integer("other_id"),
        sa.PrimaryKeyConstraint("one_id", "other_id", name="pk_apart"),
        sa.ForeignKeyConstraint(["one_id"], ["stories.id"], name="fk_apart_one_id"),
        sa.ForeignKeyConstraint(["other_id"], ["stories.id"], name="fk_apart_other_id"),
    )
    op.create_index("ix_apart_other_id", "apart", ["other_id"])
    op.create_table(
        "fingerprints",
        integer("gram"),
        integer("article_id"),
        sa.PrimaryKeyConstraint("gram", "article_id", name="pk_fingerprints"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kinships",
        integer("article_id"),
        integer("other_id"),
        string("relation"),
        sa.Column("score", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "other_id", name="pk_kinships"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_kinships_article_id"),
        sa.ForeignKeyConstraint(["other_id"], ["articles.id"], name="fk_kinships_other_id"),
    )
    op.create_index("ix_kinships_other_id", "kinships", ["other_id"])


def _reading() -> list[sa.Column[Any]]:
    return [
        string("url"),
        string("title"),
        moment("published", nullable=True),
        string("precision", nullable=True),
        moment("updated", nullable=True),
        string("source", nullable=True),
        string("author", nullable=True),
        string("editor", nullable=True),
        string("original_title", nullable=True),
        string("document_number", nullable=True),
        json("paragraphs"),
        json("images"),
        json("attachments"),
        string("rule"),
        boolean("relevant"),
        sa.Column("score", sa.Double(), nullable=False),
        boolean("review"),
        json("reasons"),
        json("topics"),
        json("regions"),
        string("outlet", nullable=True),
        string("outlet_kind", nullable=True),
        json("documents"),
        string("text_key"),
        string("content_key"),
        moment("fetched_at"),
        string("archived", nullable=True),
    ]


def _finding() -> None:
    op.create_table(
        "cards",
        # INTEGER makes it SQLite's row number, by which card_words finds it
        sa.Column("place", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        integer("story_id"),
        json("headings"),
        string("text"),
        sa.PrimaryKeyConstraint("place", name="pk_cards"),
        sa.UniqueConstraint("story_id", name="uq_cards_story_id"),
    )
    op.create_table(
        "headings",
        sa.Column("heading", sa.String(collation="C").with_variant(sa.String(), "sqlite"), nullable=False),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("heading", "place", name="pk_headings"),
        sqlite_with_rowid=False,
    )
    if op.get_context().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE card_words "
            "USING fts5(words, chars, content='', tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        op.execute(
            "CREATE TABLE card_words (place bigint CONSTRAINT pk_card_words PRIMARY KEY, words tsvector NOT NULL)"
        )
        op.execute("CREATE INDEX ix_card_words_words ON card_words USING gin (words)")


def _delivery() -> None:
    op.create_table(
        "outbox",
        integer("id"),
        string("kind"),
        integer("story_id"),
        moment("created_at"),
        moment("delivered_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_outbox_story_id"),
    )
    op.create_index("ix_outbox_pending", "outbox", ["id"], sqlite_where=UNDELIVERED, postgresql_where=UNDELIVERED)


def _feeds() -> None:
    op.create_table(
        "feeds",
        integer("id"),
        string("name"),
        string("title"),
        string("facts", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_feeds"),
        sa.UniqueConstraint("name", name="uq_feeds_name"),
    )
    op.create_table(
        "entries",
        integer("feed_id"),
        moment("released_at"),
        integer("story_id"),
        sa.PrimaryKeyConstraint("feed_id", "released_at", "story_id", name="pk_entries"),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name="fk_entries_feed_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_entries_story_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_entries_story_id", "entries", ["story_id"])
    op.create_table(
        "stale_feeds", string("name"), boolean("whole"), sa.PrimaryKeyConstraint("name", name="pk_stale_feeds")
    )
    op.create_table(
        "stale_stories",
        sa.Column("story_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("story_id", name="pk_stale_stories"),
    )
    op.create_table(
        "saved_feeds",
        string("id"),
        string("title"),
        string("query"),
        moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_feeds"),
    )
