"""Arrays in records."""

from __future__ import annotations

import ctypes
from typing import Any
from weakref import WeakValueDictionary

from . import buffers
from .conversions import Boolean, Character, Conversion, Integer, Mismatch, Real, described
from .pointers import ERRORS, at, keep_copied, keep_stored, text_at


class FlexibleArray(Conversion):
    """`T data[]` at the end of a record, or a variable: a pointer to its first element."""

    scalar = False
    by_offset = True

    def __init__(self, element: Conversion) -> None:
        self.element = element
        self.spelling = f"{element.spelling} []"
        self.ctype = element.ctype * 0
        self.hint = element.pointer

    def take(self, value: Any) -> Any:
        raise Mismatch("an array without a length cannot be assigned; write its elements")

    def read(self, instance: Any) -> Any:
        return at(self.element.pointer, ctypes.addressof(instance), instance)


class UnboundedText(FlexibleArray):
    """`char text[]`, a variable: the text up to its NUL."""

    hint = str

    def __init__(self, element: Character) -> None:
        super().__init__(element)
        self.character = element

    def read(self, instance: Any) -> Any:
        return text_at(ctypes.addressof(instance), self.character)


def unbounded(conversion: Conversion) -> Conversion:
    """The conversion of a variable: an array without a length is text, or a pointer to its first element."""
    made = flexible(conversion)
    if isinstance(made, FlexibleArray) and isinstance(made.element, Character):
        return UnboundedText(made.element)
    return made


def flexible(conversion: Conversion) -> Conversion:
    """The conversion of a field: an array without a length is a pointer to its first element."""
    if isinstance(conversion, ArrayConversion) and conversion.length == 0:
        return FlexibleArray(conversion.element)
    return conversion


class ArrayConversion(Conversion):
    """An array in a record. It is shown as an array of ctypes, one of `char` as text."""

    scalar = False

    def __init__(self, element: Conversion, length: int) -> None:
        self.element = element
        self.length = length
        self.spelling = f"{element.spelling} [{length}]"
        self.text = self.by_offset = isinstance(element, Character)
        self.ctype = array_type(element, length)
        self.plain = not self.text
        self.holds = element.holds or (element.scalar and not element.plain)
        self.hint = str if self.text else self.ctype

    def give(self, raw: Any) -> Any:
        if not self.text:
            return raw
        if self.element.ctype is ctypes.c_char:
            data = raw if isinstance(raw, bytes) else raw.value
            return data.decode("utf-8", ERRORS)
        units = list(raw)
        units = units[: units.index(0)] if 0 in units else units
        if ctypes.sizeof(self.element.ctype) == 2:
            return b"".join(unit.to_bytes(2, "little") for unit in units).decode("utf-16-le", "surrogatepass")
        return "".join(map(chr, units))

    def read(self, instance: Any) -> Any:
        return self.give(instance)

    def take(self, value: Any) -> Any:
        if isinstance(value, self.ctype):
            return value
        if self.text and isinstance(value, (str, bytes)):
            return self._text(value)
        if isinstance(value, (list, tuple)):
            if len(value) > self.length:
                raise Mismatch(f"{self.length} values are needed, not {len(value)}")
            made = self.ctype()  # What is not given is zero, as in C.
            for index, item in enumerate(value):
                made[index] = self.element.store(item) if made_by_ctypes(self.element) else item
            return made
        if (
            isinstance(value, ctypes.Array)
            and value._type_ is self.element.ctype
            and len(value) == self.length
            and not self.text
        ):
            made = self.ctype()
            size = ctypes.sizeof(made)
            ctypes.memmove(ctypes.addressof(made), ctypes.addressof(value), size)
            keep_copied(made, ctypes.addressof(made), value, ctypes.addressof(value), size)
            return made
        if buffers.lends(value):
            memory = buffers.lent(value, self.element, False)
            if memory.size != ctypes.sizeof(self.ctype):
                raise Mismatch(
                    f"{self.spelling} is {ctypes.sizeof(self.ctype)} bytes, the buffer has {memory.size}"
                )
            return self.ctype.from_buffer_copy(ctypes.string_at(memory.address, memory.size))
        raise Mismatch(
            f"{self.length} values of `{self.element.spelling}` are needed, not {described(value)}"
        )

    def _text(self, value: Any) -> Any:
        size = ctypes.sizeof(self.element.ctype)
        if size == 1:
            data: Any = value.encode("utf-8", ERRORS) if isinstance(value, str) else value
        elif isinstance(value, str) and size == 2:
            data = memoryview(value.encode("utf-16-le", "surrogatepass")).cast("H").tolist()
        else:
            data = list(map(ord, value)) if isinstance(value, str) else list(value)
        if len(data) > self.length:
            raise Mismatch(f"{described(value)} does not fit {self.spelling}")
        made = self.ctype()
        if isinstance(data, bytes):
            ctypes.memmove(made, data, len(data))
        else:
            made[: len(data)] = data
        return made


def made_by_ctypes(element: Conversion) -> bool:
    """Whether the arrays of ctypes itself read and write such elements rightly."""
    return isinstance(element, (Character, Real, Boolean))


def array_type(element: Conversion, length: int) -> Any:
    """The class of arrays of so many elements."""
    if made_by_ctypes(element):
        return element.ctype * length
    if element._arrays is None:
        element._arrays = WeakValueDictionary()
    made = element._arrays.get(length)
    if made is None:
        made = element._arrays[length] = _array_type(element, length)
    return made


_plain_get: Any = ctypes.Array.__getitem__
_plain_put: Any = ctypes.Array.__setitem__


def _array_type(element: Conversion, length: int) -> Any:
    store, give = element.store, element.give

    def get(self: Any, index: Any) -> Any:
        raw = _plain_get(self, index)
        return [give(item) for item in raw] if isinstance(index, slice) else give(raw)

    def put(self: Any, index: Any, value: Any) -> None:
        if isinstance(index, slice):
            places, values = range(*index.indices(length)), list(value)
            if len(places) != len(values):
                raise ValueError(f"{len(places)} values are needed, not {len(values)}")
            for place, item in zip(places, values):
                put(self, place, item)
            return
        stored = store(value)
        _plain_put(self, index, stored)
        if keeps:
            place = ctypes.addressof(self) + index % length * ctypes.sizeof(element.ctype)
            keep_stored(element, self, place, value, stored)

    keeps = element.holds or (element.scalar and not element.plain)
    content: dict[str, Any] = {"_type_": element.ctype, "_length_": length, "__setitem__": put}
    if isinstance(element, Integer):
        content["__setitem__"] = _checking(element, put)
    elif not element.plain:
        content["__getitem__"] = get
    kind: Any = type(ctypes.Array)
    return kind(f"{element.spelling}[{length}]", (ctypes.Array,), content)


def _checking(element: Integer, put: Any) -> Any:
    """Writes whole numbers in their range, which ctypes would cut to it, without a call more."""
    low, high = element.low, element.high

    def put_number(self: Any, index: Any, value: Any) -> None:
        if value.__class__ is int and low <= value <= high and index.__class__ is int:
            _plain_put(self, index, value)
        else:
            put(self, index, value)

    return put_number
