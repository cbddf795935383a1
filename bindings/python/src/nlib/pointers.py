"""Pointers: to text, to anything (`void *`), to values of a known type.

A pointer is an instance of a class of ctypes, so `pointer[i]`, `pointer.contents` and all of ctypes work with
it. One to a record also has the record's fields and methods: `pointer.x` is C's `pointer->x`. NULL is None.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Optional

from . import buffers
from ._native import CFuncPtr
from .conversions import Boolean, Character, Conversion, Integer, Mismatch, Real, described
from .errors import HandleError
from .out import Out

ERRORS = "surrogateescape"
"""Text is UTF-8. Bytes that are not come through as lone surrogates, and go back as the same bytes."""


_Reference: Any = type(ctypes.byref(ctypes.c_int()))
"""What ctypes.byref gives."""


class VoidPointer(ctypes.c_void_p):
    """A `void *`; `nlib.cast(type, pointer)` says what it leads to."""

    def __int__(self) -> int:
        return self.value or 0

    __index__ = __int__

    def __eq__(self, other: object) -> bool:
        return address_or_none(other) == self.value if is_pointer(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.value)

    def __repr__(self) -> str:
        return f"<void * {int(self):#x}>"


class TextPointer(ctypes.c_char_p):
    """A `char *` in a field or an array."""


class Pointer(ctypes._Pointer):  # type: ignore[type-arg]
    """The parent of pointers to values of a known type."""

    _conversion: Conversion

    def __int__(self) -> int:
        return _address_in(self)

    def __eq__(self, other: object) -> bool:
        return address_or_none(other) == (int(self) or None) if is_pointer(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(int(self))

    def __add__(self, count: int) -> Any:
        self._conversion.complete()
        return at(type(self), int(self) + count * ctypes.sizeof(self._type_), self)

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, int):
            return self + -other
        if isinstance(other, Pointer) and other._type_ is self._type_:
            self._conversion.complete()
            return (int(self) - int(other)) // ctypes.sizeof(self._type_)
        return NotImplemented

    def __repr__(self) -> str:
        return f"<{self._conversion.spelling} * {int(self):#x}>"


class ConvertedPointer(Pointer):
    """A pointer whose elements are not what ctypes takes them for: text, pointers, enumerations."""

    def __getitem__(self, index: Any) -> Any:
        raw = super().__getitem__(index)
        give = self._conversion.give
        return [give(item) for item in raw] if isinstance(index, slice) else give(raw)

    def __setitem__(self, index: int, value: Any) -> None:
        stored = self._conversion.store(value)
        super().__setitem__(index, stored)
        address = int(self) + index * ctypes.sizeof(self._type_)
        keep_stored(self._conversion, self, address, value, stored)


class NumberPointer(Pointer):
    """A pointer to whole numbers or `char`s, whose range is checked when one is written."""

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(index, self._conversion.store(value))


_as_address = ctypes.c_void_p.from_buffer


def _address_in(pointer: Any) -> int:
    return _as_address(pointer).value or 0


def at(pointer_type: Any, address: int, keep: Any = None) -> Any:
    """A pointer with this address. `keep` lives as long as it does."""
    pointer = pointer_type()
    _as_address(pointer).value = address
    if keep is not None:
        pointer.__dict__["_keep"] = keep
    return pointer


_elsewhere: dict[int, Any] = {}


def owner(value: Any) -> Any:
    """What holds the memory of an instance of ctypes; None when it is its own, or C's."""
    if value._b_needsfree_ or isinstance(value, ctypes._Pointer):
        return None
    base = value._b_base_
    return getattr(value, "_holder", None) if base is None else base


def _keeper(holder: Any, address: int, make: bool) -> Optional[dict[int, Any]]:
    """Where what `holder` has as pointers at `address` and behind is kept."""
    root = holder
    while not root._b_needsfree_:
        above = owner(root)
        if above is None:
            return _elsewhere
        root = above
    start = ctypes.addressof(root)
    if not start <= address < start + ctypes.sizeof(root):
        return _elsewhere
    try:
        return root._kept  # type: ignore[no-any-return]
    except AttributeError:
        if not make:
            return None
    root._kept = {}
    return root._kept  # type: ignore[no-any-return]


def keep(holder: Any, address: int, value: Any) -> None:
    """Keeps what was written as a pointer at `address`, which is in `holder`, until another is written there.

    Memory that Python has keeps it as long as it lives; for memory of C's it is kept until then.
    """
    kept = _keeper(holder, address, True)
    assert kept is not None
    kept[address] = value


