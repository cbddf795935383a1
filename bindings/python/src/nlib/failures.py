"""Exceptions of callbacks: C cannot pass them on, so the call that ran the callback raises them afterwards.

A callback that fails gives 0 (or its `on_error`) to C, which goes on. When C comes back, the call raises.
On a thread that C made, the exception goes to the call of an nlib library that is in progress. What no call
waits for goes to `sys.unraisablehook`, and so does a second failure within one call.
"""

from __future__ import annotations

import sys
import threading
from types import CodeType, FrameType
from typing import Any, Optional

pending: dict[int, BaseException] = {}
"""By the identifier of the thread that will raise it. Generated functions look whether it is empty."""

_sites: set[CodeType] = set()
"""Other functions than generated ones that raise what is pending when they return."""


def waits(function: Any) -> Any:
    """Marks a function that calls `raise_pending` before it returns."""
    _sites.add(function.__code__)
    return function


def _site(frame: Optional[FrameType]) -> bool:
    """Whether a frame, or one that called it, will raise what is pending."""
    while frame is not None:
        if "__nlib__" in frame.f_globals or frame.f_code in _sites:
            return True
        frame = frame.f_back
    return False


def record(error: BaseException, function: Any) -> None:
    """Takes note that a callback failed."""
    here = threading.get_ident()
    below = sys._getframe(1).f_back
    waiting = None
    if _site(below):
        waiting = here
    elif below is None:  # A thread that C made.
        for thread, frame in sys._current_frames().items():
            if thread != here and _site(frame):
                waiting = thread
                break
    if waiting is None or pending.setdefault(waiting, error) is not error:
        message = "A callback failed, and no call waits for it"
        if waiting is not None:
            message = "A callback failed after another, whose exception the call raises"
        arguments = (type(error), error, error.__traceback__, message, function)
        sys.unraisablehook(_unraisable_arguments()(arguments))


def _unraisable_arguments() -> Any:
    """The type that `sys.unraisablehook` is given. It has a name in no module, and Python's own hook takes no other."""
    return next(kind for kind in tuple.__subclasses__() if kind.__name__ == "UnraisableHookArgs")


def raise_pending() -> None:
    """Raises what a callback left for this thread."""
    error = pending.pop(threading.get_ident(), None)
    if error is not None:
        try:
            raise error
        finally:
            error = None  # The traceback would hold the frame that holds it.
