"""Sessions: a cache, the compiler's processes, and what was loaded so far. Loading, also beside the program."""

from __future__ import annotations

import asyncio
import atexit
import ctypes
import itertools
import logging
import os
import threading
import weakref
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Optional

from . import _native, failures
from ._native import encoded, native, text
from .errors import Error, HandleError, check, taken
from .library import Library
from .loaded import Loaded
from .request import Path, Request

logger = logging.getLogger("nlib")
logger.addHandler(logging.NullHandler())

_LEVELS = {1: logging.WARNING, 2: logging.INFO, 3: logging.DEBUG}
_STEPS = {1: "fetch", 2: "compiles", 3: "compile-started", 4: "unit-ready", 5: "unit-failed", 6: "loaded"}
_CACHE_MODES = {None: 0, "on": 1, "off": 2, "read-only": 3, "recache": 4}


class Progress(NamedTuple):
    """A step of a load."""

    step: str
    """"fetch", "compiles", "compile-started", "unit-ready", "unit-failed" or "loaded"."""
    library: str
    unit: str
    """A source file; empty where there is none."""
    cached: bool
    """Of "unit-ready": whether the cache had it."""
    units: int
    """Of "compiles": how many have to be compiled."""
    seconds: float
    """How long the step took; 0 while it is not done."""


class Object(NamedTuple):
    """The object code of a library."""

    name: str
    data: bytes
    """A relocatable ELF object."""


class Session:
    """What loads libraries. `nlib.load` uses one that is made when it is first needed.

    What is not given is as the environment says. `log` gets a level of `logging` and a message, `progress` a
    Progress; both are called on whichever thread works. Without `log`, messages go to the logger "nlib".
    Every method may be called by several threads at once.
    """

    def __init__(
        self,
        *,
        cache_directory: Optional[Path] = None,
        worker: Optional[Path] = None,
        project_folder: Optional[Path] = None,
        profile: Optional[str] = None,
        library_path: Iterable[Path] = (),
        cache: Optional[str] = None,
        offline: bool = False,
        jobs: int = 0,
        log: Optional[Callable[[int, str], object]] = None,
        progress: Optional[Callable[[Progress], object]] = None,
    ) -> None:
        if cache not in _CACHE_MODES:
            raise ValueError(f"cache={cache!r} is none of {', '.join(m for m in _CACHE_MODES if m)}")
        self._handle: Optional[int] = None
        self._log = log
        self._listeners: list[Callable[[Progress], object]] = [progress] if progress else []
        options = _native.Options(struct_size=ctypes.sizeof(_native.Options))
        for name, value in (
            ("cache_directory", cache_directory),
            ("worker", worker),
            ("project_folder", project_folder),
            ("profile", profile),
        ):
            setattr(options, name, None if value is None else encoded(value))
        if isinstance(library_path, (str, os.PathLike)):
            raise TypeError(f"library_path={library_path!r} must be a list")
        folders = [encoded(folder) for folder in library_path]
        options.library_path = (ctypes.c_char_p * len(folders))(*folders)
        options.library_path_count = len(folders)
        options.cache_mode = _CACHE_MODES[cache]
        options.offline = offline
        options.jobs = jobs
        # They live as long as the session: its threads may call them.
        self._callbacks = _native.LOG_CALLBACK(self._logged), _native.PROGRESS_CALLBACK(self._stepped)
        options.log, options.progress = self._callbacks
        handle = ctypes.c_void_p()
        check(native().open(ctypes.byref(options), ctypes.byref(handle)))
        self._handle = handle.value
        _sessions.add(self)

    def _logged(self, _: Any, level: int, message: bytes) -> None:
        number = _LEVELS.get(level, logging.DEBUG)
        try:
            if self._log is not None:
                self._log(number, text(message))
            elif logger.isEnabledFor(number):
                logger.log(number, "%s", text(message))
        except BaseException as error:
            failures.record(error, self._log)

    def _stepped(self, _: Any, step: Any) -> None:
        if not self._listeners:
            return
        given = step.contents
        progress = Progress(
            _STEPS.get(given.kind, "other"),
            text(given.library),
            text(given.unit),
            bool(given.cached),
            given.count,
            given.elapsed_ns / 1e9,
        )
        for listener in list(self._listeners):
            try:
                listener(progress)
            except BaseException as error:
                failures.record(error, listener)

    def _open(self) -> int:
        if self._handle is None:
            raise HandleError("the session was closed; make another with nlib.Session()")
        return self._handle

    def close(self) -> None:
        """Ends the compiler's processes. Libraries stay loaded and usable; they can no longer be unloaded."""
        handle, self._handle = self._handle, None
        if handle is not None:
            native().close(handle)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def load(
        self, library: Any = None, *, progress: Optional[Callable[[Progress], object]] = None, **request: Any
    ) -> Library:
        """As `nlib.load`, in this session."""
        made = Request(library, **request)
        with _Listening(self, progress):
            return Library(Loaded(self._load(made), self), made)

    @failures.waits
    def _load(self, request: Request) -> int:
        try:
            handle = self._wait(request) if _on_main_thread() else self._load_here(request)
        except Exception:
            failures.raise_pending()  # A failed `progress` is why the load was cancelled.
            raise
        try:
            failures.raise_pending()
        except BaseException:
            native().release(handle)
            raise
        return handle

    def _load_here(self, request: Request) -> int:
        handle = ctypes.c_void_p()
        error = native().load(self._open(), ctypes.byref(request.structure), ctypes.byref(handle))
        if error:
            raise taken(error, request.texts)
        return handle.value or 0

    def _wait(self, request: Request) -> int:
        """Loads on a thread of nlib's: between waits Python sees Ctrl-C, and the compiler ends then."""
        handle = ctypes.c_void_p()
        task = self._start(request, _native.DONE_CALLBACK(), None)
        try:
            while not handle.value:
                error = native().task_wait(task, 100, ctypes.byref(handle))
                if error:
                    raise taken(error, request.texts)
                if failures.pending.get(threading.get_ident()):
                    native().task_cancel(task)
        except BaseException as problem:
            _end(task, done=isinstance(problem, Error))
            raise
        _end(task, done=True)
        return handle.value

    def _start(self, request: Request, done: Any, data: Optional[int]) -> int:
        task = ctypes.c_void_p()
        check(
            native().load_start(self._open(), ctypes.byref(request.structure), done, data, ctypes.byref(task))
        )
        _running[task.value or 0] = request
        return task.value or 0

    async def load_async(
        self, library: Any = None, *, progress: Optional[Callable[[Progress], object]] = None, **request: Any
    ) -> Library:
        """As `load`, while the event loop goes on. Cancelling the awaiting task ends the compiler.

        `progress` is called on the event loop's thread.
        """
        made = Request(library, **request)
        loop = asyncio.get_running_loop()
        finished: asyncio.Future[None] = loop.create_future()

        def finish() -> None:
            if not finished.done():
                finished.set_result(None)

        def on_loop(step: Progress) -> None:
            _soon(loop, progress, step)

        key = next(_keys)
        _finishes[key] = lambda: _soon(loop, finish)
        handle = ctypes.c_void_p()
        with _Listening(self, on_loop if progress else None):
            try:
                task = self._start(made, _done, key)
            except BaseException:
                del _finishes[key]
                raise
            try:
                await finished
                error = native().task_wait(task, 0, ctypes.byref(handle))
                if error:
                    raise taken(error, made.texts)
            except BaseException as problem:
                _end(task, done=isinstance(problem, Error))
                raise
            _end(task, done=True)
        return Library(Loaded(handle.value or 0, self), made)

    def code(self, code: str, language: str = "c", **request: Any) -> Library:
        """As `nlib.code`, in this session."""
        return self.load(code=code, language=language, **request)

    def compile(self, library: Any = None, **request: Any) -> Object:
        """The object code of a library, for who links it himself; nothing is loaded."""
        made = Request(library, **request)
        handle = ctypes.c_void_p()
        error = native().compile(self._open(), ctypes.byref(made.structure), ctypes.byref(handle))
        if error:
            raise taken(error, made.texts)
        try:
            data = ctypes.string_at(native().object_data(handle), native().object_size(handle))
            return Object(text(native().object_name(handle)), data)
        finally:
            native().object_free(handle)


