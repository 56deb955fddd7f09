"""The ways of telling relevance that are compared: ours, and what one would try first."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from pipeline.stages.lexicon import Lexicon, Model
from pipeline.stages.relevance import judge
from pipeline.training import Example, fit

Said = Callable[[Example], bool]
Method = Callable[[Sequence[Example]], Said]  # learns from examples, or does not care

USUAL_TERMS = """
职业教育 职教 高职 中职 职高 职校 职业学校 职业院校 职业学院 职业技术 职业高中 职业大学 职业本科 技校 技工 技师
中专 大专 专科 单招 春季高考 对口升学 专升本
产教融合 校企合作 学徒制 实训 技能大赛 职业技能 技能人才 技能培训 职业培训
"""
USUAL = tuple(USUAL_TERMS.split())  # what a search for vocational education would be made of


def keyword(_: Sequence[Example]) -> Said:
    return lambda example: "职业教育" in example.title + example.text


def usual_terms(_: Sequence[Example]) -> Said:
    return lambda example: any(term in example.title + example.text for term in USUAL)


def patterns(words: Lexicon, _: Sequence[Example]) -> Said:
    """The lexicon without its model: guarded patterns in the title, their density in the text."""
    bare = replace(words, model=Model())
    return lambda example: judge(example.title, example.text, words=bare).relevant


def tfidf(examples: Sequence[Example]) -> Said:
    """Character n-grams of title and beginning, weighed by logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True),
        LogisticRegression(C=10, class_weight="balanced", max_iter=2000),
    )
    model.fit([_text(example) for example in examples], [example.label for example in examples])
    return lambda example: bool(model.predict([_text(example)])[0])


def ours(words: Lexicon, examples: Sequence[Example]) -> Said:
    learned = trained(words, examples)
    return lambda example: judge(example.title, example.text, words=learned).relevant


def trained(words: Lexicon, examples: Sequence[Example]) -> Lexicon:
    return replace(words, model=fit(examples, words))


def methods(words: Lexicon) -> dict[str, Method]:
    return {
        "职业教育": keyword,
        "32 usual terms": usual_terms,
        "guarded patterns": partial(patterns, words),
        "TF-IDF + logistic regression": tfidf,
        "zhijiao": partial(ours, words),
    }


def _text(example: Example) -> str:
    return f"{example.title}\n{example.text[:1000]}"
