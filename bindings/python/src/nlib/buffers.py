"""Memory that Python objects lend to C: bytes, bytearray, memoryview, array.array, NumPy's arrays.

Nothing is copied: the address of the object's own memory is given, after its item type, its contiguity and
whether it may be written were checked (PEP 3118).
"""

from __future__ import annotations

import ctypes
import re
from ctypes import POINTER, c_char_p, c_int, c_ssize_t, c_void_p
from typing import Any, Optional

from .conversions import Boolean, Character, Conversion, Integer, Mismatch, Real, described

_FORMAT = 0x0004
_C_CONTIGUOUS = 0x0020 | 0x0010 | 0x0008


class _Buffer(ctypes.Structure):
    """Py_buffer, which is part of Python's stable ABI."""

    _fields_ = [
        ("buf", c_void_p),
        ("obj", c_void_p),
        ("len", c_ssize_t),
        ("itemsize", c_ssize_t),
        ("readonly", c_int),
        ("ndim", c_int),
        ("format", c_char_p),
        ("shape", POINTER(c_ssize_t)),
        ("strides", POINTER(c_ssize_t)),
        ("suboffsets", POINTER(c_ssize_t)),
        ("internal", c_void_p),
    ]


_get = ctypes.pythonapi.PyObject_GetBuffer
_get.argtypes = [ctypes.py_object, POINTER(_Buffer), c_int]
_get.restype = c_int
_release = ctypes.pythonapi.PyBuffer_Release
_release.argtypes = [POINTER(_Buffer)]
_release.restype = None
_check = ctypes.pythonapi.PyObject_CheckBuffer
_check.argtypes = [ctypes.py_object]
_check.restype = c_int


def lends(value: Any) -> bool:
    """Whether an object has memory that it lends."""
    return bool(_check(value))


class Lent:
    """The memory of an object, which stays where it is as long as this lives."""

    __slots__ = ("_view", "address", "format", "itemsize", "readonly", "size")

    def __init__(self, value: Any) -> None:
        view = _Buffer()
        try:
            _get(value, ctypes.byref(view), _C_CONTIGUOUS | _FORMAT)
        except (BufferError, ValueError):
            raise Mismatch(
                f"{described(value)} does not lie in memory in one piece; numpy.ascontiguousarray copies it into one"
            ) from None
        self._view = view
        self.address = view.buf or 0
        self.size = view.len
        self.itemsize = view.itemsize
        self.readonly = bool(view.readonly)
        self.format = (view.format or b"B").decode()

    def __del__(self) -> None:
        view = getattr(self, "_view", None)
        if view is not None:
            _release(ctypes.byref(view))


_KINDS = {
    **dict.fromkeys("bhilqn", "signed"),
    **dict.fromkeys("BHILQN", "unsigned"),
    **dict.fromkeys("fdg", "real"),
    "?": "bool",
    "c": "character",
}


def _fits(lent: Lent, target: Conversion) -> bool:
    """Whether the items of a buffer are what a pointer leads to."""
    size = ctypes.sizeof(target.ctype)
    form = lent.format.lstrip("@=<") or "B"
    kind = _KINDS.get(form)
    same = lent.itemsize == size
    if isinstance(target, (Integer, Character)) and size == 1:
        return lent.itemsize == 1 and kind != "bool"
    if isinstance(target, Integer):
        return same and kind == ("signed" if target.signed else "unsigned")
    if isinstance(target, Real):
        return same and kind == "real"
    if isinstance(target, Boolean):
        return kind == "bool"
    if hasattr(target, "integer"):  # Enumerations: whether they are signed is the compiler's choice.
        return same and kind in ("signed", "unsigned")
    if isinstance(target, Character):  # wchar_t and the like
        return same and (kind in ("signed", "unsigned") or form.endswith(("u", "w")))
    if target.scalar:  # Pointers: as ctypes describes them, or as addresses.
        return same and (kind == "unsigned" or form in ("P", "z", "Z") or form[0] in "&X")
    element = getattr(target, "element", None)
    if element is not None and size and lent.size % size == 0 and _fits(lent, element):
        return True  # Rows of an array.
    # Records: structures of that size, or bytes that are whole records.
    if lent.itemsize == 1 and kind != "bool":
        return size > 0 and lent.size % size == 0
    return same and (form.startswith("T{") or form[-1] in "sx") and "O" not in _NAMES.sub("", form)


_NAMES = re.compile(":[^:]*:")
"""The names of fields in the format of a structure."""


def lent(value: Any, target: Optional[Conversion], writes: bool) -> Lent:
    """The memory of a buffer for a parameter that leads to `target`, or to anything when that is None."""
    memory = Lent(value)
    if writes and memory.readonly:
        hint = "; a bytearray, or nlib.out(n), can be written" if isinstance(value, bytes) else ""
        raise Mismatch(f"{described(value)} is read-only, and the function may write there{hint}")
    if target is not None and not _fits(memory, target):
        raise Mismatch(
            f"a buffer of `{target.spelling}` ({ctypes.sizeof(target.ctype)} bytes each) is needed; "
            f"{type(value).__name__} holds items of format {memory.format!r} ({memory.itemsize} bytes each)"
        )
    return memory
