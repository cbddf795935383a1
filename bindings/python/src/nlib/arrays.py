"""Arrays in records."""

from __future__ import annotations

import ctypes
from typing import Any

from . import buffers
from .conversions import Character, Conversion, Mismatch, described
from .pointers import ERRORS, at, keep


class FlexibleArray(Conversion):
    """`T data[]` at the end of a record: a pointer to its first element."""

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
        if element.plain or self.text:
            self.ctype = element.ctype * length
        else:
            self.ctype = _converted_array(element, length)
        self.plain = not self.text
        self.hint = str if self.text else self.ctype

    def give(self, raw: Any) -> Any:
        if not self.text:
            return raw
        if isinstance(raw, bytes):
            return raw.decode("utf-8", ERRORS)
        wide = list(raw)
        return "".join(map(chr, wide[: wide.index(0)] if 0 in wide else wide))

    def read(self, instance: Any) -> Any:
        return self.give(instance.value if self.text and self.element.ctype is ctypes.c_char else instance)

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
                made[index] = self.element.store(item)
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
        if self.element.ctype is ctypes.c_char:
            data: Any = value.encode("utf-8", ERRORS) if isinstance(value, str) else value
        else:
            data = [ord(character) for character in value] if isinstance(value, str) else list(value)
        if len(data) > self.length:
            raise Mismatch(f"{described(value)} does not fit {self.spelling}")
        made = self.ctype()
        if isinstance(data, bytes):
            ctypes.memmove(made, data, len(data))
        else:
            made[: len(data)] = data
        return made


def _converted_array(element: Conversion, length: int) -> Any:
    """An array whose elements are not what ctypes takes them for."""

    def get(self: Any, index: Any) -> Any:
        raw = ctypes.Array.__getitem__(self, index)
        return [element.give(item) for item in raw] if isinstance(index, slice) else element.give(raw)

    def put(self: Any, index: int, value: Any) -> None:
        stored = element.store(value)
        ctypes.Array.__setitem__(self, index, stored)
        size = ctypes.sizeof(element.ctype)
        keep(self, ctypes.addressof(self) + index % length * size, (value, stored))

    content = {"_type_": element.ctype, "_length_": length, "__getitem__": get, "__setitem__": put}
    kind: Any = type(ctypes.Array)
    return kind(f"{element.spelling}[{length}]", (ctypes.Array,), content)
