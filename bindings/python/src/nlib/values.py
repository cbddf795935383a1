"""Pointers and memory of C's in Python's hands: casts, texts, views, NumPy arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from typing import Any, Optional, Union

from ._native import CFuncPtr
from .arrays import array_type, made_by_ctypes
from .callbacks import Callback, CFunction
from .conversions import Character, described
from .explicit import conversion
from .overloads import Overloads
from .pointers import (
    ERRORS,
    ConvertedPointer,
    Pointer,
    VoidPointer,
    address_or_none,
    at,
    is_pointer,
    text_at,
)
from .records import RecordInfo


def address(value: Any) -> int:
    """The address in a pointer, of a record, an array or a function; 0 for None."""
    if value is None:
        return 0
    if isinstance(value, (Callback, CFunction)):
        return value.address
    item = getattr(value, "__nlib__", None)
    if item is not None:
        return int(item.address())
    if is_pointer(value) or isinstance(value, CFuncPtr):
        return ctypes.cast(value, ctypes.c_void_p).value or 0
    if isinstance(value, int):
        return value
    return ctypes.addressof(value)


def cast(kind: Any, value: Any) -> Any:
    """A pointer to values of a type, with the address of another pointer; None for NULL.

    `kind` is what the pointer leads to: a class of a library, a type of ctypes, a function pointer's type.
    """
    target = conversion(kind)
    where = address(value)
    if not where:
        return None
    from .callbacks import CallbackType

    if isinstance(kind, CallbackType):
        return target.give(where)
    return VoidPointer(where) if target.ctype is None else at(target.pointer, where, value)


def array(kind: Any, values: Union[int, Iterable[Any]]) -> Any:
    """An array of C's: so many values of a type, all zero, or these values."""
    target = conversion(kind)
    if target.ctype is None:
        raise TypeError("an array of void cannot be")
    if isinstance(values, int):
        return array_type(target, values)()
    listed = list(values)
    made = array_type(target, len(listed))()
    for index, value in enumerate(listed):
        made[index] = target.store(value) if made_by_ctypes(target) else value
    return made


def text(pointer: Any, length: Optional[int] = None) -> Optional[str]:
    """The UTF-8 at a pointer to bytes (UTF-16 or UTF-32 at one to wider characters), up to a zero or `length` items."""
    if pointer is None:
        return None
    target = getattr(pointer, "_conversion", None)
    where = address(pointer)
    if not where:
        return None
    if isinstance(target, Character):
        return text_at(where, target, length)
    if isinstance(pointer, ctypes._Pointer) and ctypes.sizeof(pointer._type_) != 1:
        raise TypeError(f"{pointer!r} leads to no text; nlib.cast(ctypes.c_char, pointer) says that it does")
    data = ctypes.string_at(where) if length is None else ctypes.string_at(where, length)
    return data.decode("utf-8", ERRORS)


def _array_at(pointer: Any, count: int, kind: Any) -> Any:
    if isinstance(pointer, ctypes.Array) and kind is None:
        return pointer
    if kind is None:
        if not isinstance(pointer, ctypes._Pointer):
            raise TypeError(f"{described(pointer)} does not say what it leads to; give a type")
        if isinstance(pointer, Pointer):
            pointer._conversion.complete()
        ctype = pointer._type_
    else:
        ctype = conversion(kind).ctype
    where = address(pointer)
    if not where:
        raise ValueError("the pointer is NULL")
    made = (ctype * count).from_address(where)
    made._lent_by = pointer
    return made


def view(pointer: Any, count: int = 0, kind: Any = None) -> Any:
    """The `count` values at a pointer as a memoryview: C's memory itself, valid as long as C keeps it."""
    memory: Any = memoryview(_array_at(pointer, count, kind))
    form = memory.format.lstrip("<@=")
    if form == "c":  # As bytes has them: a memoryview reads no `<c`.
        return memory.cast("B")
    return memory.cast("B").cast(form) if len(form) == 1 and form in "bBhHiIlLqQfd?" else memory


def as_array(pointer: Any, shape: Union[int, tuple[int, ...], None] = None, kind: Any = None) -> Any:
    """The values at a pointer, or of an array, as a NumPy array without a copy; records become structured dtypes.

    Valid as long as C keeps the memory. `kind`: what the pointer leads to, if it does not say so itself.
    """
    import numpy

    count = 1
    for length in (shape,) if isinstance(shape, int) else shape or ():
        count *= length
    memory = _array_at(pointer, count, kind)
    made = numpy.ctypeslib.as_array(memory)
    return made if shape is None else made.reshape(shape)


def raw(function: Any) -> Any:
    """A function whose text results stay pointers: for what has to be freed. `nlib.text` reads them."""
    if isinstance(function, Overloads):
        return Overloads(function.name, [raw(one) for one in function.functions])
    item = getattr(function, "__nlib__", None)
    if item is None:
        raise TypeError(f"{function!r} is no function of a library")
    return item.raw()


def delete(instance: Any) -> None:
    """Ends an object of C++ that Python made, by its destructor. `with` does so too, and the garbage collector.

    Using it afterwards raises HandleError; ending it again does nothing.
    """
    info = getattr(instance, "_info_", None)
    if not isinstance(info, RecordInfo):
        raise TypeError(f"{described(instance)} is no object of a library")
    owned = None if isinstance(instance, ctypes._Pointer) else getattr(instance, "_owned", None)
    if owned is None and not (info.trivial and not isinstance(instance, ctypes._Pointer)):
        raise TypeError(f"{described(instance)} was not made by Python: only the library can end it")
    info.destroy(instance)


__all__ = [
    "ConvertedPointer",
    "Pointer",
    "address",
    "address_or_none",
    "array",
    "as_array",
    "cast",
    "delete",
    "raw",
    "text",
    "view",
]