def keep_copied(holder: Any, address: int, source: Any, start: int, size: int) -> None:
    """Keeps what a record or array keeps, of which `size` bytes from `start` on were copied to `address`."""
    found = _within(_keeper(source, start, False), start, size)
    kept = _keeper(holder, address, bool(found))
    if kept is None:
        return
    for old, _ in _within(kept, address, size):
        del kept[old]
    for place, value in found:
        kept[place - start + address] = value


def _within(kept: Optional[dict[int, Any]], start: int, size: int) -> list[tuple[int, Any]]:
    if not kept:
        return []
    if len(kept) > size:
        return [(place, kept[place]) for place in range(start, start + size) if place in kept]
    return [(place, value) for place, value in list(kept.items()) if start <= place < start + size]


def keep_stored(conversion: Conversion, holder: Any, address: int, value: Any, stored: Any) -> None:
    """Keeps what `conversion.store` made of a value that was written at `address` in `holder`."""
    if conversion.scalar:
        if not conversion.plain:
            keep(holder, address, (value, stored))
    elif conversion.holds:
        keep_copied(holder, address, stored, ctypes.addressof(stored), ctypes.sizeof(stored))


def require_alive(value: Any) -> None:
    """Raises HandleError for an object of C++ that was deleted."""
    kind = type(value)
    if getattr(kind, "_ended_", False):
        raise HandleError(f"this {kind._info_.name} was deleted")


def is_pointer(value: Any) -> bool:
    """Whether it is NULL or a pointer of ctypes."""
    return value is None or isinstance(
        value, (ctypes._Pointer, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_wchar_p)
    )


def address_or_none(value: Any) -> Optional[int]:
    """The address in a pointer, None for NULL."""
    return None if value is None else _address_in(value) or None


_types: dict[Any, Any] = {}


def pointer_type(target: Conversion) -> Any:
    """The class of pointers to what a conversion is for."""
    shared = target.plain and isinstance(target, (Integer, Real, Boolean, Character))
    if shared and target.ctype in _types:
        return _types[target.ctype]
    parent: Any = ConvertedPointer
    if target.plain and target.scalar:
        parent = NumberPointer if isinstance(target, (Integer, Character)) else Pointer
    kind: Any = type(parent)
    made = kind("Pointer", (parent,), {"_type_": target.ctype, "_conversion": target})
    made.__name__ = made.__qualname__ = f"Pointer[{target.spelling}]"
    made.__module__ = "nlib"
    if shared:
        _types[target.ctype] = made
    return made


class Text(Conversion):
    """`char *`, as a str in UTF-8; a callback gets one that is not `const` as the pointer: C may want it filled."""

    ctype = TextPointer
    parameter = result = ctypes.c_char_p
    plain = False
    hint = str

    def __init__(self, spelling: str, character: Character, constant: bool, nonnull: bool) -> None:
        self.spelling = spelling
        self.character = character
        self.constant = constant
        self.nonnull = nonnull

    def give(self, raw: Any) -> Any:
        if raw is None:
            return None
        if not isinstance(raw, bytes):
            raw = raw.value
            if raw is None:
                return None
        return raw.decode("utf-8", ERRORS)

    def read(self, instance: Any) -> Any:
        return self.give(instance)

    @property
    def received(self) -> Conversion:
        return self if self.constant else PointerTo(self.spelling, self.character, False, self.nonnull)

    def take(self, value: Any) -> Any:
        if value is None:
            if self.nonnull:
                raise Mismatch("None is no text, and NULL is not allowed here")
            return None
        if isinstance(value, str):
            data = encoded(value)
            return data if self.constant else ctypes.create_string_buffer(data)
        if isinstance(value, Out):
            return value.storage(self.character)
        if isinstance(value, bytes) and self.constant:
            return value
        if isinstance(value, (ctypes.c_char_p, VoidPointer)):
            return TextPointer(_address_in(value))
        if isinstance(value, (ctypes.Array, ctypes._Pointer)):
            if _bytes_long(value._type_):
                return _text_at(ctypes.cast(value, ctypes.c_void_p).value, value)
        elif not isinstance(value, (ctypes.Structure, ctypes.Union)) and buffers.lends(value):
            memory = buffers.lent(value, self.character, not self.constant)
            return _text_at(memory.address, memory)
        raise Mismatch(f"a str, bytes or buffer of bytes is needed, not {described(value)}")

    def store(self, value: Any) -> Any:
        taken = self.take(value)
        return (
            TextPointer(taken)
            if taken is None or isinstance(taken, bytes)
            else ctypes.cast(taken, TextPointer)
        )

    def cost(self, value: Any) -> Optional[int]:
        known = super().cost(value)
        return 0 if known is not None and isinstance(value, str) else known

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        if not self.constant:
            return [f"if {name} is not None: {name} = {add(self.take)}({name})", *self._null(name)]
        return [
            f"if _n_type({name}) is str:",
            f"    if '\\0' in {name}: raise _n_Slow",
            f"    {name} = {name}.encode('utf-8', '{ERRORS}')",
            f"elif {name} is not None and _n_type({name}) is not bytes: raise _n_Slow",
            *self._null(name),
        ]

    def _null(self, name: str) -> list[str]:
        return [f"if {name} is None: raise _n_Slow"] if self.nonnull else []

    def shown(self, name: str, add: Callable[[Any], str]) -> str:
        return f"None if {name} is None else {name}.decode('utf-8', '{ERRORS}')"


