"""Reads pages in a process of its own, within limits of time and memory: no other limit stops a hostile page.

Both ends of the pipe are here: `BoundedReader` for whoever wants pages read, and `python -m crawlers.reader`, the
process that reads them, one after another, until it takes too long or too much and is replaced.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import IO, Any, ParamSpec, TypeVar, cast

from storage.language import say

P = ParamSpec("P")
T = TypeVar("T")

MEMORY = 1_000_000_000  # bytes of address space; a page of 10 MB with 200,000 links takes a third of it
CHECKOUT = Path(__file__).resolve().parent.parent
FUNCTIONS = ("article", "data", "derive", "feed", "listing", "sitemap")  # modules of crawlers.pages that read pages


class Unreadable(Exception):  # noqa: N818 - an end of a page, not an error of ours; `str()` says why
    pass


class Unstarted(Exception):  # noqa: N818 - says nothing of the page: this machine has no room for the process
    pass


class BoundedReader:
    """Starts its process with the first page. Threads may share it: they take turns."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = Lock()

    def read(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What the function makes of its arguments, all of which can be pickled. Unreadable where it does not end,
        Unstarted where nobody could read it."""
        request = pickle.dumps((function, args, kwargs), pickle.HIGHEST_PROTOCOL)
        with self._turn:
            done, answer = self._answer(request)
        if not done:
            raise cast("Exception", answer)
        return cast("T", answer)

    def close(self) -> None:
        with self._turn:
            self._end()

    def _answer(self, request: bytes) -> tuple[bool, object]:
        process = self._process or self._start()
        late = Timer(self._seconds, process.kill)
        late.start()
        try:
            _send(process.stdin, request)
            done, answer = pickle.loads(_received(process.stdout))  # noqa: S301 - our own process wrote it
        except (EOFError, OSError) as broken:
            self._end()
            raise Unreadable(self._why(process.returncode)) from broken
        except BaseException:  # such as Ctrl-C: the rest of this answer must not be taken for the next one
            self._end()
            raise
        finally:
            late.cancel()
        if isinstance(answer, MemoryError):
            self._end()
            raise Unreadable(say("页面无法解析：读取占用内存过多", "unparsable: reading it takes too much memory"))
        return done, answer

    def _start(self) -> "subprocess.Popen[bytes]":
        """A process that has imported what it needs, so that only reading counts as time."""
        try:
            self._process = process = _process()
            _received(process.stdout)
        except (EOFError, OSError) as error:
            self._end()
            raise Unstarted(say("读取进程无法启动", "the process that reads pages does not start")) from error
        return process

    def _why(self, status: int) -> str:
        if status == -signal.SIGKILL:
            return say(
                f"页面无法解析：读取超过 {self._seconds:g} 秒", f"unparsable: reading it takes over {self._seconds:g} s"
            )
        return say(f"页面无法解析：读取进程退出({status})", f"unparsable: the reader died of it ({status})")

    def _end(self) -> None:
        process, self._process = self._process, None
        if process:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                with suppress(OSError):  # what was still to be written goes nowhere
                    cast("IO[bytes]", pipe).close()
            process.wait()


def _process() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "crawlers.reader"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")])},
    )


def _send(pipe: IO[bytes] | None, message: bytes) -> None:
    assert pipe
    pipe.write(len(message).to_bytes(8, "big"))
    pipe.write(message)
    pipe.flush()


def _received(pipe: IO[bytes] | None) -> bytes:
    """The next message; EOFError where the other end is gone."""
    assert pipe
    head = pipe.read(8)
    size = int.from_bytes(head, "big")
    message = pipe.read(size) if len(head) == 8 else b""
    if len(head) < 8 or len(message) < size:
        raise EOFError
    return message


def main() -> None:
    """The process: it ends when its standard input does, that is with its parent, however that ended."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever is printed goes to standard error
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    for name in FUNCTIONS:
        __import__(f"crawlers.pages.{name}")
    _limit_memory()
    _send(answers, b"ready")
    with suppress(EOFError, BrokenPipeError):
        while True:
            _send(answers, _reading(_received(requests)))


def _limit_memory() -> None:
    """Where the system can; elsewhere time alone is limited."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _reading(request: bytes) -> bytes:
    try:
        function, args, kwargs = pickle.loads(request)  # noqa: S301 - our own parent wrote it
        answer: tuple[bool, Any] = (True, function(*args, **kwargs))
        return pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # the parent raises it
        return pickle.dumps((False, MemoryError() if isinstance(error, MemoryError) else error))


if __name__ == "__main__":
    main()
