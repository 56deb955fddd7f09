"""Chinese full-text search: overlapping bigrams, made here for both databases, so that both give the same answers.

SQLite keeps them in an FTS5 table without content, PostgreSQL in a tsvector. What either finds is held against the
card's text, which is folded like the query. Nothing that a user writes reaches a database as a query language.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import pairwise

from sqlalchemy import ColumnElement, TextClause, func, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

LONGEST_QUERY = 100  # characters; what follows is not looked at
_CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_CHINESE = re.compile(f"[{_CJK}]")
_TOKEN = re.compile(f"[{_CJK}]{{1,2}}")
# 〔2025〕, [2025] and (2025) are one way to write the number of a document, and quotation marks come in every shape.
_ALIKE = str.maketrans("[]{}〔〕〖〗【】〈〉《》「」『』“”„‘’", '()()()()()<><>"""""""\'\'')


@cache
def folded(character: str) -> str:
    return unicodedata.normalize("NFKC", character).casefold().translate(_ALIKE)


def fold(text: str) -> str:
    """The text as it is compared: full and half width, upper and lower case, kinds of brackets are one."""
    return "".join(map(folded, text))


def bigrams(folded_text: str) -> list[str]:
    """Tokens in the order of the text: of a run of Chinese all pairs and its last character, of any other the run."""
    tokens: list[str] = []
    for run in _RUN.findall(folded_text):
        tokens += _pairs(run) if _CHINESE.match(run) else [run]
    return tokens


def words_of(query: str) -> list[str]:
    """The words of a user's query, folded. One without any letter or digit asks nothing."""
    return [word for word in dict.fromkeys(fold(query[:LONGEST_QUERY]).split()) if _RUN.search(word)]


def sqlite(db: Session) -> bool:
    return db.get_bind().dialect.name == "sqlite"


def put(db: Session, texts: Mapping[int, str]) -> None:
    """Index folded texts, each at its place; in order, since FTS5 begins a new piece of index at every step back."""
    if sqlite(db):
        statement = "INSERT INTO card_words(rowid, words, chars) VALUES (:place, :words, :chars)"
        rows = [_columns(place, told) for place, told in sorted(texts.items())]
    else:
        statement = "INSERT INTO card_words(place, words) VALUES (:place, array_to_tsvector(:tokens))"
        rows = [{"place": place, "tokens": [*{*bigrams(told), *characters(told)}]} for place, told in texts.items()]
    db.execute(text(statement), rows)


def remove(db: Session, place: int, folded_text: str) -> None:
    """`folded_text` is what was put there: an FTS5 table without content cannot know it."""
    if sqlite(db):
        statement = "INSERT INTO card_words(card_words, rowid, words, chars) VALUES ('delete', :place, :words, :chars)"
        db.execute(text(statement), _columns(place, folded_text))
    else:
        db.execute(text("DELETE FROM card_words WHERE place = :place"), {"place": place})


def indexed(db: Session, words: Iterable[str]) -> TextClause:
    """What the index has to say: a condition on a statement that names `card_words`."""
    if sqlite(db):
        match = " AND ".join(map(_fts, words))
        return text("card_words MATCH :match").bindparams(match=match)
    query = " & ".join(map(_tsquery, words))
    return text("card_words.words @@ CAST(:query AS tsquery)").bindparams(query=query)


def implied(words: Iterable[str]) -> bool:
    """Whether a text that contains the words is sure to have their tokens: numbers and foreign words begin in front."""
    return all(_CHINESE.match(run) for word in words for run in _RUN.findall(word))


def decided(words: Iterable[str]) -> bool:
    """Whether the index alone knows which texts have the words: those of one or two Chinese characters are tokens."""
    return all(_TOKEN.fullmatch(word) for word in words)


def contains(db: Session, folded_text: SQLCoreOperations[str], word: str) -> ColumnElement[bool]:
    """The last word is the text's, whatever the index says."""
    find = func.instr if sqlite(db) else func.strpos
    found: ColumnElement[bool] = find(folded_text, word) > 0
    return found


def _fts(word: str) -> str:
    phrase, prefix, character = _asked(word)
    parts = [f'words : "{" ".join(phrase)}"{" *" if prefix else ""}'] if phrase else []
    parts += [f'chars : "{character}"'] if character else []
    return " AND ".join(parts)


def _tsquery(word: str) -> str:
    phrase, prefix, character = _asked(word)
    lexemes = [f"'{token}'" for token in phrase]
    lexemes[-1:] = [f"{lexeme}:*" if prefix else lexeme for lexeme in lexemes[-1:]]
    return " & ".join([*lexemes, f"'{character}'"] if character else lexemes)


def _asked(word: str) -> tuple[list[str], bool, str | None]:
    """Tokens that follow one another, whether the last may go on, and a character that is somewhere.

    The end of a word need not be the end of a run in the text: 职业 is in 职业教育, 2025年 in 2025年度, AI in AIGC.
    """
    run = _RUN.findall(word)[-1]
    tokens = bigrams(word)
    if not _CHINESE.match(run):
        return tokens, len(run) > 1 and not run.isdigit(), None
    return tokens[:-1], False, run if len(run) == 1 else None


def _pairs(run: str) -> list[str]:
    return [*map("".join, pairwise(run)), run[-1]]


def characters(folded_text: str) -> list[str]:
    """The Chinese characters of a text, for who looks for one alone."""
    return sorted(set(_CHINESE.findall(folded_text)))


def _columns(place: int, folded_text: str) -> dict[str, object]:
    return {"place": place, "words": " ".join(bigrams(folded_text)), "chars": " ".join(characters(folded_text))}
