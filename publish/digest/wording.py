"""The sentences around the items: head, notes and labels, the same in every format. PURE."""

from collections.abc import Iterator
from datetime import date

from publish.digest.values import Digest, Form, Item, Repost
from publish.entries import SHANGHAI
from storage.language import say

NAMED = 5  # outlets named of those that carry a story
SILENT = 20  # sites without news named in a note
COUNTED = 12  # topics and provinces counted in the head


class Wording:
    def __init__(self, digest: Digest, form: Form) -> None:
        self.digest = digest
        self.form = form

    @property
    def title(self) -> str:
        form = say("速览", " at a glance") if self.form == "brief" else say("主题", " by topic")
        return f"{self.digest.heading}·{form}" if say("zh", "en") == "zh" else f"{self.digest.heading}{form}"

    @property
    def head(self) -> Iterator[tuple[str, str]]:
        """Label and sentence for each line of the head."""
        digest = self.digest
        yield (
            say("范围", "Period"),
            say(
                f"{digest.window.days}，按文章自己的发布日期（北京时间），超出的一律不收",
                f"{digest.window.days}, by the articles' own dates (China time); nothing else is in it",
            ),
        )
        if digest.asked:
            yield say("条件", "Of these"), say("；", "; ").join(digest.asked)
        yield say("数量", "Found"), self._numbers()
        if digest.topics:
            yield say("主题", "Topics"), _counts(digest.topics)
        if digest.provinces:
            yield say("省份", "Provinces"), _counts(digest.provinces)
        if digest.most_carried:
            top = (f"{item.line}（{self.reposts(item)}）" for item in digest.most_carried)
            yield say("转载最多", "Most carried"), say("；", "; ").join(top)
        if digest.listed or digest.undated:
            yield say("链接", "Links"), self._links()

    def _numbers(self) -> str:
        found, articles, sites = self.digest.found, self.digest.articles, self.digest.sites
        listed, own = len(self.digest.listed), sum(item.first_hand for item in self.digest.listed)
        told = say(
            f"{found} 条报道（同一报道的转载合为一条，共 {articles} 篇），来自 {sites} 个网站",
            f"{found} stories ({articles} articles, reposts joined to their story) from {sites} sites",
        )
        if listed < found:
            told += say(
                f"；以下是转载最多、发布单位层级最高的 {listed} 条",
                f"; below are the {listed} carried by most and published by the most official",
            )
        if listed:
            told += say(
                f"；{own} 条链接到首发单位自己的网站，{listed - own} 条经转载或未注明出处",
                f"; {own} links lead to who wrote it, {listed - own} to who reprinted it or names nobody",
            )
        return told

    def _links(self) -> str:
        checked = self.digest.checked
        if checked is None:
            return say("没有检查", "not checked")
        at = checked.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        told = say(
            f"于 {at} 检查：{checked.alive} 个可用，{checked.dead} 个失效",
            f"checked at {at} (China time): {checked.alive} work, {checked.dead} are dead",
        )
        if checked.unclear:
            told += say(f"，{checked.unclear} 个当时无法确认", f", {checked.unclear} could not be told")
        return told

    @property
    def nothing(self) -> str:
        return say("这段时间没有符合条件的报道。", "No stories in these days.")

    @property
    def notes(self) -> Iterator[str]:
        """What a reader should know of how it was made."""
        if self.digest.silent:
            number, names = len(self.digest.silent), say("、", ", ").join(self.digest.silent[:SILENT])
            more = say("等", " …") * (number > SILENT)
            yield say(
                f"这段时间没有相关报道的网站（{number} 个）：{names}{more}。",
                f"Sites without a story in these days ({number}): {names}{more}.",
            )
        yield say(
            "先列转载家数多、发布单位层级高的；链接指向首发单位或最权威的一家，日期是最早一篇的。",
            "Ordered by how many outlets carried a story and how official it is; links lead to the first or most "
            "official publisher, dates are those of the earliest article.",
        )
        yield say(
            "一句话和摘要摘自标题与原文，未经改写；以原文为准。",
            "Lines and summaries are extracts of headlines and texts, nothing is rewritten; the originals prevail.",
        )
        made = self.digest.made_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        yield say(f"{made} 由职教（zhijiao）生成。", f"Made by zhijiao at {made} (China time).")

    @property
    def papers(self) -> str:
        return say("政策文件", "Policy documents")

    @property
    def news(self) -> str:
        return say("新闻", "News") if self.digest.papers else say("速览", "At a glance")

    @property
    def undated(self) -> str:
        return say(
            "网页没有注明日期的（这段时间发现，未计入以上数量）",
            "Without a date of their own (found in these days, not counted above)",
        )

    @property
    def columns(self) -> tuple[str, ...]:
        return (
            say("一句话", "Story"),
            say("日期", "Date"),
            say("来源", "Source"),
            say("地区", "Region"),
            say("转载", "Reposts"),
        )

    @property
    def columns_of_papers(self) -> tuple[str, ...]:
        return (
            say("文件", "Document"),
            say("文号", "Number"),
            say("发文机关", "Issued by"),
            say("日期", "Date"),
            say("截止", "Deadline"),
            say("转载", "Reposts"),
        )

    def reposts(self, item: Item) -> str:
        number = len(item.reposts)
        return say(f"另有 {number} 家转载", f"carried by {number} more") if number else ""

    def named(self, item: Item) -> tuple[Repost, ...]:
        """The first of those that reprinted it."""
        return item.reposts[:NAMED]

    def more(self, item: Item) -> str:
        return say("等", " and others") if len(item.reposts) > NAMED else ""

    def credit(self, item: Item) -> str:
        """Date, who wrote it, where it happens."""
        day = item.day.isoformat() if item.day else say("未注明日期", "no date")
        return " · ".join(filter(None, (day, item.origin, item.where)))

    def paper(self, item: Item) -> str:
        """What an official document says of itself."""
        if item.paper is None:
            return ""
        number, issuer, deadline = item.paper.number, item.paper.issuer, self.date(item.paper.deadline)
        facts = (
            number and say(f"文号 {number}", f"No. {number}"),
            issuer and say(f"发文机关 {issuer}", f"issued by {issuer}"),
            deadline and say(f"截止日期 {deadline}", f"deadline {deadline}"),
        )
        return " · ".join(filter(None, facts))

    def state(self, item: Item) -> str:
        """A mark behind the link, where it is not known to work."""
        if item.link is None or item.link.state == "alive":
            return ""
        if item.link.state == "dead":
            return say(f"链接已失效：{item.link.why}", f"dead link: {item.link.why}")
        return say(f"链接未能确认：{item.link.why}", f"link not confirmed: {item.link.why}")

    def day(self, item: Item) -> str:
        """06.15, as the field's reports write it; with the year where the window does not say which."""
        if item.day is None:
            return say("未注明", "none")
        same = self.digest.window.first.year == self.digest.window.last.year
        return item.day.strftime("%m.%d" if same else "%Y.%m.%d")

    def date(self, day: date | None) -> str:
        return day.isoformat() if day else ""

    def say(self, zh: str, en: str) -> str:
        return say(zh, en)


def _counts(counted: tuple[tuple[str, int], ...]) -> str:
    told = say("、", ", ").join(f"{name} {number}" for name, number in counted[:COUNTED])
    return told + say("等", " …") * (len(counted) > COUNTED)
