"""What a library's headers declare, asked for by name: docs/interface.md describes the data."""

from __future__ import annotations

import ctypes
import json
import unicodedata
from typing import Any, Optional

from ._native import encoded, native, text
from .errors import HandleError, SymbolError, check, taken


class Interface:
    """The interface of a loaded library. It is read by the compiler, or taken from the cache, when it is made."""

    def __init__(self, library: int) -> None:
        handle = ctypes.c_void_p()
        self.handle: Optional[int] = None
        check(native().interface_open(library, ctypes.byref(handle)))
        self.handle = handle.value
        self._known: dict[tuple[Optional[str], str], list[dict[str, Any]]] = {}
        self._names: dict[Optional[str], str] = {}

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Frees it."""
        handle, self.handle = self.handle, None
        if handle is not None:
            native().interface_free(handle)

    def _open(self) -> int:
        if self.handle is None:
            raise HandleError("the interface was closed with its library")
        return self.handle

    def describe(self, name: str, kind: Optional[str] = None) -> list[dict[str, Any]]:
        """Everything of this name; an empty list when there is nothing."""
        known = self._known.get((kind, name))
        if known is None:
            found = ctypes.c_char_p()
            error = native().interface_describe(
                self._open(), kind and kind.encode(), encoded(name), b"json", ctypes.byref(found)
            )
            if error:
                problem = taken(error)
                if not isinstance(problem, SymbolError):
                    raise problem
                known = []
            else:
                known = json.loads(found.value or b"[]")
            self._known[kind, name] = known
        return known

    def missing(self, name: str) -> SymbolError:
        """The error for a name that is not there."""
        found = ctypes.c_char_p()
        error = native().interface_describe(self._open(), None, encoded(name), b"json", ctypes.byref(found))
        problem = taken(error) if error else None
        return problem if isinstance(problem, SymbolError) else SymbolError(f"`{name}` is not declared")

    def written_otherwise(self, name: str) -> Optional[str]:
        """A name that Python's parser would read as this one: `ﬁx` as `fix`. None when there is none."""
        if self.name_lines().isascii():
            return None
        for other in self.names():
            if other != name and unicodedata.normalize("NFKC", other) == name:
                return other
        return None

    def names(self, kind: Optional[str] = None) -> list[str]:
        """The names of one kind, or of all."""
        return [name for name in self.name_lines(kind).split("\n") if name]

    def name_lines(self, kind: Optional[str] = None) -> str:
        """The names with a line feed before and after each."""
        known = self._names.get(kind)
        if known is None:
            found = ctypes.c_char_p()
            check(native().interface_names(self._open(), kind and kind.encode(), ctypes.byref(found)))
            known = self._names[kind] = "\n" + text(found.value) + "\n"
        return known

    def text(self, form: str) -> str:
        """The whole in a format of `nlib bind`."""
        found = ctypes.c_char_p()
        size = ctypes.c_size_t()
        check(native().interface_text(self._open(), encoded(form), ctypes.byref(found), ctypes.byref(size)))
        return ctypes.string_at(found, size.value).decode("utf-8", "surrogateescape")

    def symbol(self, symbol: str) -> int:
        """The address of a function, variable or thunk by the name that the linker knows."""
        address = ctypes.c_void_p()
        check(native().interface_symbol(self._open(), encoded(symbol), ctypes.byref(address)))
        return address.value or 0
