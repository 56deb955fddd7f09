"""`zhijiao train`: another relevance model from labelled texts, shown by what it would change, then put in force."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.judging import lexicon_of, trained
from pipeline.reprocessing import Scope
from pipeline.settings import load
from pipeline.stages.lexicon import Lexicon, LexiconError, Model
from pipeline.training import Example, fit, folds
from pipeline.training import load as read_labels
from storage import labels
from storage.database import Database
from storage.errors import ZhijiaoError
from storage.language import say
from zhijiao.cli.reprocess import again
from zhijiao.tick import opened

FEWEST = 100  # labelled texts, of which each kind is at least a tenth: fewer teach nothing


def train(
    folders: Annotated[
        list[Path] | None,
        typer.Option("--labels", help=say("标注文件夹(*.jsonl:title、text、label)", "folder of labelled *.jsonl")),
    ] = None,
    applied: Annotated[
        bool,
        typer.Option("--apply", help=say("启用新模型,并改判已存的文章", "put it in force, re-judge what is stored")),
    ] = False,
    to: Annotated[
        Path | None, typer.Option(help=say("只把模型写进这个文件夹", "only write the model into this folder"))
    ] = None,
) -> None:
    """Train from given and local labels, and show what would change."""
    settings = load()
    console = Console(soft_wrap=True, highlight=False)
    with opened(settings) as database:
        words = lexicon_of(settings)
        examples = _examples(database, folders or [])
        words = replace(words, model=_fitted(examples, words))
        console.print(say(f"用 {len(examples)} 条标注训练。", f"trained on {len(examples)} labelled texts."))
        if to:
            _write(to / "relevance.json", words.model)
            return
        if applied:
            _write(trained(settings), words.model)
        again(console, database, settings, Scope(("relevance",), words=words), applied=applied)


def _examples(database: Database, folders: list[Path]) -> list[Example]:
    try:
        found = [example for folder in folders for example in read_labels(folder)]
    except (OSError, ValueError) as error:
        raise ZhijiaoError(str(error)) from None
    with database.read() as db:
        found += [Example(a.title, "\n".join(a.paragraphs), label) for a, label in labels.listing(db)]
    fewest = min(sum(example.label for example in found), sum(not example.label for example in found))
    if len(found) < FEWEST or fewest < FEWEST // 10:
        raise ZhijiaoError(
            say(
                f"标注太少:{len(found)} 条,至少要 {FEWEST} 条,两类各至少 {FEWEST // 10} 条(--labels 文件夹)",
                f"{len(found)} labelled texts are too few: {FEWEST} at least, {FEWEST // 10} of each kind (--labels)",
            )
        )
    return found


def _fitted(examples: list[Example], words: Lexicon) -> Model:
    try:
        folds(examples)
        return fit(examples, words)
    except ImportError:
        raise ZhijiaoError(
            say("训练需要 scikit-learn:pip install -e '.[train]'", "training needs scikit-learn: the extra `train`")
        ) from None
    except (LexiconError, ValueError) as error:
        raise ZhijiaoError(str(error)) from None


def _write(path: Path, model: Model) -> None:
    """In one step, so that a crawl that starts now reads the old model or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(model.json(), encoding="utf-8")
    fresh.replace(path)
