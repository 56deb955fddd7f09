"""The command line put together: what commands there are, in which language they speak, and how it ends."""

import signal
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from typing import Annotated, NamedTuple, cast

import typer

from pipeline.settings import load
from storage.errors import SettingsError, ZhijiaoError
from storage.language import Language, say, speak
from zhijiao.cli import wording

WRONG = 2  # exit status: a setting, a catalogue entry, the database or the command itself must be mended first


class Command(NamedTuple):
    name: str
    module: str  # of zhijiao.cli; it has a function of the command's name, or for a group of commands an `app`
    zh: str
    en: str
    filter: bool = False


COMMANDS = (  # in the order in which one meets them
    Command("init", "setup", "写下订阅源的身份:域名、网址、联系方式", "fix the feed's identity"),
    Command("tick", "run", "查看到期的栏目,发布,结束(供 cron 调用)", "crawl what is due, publish, leave (for cron)"),
    Command("up", "run", "长期运行:按时查看,并提供订阅和页面", "tick on a schedule; serve feeds and page"),
    Command("worker", "worker", "在任意多台机器上抓取(PostgreSQL)", "crawl, on any number of machines (PostgreSQL)"),
    Command("crawl", "run", "现在就查看指定的网站", "crawl the given sites now"),
    Command(
        "publish",
        "publish",
        "更新订阅源;--site 把网站写成静态文件",
        "bring feeds up to date; --site writes the site as files",
    ),
    Command("digest", "digest", "上周或上月的新闻摘编,可直接发送", "a digest of the last week or month, ready to send"),
    Command(
        "notify", "notify", "把新报道告诉企业微信、钉钉、飞书、邮箱等", "tell WeCom, DingTalk, Feishu, mail … of news"
    ),
    Command("doctor", "doctor", "检查安装是否可用、网站是否读得到,怎么修", "is this installation fit to run?"),
    Command("health", "health", "哪些栏目出了问题,从何时起,怎么办", "what is wrong with which channels"),
    Command("review", "review", "对有疑问的文章逐篇作决定", "decide about the articles in doubt"),
    Command(
        "train", "train", "用标注重新训练判断模型,先看会改变什么", "train the verdict anew; see first what would change"
    ),
    Command(
        "reprocess",
        "reprocess",
        "词表、模型或程序变了以后,把已存的文章重新判断一遍",
        "look at stored articles again after lexicon, model or program have changed",
    ),
    Command("demo", "demo", "在样例网站上演示整个过程", "watch it at work on sample sites"),
    Command("schedule", "schedule", "每个栏目下次何时查看,为什么", "when each channel is looked at next, and why"),
    Command("articles", "articles", "看已读的文章", "what has been read"),
    Command("stories", "stories", "看、合并、拆分报道", "stories: what is one, and what is not"),
    Command("sources", "sources", "网站目录", "the catalogue of sites"),
    Command("db", "database", "数据库:升级、备份、恢复、搬家", "the database: upgrade, backup, restore, move"),
    Command("archive", "archive", "读过的原网页:有多少、清理、导出", "the raw pages: how many, prune, export"),
    Command("extract", "filters", "读文章页的各个字段", "read article pages", filter=True),
    Command("links", "filters", "读列表页的链接", "read list pages", filter=True),
    Command("judge", "filters", "判断是否属于职业教育", "judge whether texts belong", filter=True),
    Command("match", "filters", "认出转载的同一篇", "recognise reposts", filter=True),
)


def main() -> None:
    """Run the command line; errors of ours, and mistyped commands, are told in one sentence, without a traceback."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that children are ended in order
    sys.exit(run(sys.argv[1:]))


def run(words: Sequence[str]) -> int:
    """Run one command; returns its exit status."""
    try:
        language, words = _language(list(words))
        speak(language)
        first = next((word for word in words if not word.startswith("-")), "")
        command = wording.translated(typer.main.get_command(assembled({first})))
        return command.main(words, prog_name="zhijiao", standalone_mode=False) or 0
    except typer.TyperException as error:
        wording.tell_mistake(error)
        return WRONG
    except typer.Abort:  # a question was answered by Ctrl-C
        return 128 + signal.SIGINT
    except ZhijiaoError as error:
        wording.tell(str(error))
        return WRONG
    except BrokenPipeError:  # the reader of a pipe left, as `head` does
        sys.stderr.close()
        return 0


def _language(words: list[str]) -> tuple[Language, list[str]]:
    """Take `--lang` out of the words, wherever it stands: help texts are put into words before they are parsed."""
    for position, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--lang":
            value = value if equals else "".join(words[position + 1 : position + 2])
            if value not in ("zh", "en"):
                raise SettingsError(f"--lang: zh | en, 不能是 {value!r}, not {value!r}")
            return cast("Language", value), words[:position] + words[position + (1 if equals else 2) :]
    try:
        return load().lang, words
    except SettingsError:
        return "zh", words  # the command itself will tell what is wrong


def assembled(names: Collection[str]) -> typer.Typer:
    """All commands; only those named are imported, so that each starts fast, the others have a name and help."""
    app = typer.Typer(
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        add_completion=False,
        help=say(
            "职教:看着中文网站上的职业教育新闻,有新的就发布。",
            "Zhijiao watches Chinese websites for news about vocational education.",
        ),
    )

    @app.callback()
    def _options(
        lang: Annotated[str, typer.Option(help=say("界面语言", "language of messages"), metavar="zh|en")] = "zh",
        version: Annotated[
            bool, typer.Option("--version", help=say("显示版本", "show the version"), is_eager=True, callback=_version)
        ] = False,
    ) -> None:
        del lang, version  # already spoken, see _language; already told

    for command in COMMANDS:
        module = import_module(f"zhijiao.cli.{command.module}") if command.name in names else None
        text = say(command.zh, command.en)
        if isinstance(group := getattr(module, "app", None), typer.Typer):
            app.add_typer(group, name=command.name, help=text)
        else:
            panel = say("过滤器(JSON 行,见 docs/filters.md)", "Filters (JSON lines, see docs/filters.md)")
            app.command(command.name, help=text, rich_help_panel=panel if command.filter else None)(
                getattr(module, command.name) if module else _elsewhere
            )
    return app


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"zhijiao {version('zhijiao')}")
        raise typer.Exit


def _elsewhere() -> None:
    """Stands in the list of commands for one that was not asked for."""
