"""What the cells check with."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any


def fixture(name: str) -> Path:
    """A library for the tests."""
    return Path(os.environ["NLIB_FIXTURES"]) / name


def equal(found: Any, expected: Any) -> None:
    """They are equal, and of one type where that is a basic one."""
    if found != expected or (
        type(expected) in (int, str, bool, float) and not isinstance(found, type(expected))
    ):
        raise AssertionError(f"{found!r} instead of {expected!r}")


def true(condition: Any, what: str) -> None:
    """Something holds."""
    if not condition:
        raise AssertionError(what)


def raises(kind: type[BaseException], call: Callable[[], Any], *texts: str) -> Any:
    """A call raises such an exception, whose text has all these; gives the exception."""
    try:
        found = call()
    except kind as error:
        for text in texts:
            true(text in str(error), f"{text!r} is not in {str(error)!r}")
        return error
    raise AssertionError(f"{found!r} instead of {kind.__name__}")
