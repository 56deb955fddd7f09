"""The lines around the text of an article, where its title, dates and credits stand."""

from dataclasses import dataclass
from itertools import takewhile

from crawlers.pages.body import Body
from crawlers.pages.flow import Flow, Line

ABOVE, HEAD, NEAR, TAIL = 12, 40, 10, 30  # how many lines are looked at


@dataclass(frozen=True)
class Surroundings:
    above: list[Line]  # just above the title
    head: list[Line]  # between title and text
    tail: list[Line]  # below the text

    @property
    def foot(self) -> list[Line]:
        """The tail up to its first link: what stands behind may speak of other articles."""
        return list(takewhile(lambda line: not line.linked, self.tail[:8]))


def surroundings(flow: Flow, body: Body | None, title: int | None) -> Surroundings:
    """Around a body, given the number of the line that shows the title."""
    lines = flow.lines
    if body is None:
        return Surroundings([], lines[:HEAD], [])
    tail = lines[body.last + 1 : body.last + 1 + TAIL]
    if title is None or title >= body.first:
        return Surroundings([], lines[max(0, body.first - NEAR) : body.first], tail)
    head = [line for line in lines[title + 1 : body.first] if line.text != lines[title].text]
    if len(head) > HEAD:  # the text stands far below: credits are by the title, or else by the text
        head = head[: HEAD - NEAR] + head[-NEAR:]
    return Surroundings(lines[max(0, title - ABOVE) : title], head, tail)
