"""What can go wrong, as exceptions: one class for each kind of error that nlib.h knows.

`Error` is the parent of all. A subclass is also what Python's users would expect: a `CompileError` is
a `SyntaxError` and is shown like one, a `SymbolError` is an `AttributeError`.
"""

from __future__ import annotations

import ctypes
import linecache
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

from . import _native


class Diagnostic(NamedTuple):
    """One message of the compiler, or about a manifest."""

    file: str
    """As the compiler names it; empty when the message has no place."""
    line: int
    """From 1; 0 when the message has no place."""
    column: int
    """From 1, in bytes for a compiler's message; 0 when it has no place."""
    severity: str
    """"error", "warning", "note" (about the diagnostic before it) or "remark"."""
    text: str
    """The message, without place and severity."""
    option: str
    """The warning's option, "-Wunused-variable"; empty without one."""
    library: str
    """The library that was being made."""
    unit: str
    """Its source file; empty for a manifest."""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.file else ""
        option = f" [{self.option}]" if self.option else ""
        return f"{place}{self.severity}: {self.text}{option}"


class Error(Exception):
    """Why nlib could not do something."""

    def __init__(
        self, message: str, diagnostics: Sequence[Diagnostic] = (), near: Sequence[str] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        """What is wrong, where, and what to do."""
        self.diagnostics: tuple[Diagnostic, ...] = tuple(diagnostics)
        """The compiler's messages, or those about a manifest."""
        self.near: tuple[str, ...] = tuple(near)
        """Names that were probably meant, the nearest first."""

    def __str__(self) -> str:
        return self.message


class CompileError(Error, SyntaxError):
    """A source or a header does not compile.

    `diagnostics` has what the compiler says. The members of a SyntaxError (`filename`, `lineno`, `offset`,
    `text`, `msg`) are those of the first error, so that tracebacks show its line.
    """

    def __init__(
        self,
        message: str,
        diagnostics: Sequence[Diagnostic] = (),
        near: Sequence[str] = (),
        texts: Optional[Mapping[str, str]] = None,
    ) -> None:
        super().__init__(message, diagnostics, near)
        first = next((d for d in self.diagnostics if d.severity == "error"), None)
        self.msg = first.text if first else message
        if first and first.file:
            self.filename = first.file
            self.lineno = first.line
            line = _line(first.file, first.line, texts or {})
            self.text = line
            # The compiler counts bytes, Python characters.
            before = line.encode("utf-8", "surrogateescape")[: max(first.column - 1, 0)]
            self.offset = len(before.decode("utf-8", "replace")) + 1 if line else None
        others = [str(d) for d in self.diagnostics if d is not first]
        if others and hasattr(self, "add_note"):
            self.add_note("\n".join(others))
        elif others:
            self.msg += "\n" + "\n".join(others)


def _line(file: str, number: int, texts: Mapping[str, str]) -> str:
    """A line of a source: of a text in memory that has this name, else of the file."""
    if file in texts:
        lines = texts[file].splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""
    linecache.checkcache(file)
    return linecache.getline(file, number)


class UsageError(Error, ValueError):
    """The request makes no sense: an unknown library, a bad flag."""


class ManifestError(Error, ValueError):
    """A manifest or project file is wrong; see `diagnostics`."""


class LinkError(Error):
    """Symbols do not resolve, or a constructor threw."""


class ToolchainError(Error):
    """The compiler cannot be used."""


class StorageError(Error):
    """The cache, the network or the file system."""


class SymbolError(Error, AttributeError, LookupError):
    """The library has no such name; see `near`."""


class AmbiguousError(Error, TypeError):
    """A C++ name is overloaded, and what is given fits several; `near` has the overloads."""


class InUseError(Error, RuntimeError):
    """The library cannot be unloaded now; it stays as it was."""


class UnloadedError(Error, RuntimeError):
    """The library was unloaded."""


class ArgumentError(Error, ValueError):
    """Something that nlib itself was given cannot be."""


class HandleError(Error, RuntimeError):
    """A session that was closed, or a task that has ended."""


class CancelledError(Error):
    """Somebody cancelled the load."""


class InternalError(Error):
    """A fault inside nlib; please report it."""


class UnsupportedError(Error, NotImplementedError):
    """Something that a header declares has no form in Python."""


class CxxError(Error, RuntimeError):
    """A C++ exception that left a function of the library; the message is its `what()`."""


class StillLoadedWarning(RuntimeWarning):
    """A `with` block has ended, but the library stays loaded as something else needs it."""


KINDS: dict[int, type[Error]] = {
    1: CompileError,
    2: UsageError,
    3: ManifestError,
    4: LinkError,
    5: ToolchainError,
    6: StorageError,
    7: SymbolError,
    8: AmbiguousError,
    9: InUseError,
    10: UnloadedError,
    11: ArgumentError,
    12: HandleError,
    13: CancelledError,
    70: InternalError,
}
"""The class of each `nlib_error_kind`; a kind that is not here is an `Error`."""

for _class in [*KINDS.values(), Error, UnsupportedError, CxxError, StillLoadedWarning, Diagnostic]:
    _class.__module__ = "nlib"  # Where users find them, and what tracebacks call them.

SEVERITIES = {1: "remark", 2: "note", 3: "warning", 4: "error"}


def taken(handle: Any, texts: Optional[Mapping[str, str]] = None) -> Error:
    """The exception for an `nlib_error`, which is freed. `texts`: sources in memory by their names."""
    native = _native.native()
    try:
        kind = KINDS.get(native.error_get_kind(handle), Error)
        message = _native.text(native.error_message(handle))
        diagnostics = []
        found = _native.Diagnostic(struct_size=ctypes.sizeof(_native.Diagnostic))
        for index in range(native.error_diagnostic_count(handle)):
            native.error_diagnostic(handle, index, ctypes.byref(found))
            diagnostics.append(
                Diagnostic(
                    _native.text(found.file),
                    found.line,
                    found.column,
                    SEVERITIES.get(found.severity, "error"),
                    _native.text(found.text),
                    _native.text(found.option),
                    _native.text(found.library),
                    _native.text(found.unit),
                )
            )
        near = [
            _native.text(native.error_near(handle, index)) for index in range(native.error_near_count(handle))
        ]
    finally:
        native.error_free(handle)
    if kind is CompileError:
        return CompileError(message, diagnostics, near, texts)
    return kind(message, diagnostics, near)


def check(handle: Any) -> None:
    """Raises what an `nlib_error` says; NULL is success."""
    if handle:
        raise taken(handle)
