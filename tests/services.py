"""Programs that tests drive for real: skipped where they are not installed, a failure on a build machine."""

import os
import shutil

import pytest


def program(name: str) -> str:
    """The path of an installed program."""
    path = shutil.which(name)
    if path is None:
        missing(f"{name} is not installed")
    return path or ""


def missing(what: str) -> None:
    """Skip, saying what is missing; under CI=true, where everything is set up, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)