class StandardString(Text):
    """`std::string`: a thunk makes it of the text up to a NUL, which therefore may be in none."""

    def __init__(self, character: Character) -> None:
        super().__init__("std::string", character, True, True)

    def take(self, value: Any) -> Any:
        if isinstance(value, (bytes, bytearray)):
            if 0 in value:
                raise Mismatch(f"{described(value)} has a NUL within, where the std::string would end")
            return bytes(value)
        if isinstance(value, str) and "\0" in value:
            raise Mismatch(f"{described(value)} has a NUL within, where the std::string would end")
        return super().take(value)

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        return [
            f"if _n_type({name}) is not str or '\\0' in {name}: raise _n_Slow",
            f"{name} = {name}.encode('utf-8', '{ERRORS}')",
        ]


def encoded(value: str) -> bytes:
    """A str as the UTF-8 that C reads up to its NUL."""
    if "\0" in value:
        raise Mismatch(
            f"{described(value)} has a NUL character within, where C would see its end; pass bytes"
        )
    return value.encode("utf-8", ERRORS)


def text_at(address: int, character: Character, length: Optional[int] = None) -> str:
    """The UTF-8, UTF-16 or UTF-32 at an address, up to a zero or so many items."""
    if character.size == 1:
        data = ctypes.string_at(address) if length is None else ctypes.string_at(address, length)
        return data.decode("utf-8", ERRORS)
    if length is None:
        length = 0
        while character.ctype.from_address(address + length * character.size).value:
            length += 1
    data = ctypes.string_at(address, length * character.size)
    return data.decode("utf-16-le" if character.size == 2 else "utf-32-le", "surrogatepass")


def _bytes_long(ctype: Any) -> bool:
    return ctype in (ctypes.c_char, ctypes.c_ubyte, ctypes.c_byte)


def _text_at(address: Optional[int], keep: Any) -> Any:
    pointer = TextPointer(address)
    pointer.__dict__["_keep"] = keep
    return pointer


