"""The verdict on an article under the settings in force, and under a decision that a person took."""

from dataclasses import replace
from pathlib import Path

from pipeline.article import SiteFacts, Verdict
from pipeline.settings import Settings
from pipeline.stages import lexicon
from pipeline.stages.lexicon import Lexicon, LexiconError
from pipeline.stages.relevance import judge
from storage.errors import SettingsError

KEPT = "人工判断：属于。"
REFUSED = "人工判断：不属于。"


def lexicon_of(settings: Settings) -> Lexicon:
    """The words in force: those of the settings, with the model that `zhijiao train --apply` left, if it did."""
    try:
        return lexicon.lexicon(settings.lexicon, trained(settings))
    except LexiconError as error:
        raise SettingsError(str(error)) from None


def trained(settings: Settings) -> Path:
    """Where a model trained here lies: with the data for the lexicon of the program, else in the lexicon's folder."""
    return (settings.lexicon or settings.home / "lexicon") / lexicon.MODEL


def verdict_on(title: str, text: str, site: SiteFacts | None, settings: Settings) -> Verdict:
    words = lexicon_of(settings)
    return judge(title, text, site, threshold=settings.threshold, review_band=settings.review_band, words=words)


def decided(verdict: Verdict, *, relevant: bool) -> Verdict:
    """A person's decision stands above the score, and ends the doubt."""
    reasons = tuple(reason for reason in verdict.reasons if reason not in (KEPT, REFUSED))
    return replace(verdict, relevant=relevant, review=False, reasons=(KEPT if relevant else REFUSED, *reasons))
