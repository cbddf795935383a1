"""A loaded library: its handle, the calls that may be made into it, and that none is made after its end.

Every function that Python calls stands in one namespace, which is the globals of the generated functions.
Unloading first replaces them there, so that no call begins, and then looks at the stacks of all threads,
whether one is within such a function: calls cost nothing for it.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable
from typing import Any, Optional

from . import failures
from ._native import CFuncPtr, SymbolInfo, encoded, native, text
from .callbacks import Callback
from .errors import InUseError, UnloadedError, check, taken


class _Function(CFuncPtr):  # type: ignore[misc]
    """A C function. Python's other threads run while it does.

    It has no `argtypes`, which cost more than all else of a call: arguments are of types that say how they are
    passed. A Python int is an `int`.
    """

    _flags_ = 1  # FUNCFLAG_CDECL
    _restype_ = ctypes.c_int


class _Slow(Exception):
    """An argument is not of the usual form."""


def _ended(message: str) -> Callable[..., Any]:
    def ended(*_: Any, **__: Any) -> Any:
        raise UnloadedError(message)

    return ended


def _no_thunks(address: int) -> None:
    raise AssertionError("only thunks, which the interface finds, make texts")


class Target:
    """A C function in the namespace."""

    def __init__(self, name: str, address: Callable[[], int], result: Any) -> None:
        self.name = name
        self.address = address
        self.result = result
        self.function: Any = None
        self.rebinds = True
        """Whether another load of the library has it under the same name."""

    def resolve(self) -> Any:
        """The function, looked up the first time."""
        if self.function is None:
            function = _Function(self.address())
            function.restype = self.result
            self.function = function
        return self.function


_callbacks: dict[Any, dict[Any, Callback]] = {}
"""Python's functions that C may call, by the loaded code that they were given to."""


