from storage import links, visits
from storage.database import Database
from storage.records import LinkRecord
from tests.storage.samples import HOUR, NEWS, NOTICES, NOW, link, visit

NEW = LinkRecord(
    id=1,
    canonical=link(1).canonical,
    url=link(1).url,
    site_id="linjiang",
    state="new",
    attempts=0,
    next_try=None,
    reason=None,
    origin="news",
    title="第1条",
    date="2026-11-20",
)


def test_known_and_unknown_addresses(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(number) for number in range(1200)])  # more than one batch
        asked = [link(number).canonical for number in range(600, 1800)]
        assert links.known(db, asked) == {link(number).canonical for number in range(600, 1200)}
        assert links.known(db, []) == set()
        assert links.get(db, link(1200).canonical) is None


def test_a_link_is_listed_as_each_channel_shows_it(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1)])
        visits.store(db, visit(NOW + HOUR, channel_id=NOTICES.id), [link(2), link(1, title="【转载】第1条", date=None)])
        one, two, three = (link(number).canonical for number in (1, 2, 3))
        assert links.get(db, one) == NEW
        shown = links.of_channel(db, NOTICES.id, [three, one, two, one])
        assert [(row.canonical, row.title, row.date) for row in shown] == [
            (one, "【转载】第1条", None),
            (two, "第2条", "2026-11-20"),
        ]


def test_the_ends_of_a_link(stocked: Database) -> None:
    one = link(1).canonical

    def state() -> tuple[str, int, object, str | None]:
        row = links.get(db, one)
        assert row is not None
        return row.state, row.attempts, row.next_try, row.reason

    with stocked.begin() as db:
        visits.store(db, visit(), [link(1)])
        links.failed(db, one, "404", NOW + HOUR)
        assert state() == ("failed", 1, NOW + HOUR, "404")
        links.failed(db, one, "404", None)
        assert state() == ("failed", 2, None, "404")
        links.fetched(db, one, NOW)
        assert state() == ("fetched", 3, None, None)
        links.refused(db, one, "标题为招标公告")
        assert state() == ("refused", 3, None, "标题为招标公告")


def test_an_address_that_no_channel_has_shown_has_nothing_to_remember(stocked: Database) -> None:
    with stocked.begin() as db:
        links.fetched(db, link(1).canonical, NOW)
        assert links.get(db, link(1).canonical) is None


def test_what_a_channel_has_shown_before_a_moment(stocked: Database) -> None:
    one, two, three = (link(number).canonical for number in (1, 2, 3))
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1)])
        visits.store(db, visit(NOW + HOUR, channel_id=NOTICES.id), [link(1), link(2)])
        visits.store(db, visit(NOW + 2 * HOUR), [link(1), link(2)])
        assert links.shown_before(db, NEWS.id, [one, two, three], NOW + 2 * HOUR) == {one}
        assert links.shown_before(db, NOTICES.id, [one, two, three], NOW + 2 * HOUR) == {one, two}


def test_links_of_a_channel_by_title(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(1), link(2), link(3, title="第1条")])
        visits.store(db, visit(channel_id=NOTICES.id), [link(4, title="第1条")])
        assert [row.url for row in links.namesakes(db, visit().channel_id, ["第1条", "无"])] == [
            link(1).url,
            link(3).url,
        ]


def test_links_are_counted_by_what_became_of_them(stocked: Database) -> None:
    with stocked.begin() as db:
        visits.store(db, visit(), [link(number) for number in range(6)])
        links.fetched(db, link(0).canonical, NOW)
        links.failed(db, link(1).canonical, "404", NOW + HOUR)
        links.failed(db, link(2).canonical, "404", None)
        links.refused(db, link(3).canonical, "附件")
        expected = {"new": 2, "fetched": 1, "failed": 1, "given_up": 1, "refused": 1}
        assert links.counts(db, visit().channel_id) == expected
