"""nlib.h for ctypes: its structures, its functions, and where libnlib is found.

Nothing here is for users of the package. The names are those of nlib.h without `nlib_`.
"""

from __future__ import annotations

import ctypes
import os
import threading
from ctypes import (
    CFUNCTYPE,
    POINTER,
    c_char_p,
    c_int,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any, Optional, Union

_parts: Any = ctypes
CFuncPtr = _parts._CFuncPtr
"""The parent of all function pointers of ctypes."""

STRINGS = POINTER(c_char_p)
LOG_CALLBACK = CFUNCTYPE(None, c_void_p, c_uint32, c_char_p)
DONE_CALLBACK = CFUNCTYPE(None, c_void_p)


class Progress(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("kind", c_uint32),
        ("cached", c_uint32),
        ("library", c_char_p),
        ("unit", c_char_p),
        ("count", c_uint64),
        ("elapsed_ns", c_uint64),
    ]


PROGRESS_CALLBACK = CFUNCTYPE(None, c_void_p, POINTER(Progress))


class Diagnostic(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("severity", c_uint32),
        ("line", c_uint32),
        ("column", c_uint32),
        ("reserved", c_uint32),
        ("file", c_char_p),
        ("text", c_char_p),
        ("option", c_char_p),
        ("library", c_char_p),
        ("unit", c_char_p),
    ]


class Options(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("cache_directory", c_char_p),
        ("worker", c_char_p),
        ("project_folder", c_char_p),
        ("profile", c_char_p),
        ("library_path", STRINGS),
        ("library_path_count", c_size_t),
        ("cache_mode", c_uint32),
        ("offline", c_uint32),
        ("jobs", c_uint32),
        ("reserved", c_uint32),
        ("log", LOG_CALLBACK),
        ("log_data", c_void_p),
        ("progress", PROGRESS_CALLBACK),
        ("progress_data", c_void_p),
    ]


class Source(ctypes.Structure):
    _fields_ = [
        ("path", c_char_p),
        ("name", c_char_p),
        ("language", c_char_p),
        ("data", c_void_p),
        ("size", c_size_t),
    ]


class Pair(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class HostSymbol(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("address", c_void_p)]


class Request(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("library", c_char_p),
        ("manifest_text", c_char_p),
        ("manifest_folder", c_char_p),
        ("sources", POINTER(Source)),
        ("source_count", c_size_t),
        ("name", c_char_p),
        ("profile", c_char_p),
        ("flags", STRINGS),
        ("flag_count", c_size_t),
        ("defines", POINTER(Pair)),
        ("define_count", c_size_t),
        ("include_dirs", STRINGS),
        ("include_dir_count", c_size_t),
        ("with_", STRINGS),
        ("with_count", c_size_t),
        ("system_libraries", STRINGS),
        ("system_library_count", c_size_t),
        ("features", STRINGS),
        ("feature_count", c_size_t),
        ("options", POINTER(Pair)),
        ("option_count", c_size_t),
        ("host_symbols", POINTER(HostSymbol)),
        ("host_symbol_count", c_size_t),
        ("overlays", STRINGS),
        ("overlay_count", c_size_t),
        ("linker", c_uint32),
        ("auto_libraries", c_uint32),
        ("no_default_features", c_uint32),
        ("reserved", c_uint32),
    ]


class SymbolInfo(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("demangled", c_char_p),
        ("address", c_void_p),
        ("bytes", c_uint64),
        ("is_function", c_uint32),
        ("reserved", c_uint32),
    ]


FOREVER = 0xFFFFFFFF
HANDLE = c_void_p
TEXT_OUT = POINTER(c_char_p)
HANDLE_OUT = POINTER(c_void_p)

# name: (result, parameters). A result of HANDLE is an nlib_error, or what the name says.
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "version": (c_uint32, []),
    "version_string": (c_char_p, []),
    "has": (c_int, [c_char_p]),
    "error_get_kind": (c_uint32, [HANDLE]),
    "error_message": (c_char_p, [HANDLE]),
    "error_diagnostic_count": (c_size_t, [HANDLE]),
    "error_diagnostic": (c_int, [HANDLE, c_size_t, POINTER(Diagnostic)]),
    "error_near_count": (c_size_t, [HANDLE]),
    "error_near": (c_char_p, [HANDLE, c_size_t]),
    "error_free": (None, [HANDLE]),
    "open": (HANDLE, [POINTER(Options), HANDLE_OUT]),
    "close": (None, [HANDLE]),
    "load": (HANDLE, [HANDLE, POINTER(Request), HANDLE_OUT]),
    "name": (c_char_p, [HANDLE]),
    "linked_by": (c_uint32, [HANDLE]),
    "release": (None, [HANDLE]),
    "unload": (HANDLE, [HANDLE]),
    "load_start": (HANDLE, [HANDLE, POINTER(Request), DONE_CALLBACK, c_void_p, HANDLE_OUT]),
    "task_wait": (HANDLE, [HANDLE, c_uint32, HANDLE_OUT]),
    "task_cancel": (None, [HANDLE]),
    "task_free": (None, [HANDLE]),
    "symbol": (HANDLE, [HANDLE, c_char_p, HANDLE_OUT]),
    "symbol_count": (HANDLE, [HANDLE, POINTER(c_size_t)]),
    "symbol_at": (HANDLE, [HANDLE, c_size_t, POINTER(SymbolInfo)]),
    "interface_open": (HANDLE, [HANDLE, HANDLE_OUT]),
    "interface_names": (HANDLE, [HANDLE, c_char_p, TEXT_OUT]),
    "interface_describe": (HANDLE, [HANDLE, c_char_p, c_char_p, c_char_p, TEXT_OUT]),
    "interface_text": (HANDLE, [HANDLE, c_char_p, TEXT_OUT, POINTER(c_size_t)]),
    "interface_symbol": (HANDLE, [HANDLE, c_char_p, HANDLE_OUT]),
    "interface_free": (None, [HANDLE]),
    "compile": (HANDLE, [HANDLE, POINTER(Request), HANDLE_OUT]),
    "object_data": (c_void_p, [HANDLE]),
    "object_size": (c_size_t, [HANDLE]),
    "object_name": (c_char_p, [HANDLE]),
    "object_free": (None, [HANDLE]),
}


class Native:
    """libnlib with typed functions, named as in nlib.h without `nlib_`."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._dll = ctypes.CDLL(path)
        for name, (result, parameters) in FUNCTIONS.items():
            try:
                function = self._dll["nlib_" + name]
            except AttributeError:
                continue  # Said when it is asked for.
            function.restype = result
            function.argtypes = parameters
            setattr(self, name, function)

    def __getattr__(self, name: str) -> Any:
        raise OSError(
            f"{self.path} has no function nlib_{name}: it is not libnlib, or older than this package"
        )


INSTALLED = os.path.join(os.path.dirname(__file__), "_prefix")
"""Where a wheel carries libnlib, nlib-worker, the program nlib and the manifests."""

_lock = threading.Lock()
_native: Optional[Native] = None


def _candidates() -> list[str]:
    found = os.environ.get("NLIB_LIBRARY")
    if found:
        return [found]
    installed = os.path.join(INSTALLED, "lib", "libnlib.so.1")
    if os.path.exists(installed):
        return [installed]
    return ["libnlib.so.1"]


def use(path: Union[str, os.PathLike[str]]) -> None:
    """Names the libnlib to use, a path such as `/opt/nlib/lib/libnlib.so.1`.

    It goes before the variable NLIB_LIBRARY, the library inside the package and the system's. A process
    has one: this comes before the first load.
    """
    global _native
    with _lock:
        path = os.fspath(path)
        if _native is not None and os.path.realpath(_native.path) != os.path.realpath(path):
            raise RuntimeError(
                f"libnlib is open already, from {_native.path}; call nlib.use before the first load"
            )
        if _native is None:
            _native = Native(path)


def native() -> Native:
    """libnlib, opened when first asked for."""
    global _native
    if _native is None:
        with _lock:
            if _native is None:
                (path,) = _candidates()
                try:
                    _native = Native(path)
                except OSError as error:
                    raise OSError(
                        f"libnlib cannot be opened: {error}. Install nlib, set NLIB_LIBRARY to the path of "
                        "libnlib.so.1, or call nlib.use(path)"
                    ) from None
    return _native


def text(value: Optional[bytes]) -> str:
    """What libnlib gives as a string."""
    return "" if value is None else value.decode("utf-8", "surrogateescape")


def encoded(value: Any) -> bytes:
    """A string or path for libnlib. One with a NUL within is a ValueError: C would see its beginning only."""
    data = os.fsencode(value)
    if b"\0" in data:
        raise ValueError(f"{value!r} has a NUL character within")
    return data
