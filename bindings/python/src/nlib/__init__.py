"""nlib: native libraries loaded from their C and C++ sources.

    import nlib

    with nlib.load("sqlite3") as sqlite:
        print(sqlite.sqlite3_libversion())

What a library's headers declare is typed: functions check their arguments, structures are classes,
enumerations are enums, functions of Python's are callbacks. Names are looked up when they are first used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from ._native import native, use
from .callbacks import Callback, callback
from .errors import (
    AmbiguousError,
    ArgumentError,
    CancelledError,
    CompileError,
    CxxError,
    Diagnostic,
    Error,
    HandleError,
    InternalError,
    InUseError,
    LinkError,
    ManifestError,
    StillLoadedWarning,
    StorageError,
    SymbolError,
    ToolchainError,
    UnloadedError,
    UnsupportedError,
    UsageError,
)
from .library import Library, Namespace, Symbol
from .out import Out, inout, out, outs
from .pointers import Pointer, VoidPointer
from .request import Source
from .session import Object, Progress, Session, default_session
from .values import address, array, as_array, cast, delete, raw, text, view

__version__ = "0.1.0"


def load(
    library: Any = None, *, progress: Optional[Callable[[Progress], object]] = None, **request: Any
) -> Library:
    """Loads a library: from the cache, or compiled now.

    `library` is a name ("flecs", "sqlite3[fts5]"), the path of a source file or of a manifest (.json), a
    `Source`, or a list of paths and Sources that are one library together. Keywords:

    code, language            source text in memory, "c" (the default) or "c++"
    manifest_text, manifest_folder
    name                      the library's name where there is no manifest
    defines, flags, include_dirs
                              {"NAME": "value", "NAME2": None}, ["-O3"], folders
    with_                     libraries that sources are compiled against and linked to
    system_libraries          of the system, by link name: ["m"]
    features, default_features, options, profile
                              what the manifest offers; profile is "release" or "dev"
    linker                    "auto", "jit" or "image"
    host_symbols              {"name": nlib.callback(...)}: functions of this program that it may use
    overlays, auto_libraries  as in nlib.h
    progress                  called with each Progress step, on whichever thread works

    Called on the main thread, Ctrl-C ends the compiler. Raises CompileError with diagnostics, UsageError,
    ManifestError, LinkError and others, all of them Error; a failed load leaves nothing behind.
    """
    return default_session().load(library, progress=progress, **request)


async def load_async(
    library: Any = None, *, progress: Optional[Callable[[Progress], object]] = None, **request: Any
) -> Library:
    """As `load`, while asyncio's event loop goes on. Cancelling the awaiting task ends the compiler."""
    return await default_session().load_async(library, progress=progress, **request)


def code(text: str, language: str = "c", **request: Any) -> Library:
    """Loads source text: `nlib.code("int twice(int n) { return 2 * n; }").twice(21)`. Keywords as `load`."""
    return default_session().code(text, language, **request)


def compile(library: Any = None, **request: Any) -> Object:
    """The object code of a library, for who links it himself. Keywords as `load`."""
    return default_session().compile(library, **request)


def version() -> str:
    """The version of libnlib."""
    return str(native().version_string().decode())


__all__ = [
    "AmbiguousError", "ArgumentError", "Callback", "CancelledError", "CompileError", "CxxError", "Diagnostic",
    "Error", "HandleError", "InUseError", "InternalError", "Library", "LinkError", "ManifestError", "Namespace",
    "Object", "Out", "Pointer", "Progress", "Session", "Source", "StillLoadedWarning", "StorageError", "Symbol",
    "SymbolError", "ToolchainError", "UnloadedError", "UnsupportedError", "UsageError", "VoidPointer", "address",
    "array", "as_array", "callback", "cast", "code", "compile", "delete", "inout", "load", "load_async", "out",
    "outs", "raw", "text", "use", "version", "view",
]  # fmt: skip
