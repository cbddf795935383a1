"""Functions and callbacks whose types are given in types of ctypes, for what no header declares."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any

from ._native import CFuncPtr
from .callbacks import CallbackType, FunctionPointer
from .conversions import BOOLEAN, VOID, Character, Conversion, Integer, Real
from .enums import Enumeration
from .pointers import AnyPointer, Pointer, PointerTo, Text, TextPointer, VoidPointer
from .records import RecordInfo
from .signatures import Parameter, Signature

_CHAR = Character("char", 1, True)
_SCALARS: dict[Any, Conversion] = {
    None: VOID,
    ctypes.c_bool: BOOLEAN,
    ctypes.c_char: _CHAR,
    ctypes.c_wchar: Character("wchar_t", 4, True),
    ctypes.c_int8: Integer("signed char", 1, True),
    ctypes.c_int16: Integer("short", 2, True),
    ctypes.c_int32: Integer("int", 4, True),
    ctypes.c_int64: Integer("long", 8, True),
    ctypes.c_uint8: Integer("unsigned char", 1, False),
    ctypes.c_uint16: Integer("unsigned short", 2, False),
    ctypes.c_uint32: Integer("unsigned int", 4, False),
    ctypes.c_uint64: Integer("unsigned long", 8, False),
    ctypes.c_float: Real("float", 4),
    ctypes.c_double: Real("double", 8),
    ctypes.c_longdouble: Real("long double", 16),
    ctypes.c_char_p: Text("const char *", _CHAR, True, False),
    TextPointer: Text("const char *", _CHAR, True, False),
    ctypes.c_void_p: AnyPointer("void *", False, False),
    VoidPointer: AnyPointer("void *", False, False),
}


class ForeignRecord(Conversion):
    """A Structure or Union that a program declares itself."""

    scalar = False

    def __init__(self, record: Any) -> None:
        self.spelling = record.__name__
        self.ctype = self.parameter = self.result = self.hint = record

    def take(self, value: Any) -> Any:
        if isinstance(value, self.ctype):
            return value
        return self.ctype(*value) if isinstance(value, (tuple, list)) else self.ctype(**value)

    def quick(self, name: str, add: Any) -> list[str]:
        return [f"if _n_type({name}) is not {add(self.ctype)}: raise _n_Slow"]

    def zero(self) -> Any:
        return self.ctype()

    def read(self, instance: Any) -> Any:
        return instance


_known: dict[Any, Conversion] = {}


def conversion(kind: Any) -> Conversion:
    """The conversion of a type of ctypes, of a class of a library, or of a function pointer's type."""
    if isinstance(kind, Conversion):
        return kind
    if isinstance(kind, CallbackType):
        return FunctionPointer(kind, nonnull=False)
    try:
        known = _SCALARS.get(kind) or _known.get(kind)
    except TypeError:
        known = None
    if known is None:
        known = _conversion(kind)
        _known[kind] = known
    return known


def _conversion(kind: Any) -> Conversion:
    info = getattr(kind, "_info_", None)
    if isinstance(info, RecordInfo):
        info.complete()
        return info.conversion
    if isinstance(kind, type) and issubclass(kind, (ctypes.Structure, ctypes.Union)):
        return ForeignRecord(kind)
    if isinstance(kind, type) and issubclass(kind, ctypes._Pointer):
        target = kind._conversion if issubclass(kind, Pointer) else conversion(kind._type_)
        return PointerTo(f"{target.spelling} *", target, False, False)
    if isinstance(kind, type) and issubclass(kind, CFuncPtr):
        from .loaded import Nowhere

        parts: Any = kind
        made = signature("function", parts._restype_, parts._argtypes_)
        return FunctionPointer(CallbackType(Nowhere(), made, None), nonnull=False)
    enumeration = getattr(kind, "_nlib_conversion_", None)
    if isinstance(enumeration, Enumeration):
        return enumeration
    hint = {int: "ctypes.c_int", float: "ctypes.c_double", str: "ctypes.c_char_p", bool: "ctypes.c_bool"}.get(
        kind
    )
    advice = f"; {hint} perhaps" if hint else ""
    raise TypeError(
        f"{kind!r} is no C type: types of ctypes, records and enumerations of a library are{advice}"
    )


def signature(name: str, result: Any, parameters: Iterable[Any]) -> Signature:
    """A signature in types of ctypes. An Ellipsis at the end makes it variadic."""
    listed = list(parameters)
    variadic = bool(listed) and listed[-1] is ...
    conversions = [conversion(kind) for kind in (listed[:-1] if variadic else listed)]
    given = conversion(result)
    shown = ", ".join(c.spelling for c in conversions) + (", ..." if variadic else "")
    return Signature(
        name,
        [Parameter(f"argument_{index}", c) for index, c in enumerate(conversions)],
        given,
        variadic,
        f"{given.spelling} {name}({shown or 'void'})",
    )
