"""The command `zhijiao`: its groups, its language, and how errors are told."""

import signal
import sys
from typing import Annotated, cast

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.settings import load
from storage.errors import SettingsError, ZhijiaoError
from storage.language import Language, speak

WRONG = 2  # exit status: a setting, a catalogue entry or the database must be mended first


def main() -> None:
    """Run the command line; errors of ours are told in one sentence, without a traceback."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that children are ended in order
    speak(_language(sys.argv))
    try:
        _app()()
    except ZhijiaoError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"[red]✗[/] {escape(str(error))}")
        sys.exit(WRONG)
    except BrokenPipeError:  # the reader of a pipe left, as `head` does
        sys.stderr.close()
        sys.exit(0)


def _language(arguments: list[str]) -> Language:
    """Take `--lang` out of the arguments, wherever it stands: help texts are already spoken in it."""
    for position, word in enumerate(arguments[1:], 1):
        name, equals, value = word.partition("=")
        if name == "--lang":
            value = value if equals else "".join(arguments[position + 1 : position + 2])
            del arguments[position : position + (1 if equals else 2)]
            if value not in ("zh", "en"):
                raise SystemExit(f"--lang: zh | en, 不能是 {value!r}")
            return cast("Language", value)
    try:
        return load().lang
    except SettingsError:
        return "zh"  # the command itself will tell what is wrong


def _app() -> typer.Typer:
    """Imported here, since the commands' help is put into words on import."""
    from storage.language import say
    from zhijiao.cli import (
        articles,
        database,
        demo,
        doctor,
        filters,
        publish,
        review,
        run,
        setup,
        sources,
        stories,
        train,
    )

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
        lang: Annotated[str, typer.Option(help=say("界面语言:zh 或 en", "language: zh or en"), metavar="zh|en")] = "zh",
    ) -> None:
        del lang  # already spoken, see _language

    app.command(help=say("写下订阅源的身份:域名、网址、联系方式", "fix the feed's identity"))(setup.init)
    app.command(help=say("查看到期的栏目,发布,然后结束(供 cron 调用)", "crawl what is due, publish, leave (for cron)"))(
        run.tick
    )
    app.command(help=say("长期运行:按时查看,并提供订阅和页面", "tick on a schedule; serve feeds and page"))(run.up)
    app.command(help=say("现在就查看指定的网站", "crawl the given sites now"))(run.crawl)
    app.command(
        help=say("更新订阅源;--site 把网站写成静态文件", "bring feeds up to date; --site writes the site as files")
    )(publish.publish)
    app.command(help=say("检查安装是否可用,怎么修", "is this installation fit to run?"))(doctor.doctor)
    app.command(help=say("对有疑问的文章逐篇作决定", "decide about the articles in doubt"))(review.review)
    app.command(
        help=say("用标注重新训练判断模型,先看会改变什么", "train the verdict anew; see first what would change")
    )(train.train)
    app.command(help=say("在样例网站上演示整个过程", "watch it at work on sample sites"))(demo.demo)
    panel = say("过滤器(JSON 行,见 docs/filters.md)", "Filters (JSON lines, see docs/filters.md)")
    app.command(rich_help_panel=panel, help=say("读文章页的各个字段", "read article pages"))(filters.extract)
    app.command(rich_help_panel=panel, help=say("读列表页的链接", "read list pages"))(filters.links)
    app.command(rich_help_panel=panel, help=say("判断是否属于职业教育", "judge whether texts belong"))(filters.judge)
    app.command(rich_help_panel=panel, help=say("认出转载的同一篇", "recognise reposts"))(filters.match)
    app.add_typer(articles.app, name="articles")
    app.add_typer(stories.app, name="stories")
    app.add_typer(sources.app, name="sources")
    app.add_typer(database.app, name="db")
    return app