class AnyPointer(Conversion):
    """`void *`"""

    ctype: Any = VoidPointer
    parameter = result = hint = VoidPointer
    plain = False

    def __init__(self, spelling: str, constant: bool, nonnull: bool) -> None:
        self.spelling = spelling
        self.constant = constant
        self.nonnull = nonnull

    def give(self, raw: Any) -> Any:
        return raw or None

    def read(self, instance: Any) -> Any:
        return VoidPointer(instance.value) if instance.value else None

    def take(self, value: Any) -> Any:
        if value is None:
            if self.nonnull:
                raise Mismatch("NULL is not allowed here")
            return None
        if isinstance(value, (ctypes.c_void_p, ctypes._Pointer, ctypes.c_char_p, CFuncPtr)):
            return ctypes.cast(value, ctypes.c_void_p)
        if isinstance(value, _Reference):
            return value
        if isinstance(value, (ctypes._SimpleCData, ctypes.Structure, ctypes.Union, ctypes.Array)):
            return ctypes.byref(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return ctypes.c_void_p(value)
        if isinstance(value, str):
            if not self.constant:
                raise Mismatch(
                    f"the function may write there or free it, and {described(value)} would be passed as a copy; "
                    "pass a bytearray, or for C's own text its pointer: `memory` of nlib.out(), nlib.raw(function)"
                )
            return ctypes.create_string_buffer(encoded(value))
        if isinstance(value, Out):
            return value.untyped()
        parameter = getattr(value, "_as_parameter_", None)
        if parameter is not None:
            return self.take(parameter)
        if buffers.lends(value):
            memory = buffers.lent(value, None, not self.constant)
            pointer = VoidPointer(memory.address)
            pointer.__dict__["_keep"] = memory
            return pointer
        raise Mismatch(f"a pointer, record, buffer or address is needed, not {described(value)}")

    def store(self, value: Any) -> Any:
        taken = self.take(value)
        if taken is None or isinstance(taken, ctypes.c_void_p):
            stored = VoidPointer(None if taken is None else taken.value)
        else:
            stored = VoidPointer(ctypes.cast(taken, ctypes.c_void_p).value)
        stored.__dict__["_keep"] = taken
        return stored

    def cost(self, value: Any) -> Optional[int]:
        known = super().cost(value)
        return None if known is None else 3 if not isinstance(value, int) else 5

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        take = f"{name} = {add(self.take)}({name})"
        if self.nonnull:
            return [take]
        return [f"if {name} is not None and _n_type({name}) is not {add(VoidPointer)}: {take}"]

    def shown(self, name: str, add: Callable[[Any], str]) -> str:
        return f"{name} or None"

    def zero(self) -> Any:
        return None


class PointerTo(Conversion):
    """A pointer to values of a known type."""

    plain = False

    def __init__(self, spelling: str, target: Conversion, constant: bool, nonnull: bool) -> None:
        self.spelling = spelling
        self.target = target
        self.constant = constant
        self.nonnull = nonnull
        self.type = target.pointer
        self.ctype = self.parameter = self.result = self.hint = self.type

    def give(self, raw: Any) -> Any:
        return raw or None

    def read(self, instance: Any) -> Any:
        return instance or None

    def take(self, value: Any) -> Any:
        if value is None:
            if self.nonnull:
                raise Mismatch(f"NULL is not allowed here; a {self.spelling} is needed")
            return None
        if isinstance(value, self.type):
            return value
        self.target.complete()
        item = self.target.ctype
        if isinstance(value, item):
            require_alive(value)
            return ctypes.byref(value)
        if isinstance(value, _Reference) and isinstance(value._obj, item):
            require_alive(value._obj)
            return value
        if isinstance(value, Out):
            return value.storage(self.target)
        if isinstance(value, VoidPointer):
            return at(self.type, int(value), value)
        if isinstance(value, (ctypes.Array, ctypes._Pointer)):
            if issubclass(value._type_, item):
                return value
            if self.target.is_like(value._type_) or (ctypes.sizeof(item) == 1 and _bytes_long(value._type_)):
                return ctypes.cast(value, self.type)
        elif isinstance(value, (ctypes.Structure, ctypes.Union)):
            require_alive(value)
            offset = self.target.base_offset(type(value))
            if offset is not None:
                return at(self.type, ctypes.addressof(value) + offset, value)
            if self.target.is_like(type(value)):
                return at(self.type, ctypes.addressof(value), value)
        elif isinstance(value, str):
            if self.constant and isinstance(self.target, Integer) and self.target.size == 1:
                data = encoded(value)
                return (item * (len(data) + 1)).from_buffer_copy(data + b"\0")
            if self.constant and isinstance(self.target, Character):
                data = value.encode("utf-16-le" if self.target.size == 2 else "utf-32-le", "surrogatepass")
                return (item * (len(data) // self.target.size + 1)).from_buffer_copy(
                    data + bytes(self.target.size)
                )
        elif isinstance(value, (list, tuple)):
            if self.constant:
                return self._array(value)
            raise Mismatch(
                f"the function may write there, and a {type(value).__name__} would not show it; "
                "nlib.array makes an array of it"
            )
        elif isinstance(value, dict) and self.constant:
            return ctypes.byref(self.target.take(value))
        elif buffers.lends(value):
            memory = buffers.lent(value, self.target, not self.constant)
            return at(self.type, memory.address, memory)
        raise Mismatch(f"{self._needed()} is needed, not {described(value)}")

    def _needed(self) -> str:
        if isinstance(self.target, (Integer, Real, Boolean, Character)):
            return f"a buffer, array or nlib.out() of `{self.target.spelling}`"
        return f"a `{self.target.spelling}`, an array or a pointer of it"

    def _array(self, values: Any) -> Any:
        stored = [self.target.store(value) for value in values]
        array = (self.target.ctype * len(stored))(*stored)
        array._stored = stored
        return array

    def store(self, value: Any) -> Any:
        taken = self.take(value)
        if isinstance(taken, self.type):
            return taken
        return self.type() if taken is None else ctypes.cast(taken, self.type)

    def cost(self, value: Any) -> Optional[int]:
        known = super().cost(value)
        if known is None or value is None or isinstance(value, (self.type, self.target.ctype)):
            return None if known is None else 0
        return 2

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        null = f"{name} is not None and " if not self.nonnull else ""
        lines = [f"if {null}_n_type({name}) is not {add(self.type)}: {name} = {add(self.take)}({name})"]
        if not self.target.scalar:
            record = add(self.target.ctype)
            lines = [f"if _n_type({name}) is {record}: {name} = {add(ctypes.byref)}({name})", f"el{lines[0]}"]
        return lines

    def shown(self, name: str, add: Callable[[Any], str]) -> str:
        return f"{name} or None"

    def zero(self) -> Any:
        return None


VOID_POINTER = AnyPointer("void *", False, False)
