"""A digest as a page and as Markdown, from templates beside this file."""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from publish.digest.values import Digest, Form
from publish.digest.wording import Wording
from storage.language import spoken

_MARKS = re.compile(r"([\\`*_{}\[\]<>|~#])")  # what means something to GitHub's Markdown within a line
_LIST = re.compile(r"^(\s*\d+)([.)])|^([-+=])")  # and at its beginning


def as_html(digest: Digest, form: Form = "brief") -> str:
    """One file that needs no other: for browsers, printers and mail programs."""
    return _rendered("digest.html", digest, form)


def as_markdown(digest: Digest, form: Form = "brief") -> str:
    """Markdown as GitHub reads it; also the plain text of a mail."""
    return re.sub(r"\n{3,}", "\n\n", _rendered("digest.md", digest, form)).strip() + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, also in a cell of a table."""
    return _LIST.sub(lambda found: f"{found[1] or ''}\\{found[2] or found[3]}", _MARKS.sub(r"\\\1", text))


def target(url: str) -> str:
    """An address as the target of a Markdown link."""
    return url.replace("(", "%28").replace(")", "%29").replace("|", "%7C")


def _rendered(template: str, digest: Digest, form: Form) -> str:
    return (
        _templates()
        .get_template(template)
        .render(digest=digest, form=form, words=Wording(digest, form), language="en" if spoken() == "en" else "zh-CN")
    )


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("publish.digest"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters.update(md=escaped, target=target)
    return templates