class Loaded:
    """A loaded library."""

    def __init__(self, handle: int, session: Any) -> None:
        self.handle = handle
        self.session = session
        self._begin(text(native().name(handle)))

    def _begin(self, name: str) -> None:
        self.name = name
        self.alive = True
        self.ended = ""
        self.lock = threading.RLock()
        self.functions: dict[Any, Any] = {}
        """C's functions that were only given as addresses: by type and address."""
        self._callbacks: Optional[dict[Any, Callback]] = None
        self.targets: dict[str, Target] = {}
        self.namespace: dict[str, Any] = {
            "__nlib__": self,
            "__name__": self.name,
            "_n_failed": failures.pending,
            "_n_raise": failures.raise_pending,
            "_n_byref": ctypes.byref,
            "_n_SLOW": (_Slow, TypeError, ValueError, OverflowError, ctypes.ArgumentError),
            "_n_Slow": _Slow,
            "_n_ArgumentError": ctypes.ArgumentError,
            "_n_TypeError": TypeError,
            "_n_map": map,
            "_n_type": type,
        }
        self.thunk_free: Callable[[int], None] = _no_thunks
        """Frees a text that a thunk made."""
        self._numbers = 0

    def require(self) -> None:
        """Raises UnloadedError when the library is gone."""
        if not self.alive:
            raise UnloadedError(self.ended)

    @property
    def callbacks(self) -> dict[Any, Callback]:
        """Python's functions that C may call.

        They are kept until the code is unloaded: other accesses to the library, of which this is one, share them.
        """
        if self._callbacks is None:
            self.require()
            self._callbacks = _callbacks.setdefault(self._code(), {})
        return self._callbacks

    def _code(self) -> Any:
        """What tells loaded code from other: every handle to a library that is loaded once gives the same."""
        count = ctypes.c_size_t()
        check(native().symbol_count(self.handle, ctypes.byref(count)))
        info = SymbolInfo(struct_size=ctypes.sizeof(SymbolInfo))
        for index in range(count.value):
            check(native().symbol_at(self.handle, index, ctypes.byref(info)))
            if info.address:
                return self.name, info.address
        return self.name, None, self.handle

    def add(self, value: Any) -> str:
        """Gives an object a name in the namespace."""
        self._numbers += 1
        name = f"_n_{self._numbers}"
        self.namespace[name] = value
        return name

    def target(self, address: Callable[[], int], result: Any, lazy: bool = False) -> str:
        """A name in the namespace for a C function; a lazy one is looked up when it is first called."""
        with self.lock:
            self.require()
            name = self.add(None)
            target = Target(name, address, result)
            self.namespace[name] = self._resolver(target) if lazy else target.resolve()
            self.targets[name] = target
            return name

    def _resolver(self, target: Target) -> Any:
        def first(*arguments: Any) -> Any:
            with self.lock:
                self.require()
                self.namespace[target.name] = target.resolve()
            return self.namespace[target.name](*arguments)

        return first

    def symbol(self, name: str) -> int:
        """The address of a function or variable; raises SymbolError with the nearest names."""
        self.require()
        address = ctypes.c_void_p()
        check(native().symbol(self.handle, encoded(name), ctypes.byref(address)))
        return address.value or 0

    def _running(self) -> Optional[str]:
        """Which function runs on which thread, if one does."""
        names = {thread.ident: thread.name for thread in threading.enumerate()}
        for ident, frame in sys._current_frames().items():
            current: Any = frame
            while current is not None:
                if current.f_globals is self.namespace:
                    return f"{current.f_code.co_name} runs on the thread {names.get(ident, ident)}"
                current = current.f_back
        return None

    def _close_calls(self, message: str) -> None:
        for name in self.targets:
            self.namespace[name] = _ended(message)

    def _open_calls(self) -> None:
        for name, target in self.targets.items():
            self.namespace[name] = self._resolver(target) if target.function is None else target.function

    @failures.waits
    def unload(self) -> None:
        """Unloads the library; raises InUseError, and all is as before, when it cannot be now."""
        with self.lock:
            self.require()
            message = (
                f"`{self.name}` was unloaded; load it again, and take what you need from what that gives"
            )
            self._close_calls(message)
            try:
                running = self._running()
                if running is not None:
                    raise InUseError(
                        f"`{self.name}` cannot be unloaded now: {running}; unload it when that has returned"
                    )
                code = self._code() if _callbacks else None
                check(native().unload(self.handle))
                _callbacks.pop(code, None)
            except BaseException:
                self._open_calls()
                raise
            self._end(message)
        failures.raise_pending()

    def release(self) -> None:
        """Gives the handle back: the library stays in memory, this access to it ends."""
        with self.lock:
            if self.alive:
                message = (
                    f"`{self.name}` was released; load it again, and take what you need from what that gives"
                )
                self._close_calls(message)
                self._end(message)

    def _end(self, message: str) -> None:
        self.ended = message
        self.alive = False
        native().release(self.handle)
        self.targets.clear()
        self.functions.clear()

    def forget(self, targets: list[str], message: str) -> None:
        """Ends calls of functions that another load of the library does not have, or has otherwise."""
        for name in targets:
            self.targets.pop(name, None)
            self.namespace[name] = _ended(message)

    @failures.waits
    def replace(self, handle: int) -> None:
        """Goes on with another load of the library. The former is unloaded, unless something still needs it."""
        with self.lock:
            self.forget(
                [name for name, target in self.targets.items() if not target.rebinds],
                f"`{self.name}` was loaded anew; take the function from it again",
            )
            running = self._running()
            former = self._code() if _callbacks else None
            old, self.handle = self.handle, handle
            kept = dict(_callbacks.get(former, {}))
            for target in self.targets.values():
                target.function = None
            self._open_calls()
            if running is None:
                error = native().unload(old)
                if error:
                    taken(error)  # Somebody else uses it still.
                else:
                    _callbacks.pop(former, None)
            self.functions.clear()
            self._callbacks = None
            if kept:
                # Records that stay may have them.
                self.callbacks.update(kept)
            native().release(old)
        failures.raise_pending()


class Nowhere(Loaded):
    """In place of a library, for function pointers that belong to none."""

    def __init__(self) -> None:
        self._begin("callback")
        self._callbacks = {}