_running: dict[int, Request] = {}
"""Loads beside the program: what their threads may read from."""

_keys = itertools.count(1)
_finishes: dict[int, Callable[[], None]] = {}
_sessions: weakref.WeakSet[Session] = weakref.WeakSet()


def _end(task: int, done: bool) -> None:
    """Frees a task that is done; one that is not is given up, and what it was given stays until it has ended."""
    if done:
        del _running[task]
        native().task_free(task)
    else:
        native().task_cancel(task)


@atexit.register
def _close_all() -> None:
    """Ends what runs before Python does: nlib's threads call functions of Python's, and write the cache."""
    for task in list(_running):
        native().task_cancel(task)
        error = native().task_wait(task, _native.FOREVER, ctypes.byref(ctypes.c_void_p()))
        if error:
            taken(error)
        _end(task, done=True)
    for session in list(_sessions):
        session.close()


def _finished(key: int) -> None:
    _finishes.pop(key)()


_done = _native.DONE_CALLBACK(_finished)


def _soon(loop: asyncio.AbstractEventLoop, function: Any, *arguments: Any) -> None:
    try:
        loop.call_soon_threadsafe(function, *arguments)
    except RuntimeError:
        pass  # The loop was closed: nobody waits.


def _on_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


class _Listening:
    """Adds a listener for the time of a load."""

    def __init__(self, session: Session, listener: Optional[Callable[[Progress], object]]) -> None:
        self.session = session
        self.listener = listener

    def __enter__(self) -> None:
        if self.listener is not None:
            self.session._listeners.append(self.listener)

    def __exit__(self, *_: Any) -> None:
        if self.listener is not None:
            self.session._listeners.remove(self.listener)


_default: Optional[Session] = None
_default_lock = threading.Lock()


def default_session() -> Session:
    """The session of `nlib.load`."""
    global _default
    with _default_lock:
        if _default is None or _default._handle is None:
            _default = Session()
        return _default
