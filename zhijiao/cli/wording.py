"""Says in the language spoken what Typer says by itself in English: the frame of its help, and what was mistyped."""

import re
from typing import Any

import typer
from pydantic import ValidationError
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markup import escape
from typer.core import TyperGroup

from pipeline.mistakes import why
from storage.language import say, spoken

MISTAKES = (  # what Typer says and what we say; the first that matches the whole
    (
        r"Invalid value for '?(.+?)'?: (?:Value error, )?(.+) does not match .+",
        r"\1: \2 不是日期,要写成 2026-11-21 这样",
    ),
    (r"Invalid value for '?(.+?)'?: (?:Value error, )?(.+) is not one of (.+)\.", r"\1: \2 不在 \3 之中"),
    (r"Invalid value for '?(.+?)'?: (?:File|Directory|Path) (.+) does not exist\.", r"\1: 没有 \2"),
    (r"Missing (?:argument|option|parameter) '?(.+?)'?\.", r"缺少 \1"),
    (r"No such command '(.+)'\. Did you mean (.+)\?", r"没有命令 \1,是否想写 \2?"),
    (r"No such command '(.+)'\.", r"没有命令 \1"),
    (r"No such option: (\S+) \(Possible options: (.+)\)", r"没有选项 \1,是否想写 \2?"),
    (r"No such option: (\S+)", r"没有选项 \1"),
    (r"Got unexpected extra argument\(s\) \((.+)\)", r"多写了 \1"),
    (r"Option '(.+)' requires an argument\.", r"\1 后面要写上内容"),
    (r"Option '(.+)' does not take a value\.", r"\1 后面不写内容"),
)
# Types that help need not name: the words beside them say it.
OBVIOUS = {"bool", "str", "int", "int range", "path", "list[str]", "list[int]", "list[Path]"}


def translated(command: Any) -> Any:
    """The command with the frame of its help in the language spoken, and without what a reader need not know."""
    for parameter in (*command.params, command.get_help_option(typer.Context(command))):
        if str(parameter.display_type_rich(typer.Context(command)) or "").strip("<>") in OBVIOUS:
            vars(parameter)["display_type_rich"] = _nothing
    for below in getattr(command, "commands", {}).values():
        translated(below)
    if spoken() == "zh":
        _translate(command)
    return command


def _translate(command: Any) -> None:
    def usage(context: typer.Context, formatter: Any) -> None:
        _name_panels()
        formatter.write_usage(context.command_path, " ".join(command.collect_usage_pieces(context)), "用法:")

    vars(command)["format_usage"] = usage
    command.options_metavar = "[选项]"
    if option := command.get_help_option(typer.Context(command)):
        option.help = "显示这些说明"
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = "命令 [参数]..."


def _nothing(ctx: typer.Context) -> None:
    """In place of the type of an option."""
    del ctx


def _name_panels() -> None:
    """Called where help is about to be printed, which begins with the usage: `rich_utils` takes long to import."""
    from rich.columns import Columns
    from typer import rich_utils

    class Folding(Columns):
        """Breaks a line of Chinese where it is full, as it has no spaces to break it at; rich would cut it off."""

        def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
            for table in super().__rich_console__(console, options):
                for column in getattr(table, "columns", ()):
                    column.overflow = "fold"
                yield table

    vars(rich_utils)["Columns"] = Folding

    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.DEFAULT_STRING = "[默认:{}]"
    rich_utils.REQUIRED_LONG_STRING = "[必填]"


def tell(sentence: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(f"[red]✗[/] {escape(sentence)}")


def tell_mistake(error: typer.TyperException) -> None:
    """What is wrong with the words typed, and where to read more."""
    if type(error).__name__ == "NoArgsIsHelpError":
        return  # the help has been shown
    tell(_in_words(error))
    if context := getattr(error, "ctx", None):
        more = say("更多说明", "more")
        Console(stderr=True, soft_wrap=True, highlight=False).print(
            f"[dim]{escape(context.get_usage())}\n{more}: {context.command_path} --help[/]"
        )


def _in_words(error: typer.TyperException) -> str:
    """Of a value that Pydantic refused, as its settings are told; else by the list of sentences."""
    said = error.format_message()
    cause = error.__cause__
    if isinstance(cause, ValidationError) and cause.errors()[0]["type"] != "value_error":
        name = re.search("'(.+?)'", said)
        return f"{name[1] if name else ''}: {why(cause.errors()[0])}"
    if spoken() == "zh":
        for pattern, sentence in MISTAKES:
            if found := re.fullmatch(pattern, said):
                return found.expand(sentence)
    return said.replace(": Value error, ", ": ")
