"""Fields of records as attributes: read by ctypes, at an offset, or bit by bit."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Optional

from .conversions import Character, Conversion, Integer, in_place
from .pointers import keep_stored


class Field(property):
    """A field of a record: an attribute, with its place."""

    name: str
    conversion: Conversion
    offset: int
    """In bytes from the start of the record; of a bit-field, the byte that holds its first bit."""
    bits: Optional[tuple[int, int]]
    """Of a bit-field: its first bit from the start of the record, and how many it has."""
    in_union: bool = False
    """Whether it shares its bytes with others, so that a pointer in it may be none."""

    def __repr__(self) -> str:
        bits = f", bits {self.bits[0]} to {sum(self.bits) - 1}" if self.bits else ""
        return f"<field {self.name}: {self.conversion.spelling} at byte {self.offset}{bits}>"


def _field(
    record: str,
    name: str,
    conversion: Conversion,
    offset: int,
    get: Callable[[Any], Any],
    put: Callable[[Any, Any], None],
    documentation: Optional[str],
    bits: Optional[tuple[int, int]] = None,
) -> Field:
    """A field; `put` writes what `conversion.store` gives."""
    store = conversion.store
    keeps = bits is None and (conversion.holds or (conversion.scalar and not conversion.plain))

    def write(self: Any, value: Any) -> None:
        try:
            stored = store(value)
            put(self, stored)
        except (TypeError, ValueError, OverflowError) as error:
            raise in_place(error, f"{record}.{name}: {error}") from None
        if keeps:
            keep_stored(conversion, self, ctypes.addressof(self) + offset, value, stored)

    made = Field(get, write)
    made.__doc__ = documentation
    made.name, made.conversion, made.offset, made.bits = name, conversion, offset, bits
    return made


def native_field(
    record: str, name: str, conversion: Conversion, raw: Any, documentation: Optional[str]
) -> Field:
    """A field that ctypes reads and writes."""
    get = raw.__get__
    if not conversion.plain:
        give = conversion.give
        return _field(
            record, name, conversion, raw.offset, lambda self: give(get(self)), raw.__set__, documentation
        )
    return _field(record, name, conversion, raw.offset, get, raw.__set__, documentation)


def block_field(
    record: str, name: str, conversion: Conversion, offset: int, documentation: Optional[str]
) -> Field:
    """A field that is read at its offset."""
    ctype, read = conversion.ctype, conversion.read
    # As ctypes' own: a field may have the name of such a method.
    kind: Any = type(ctype)

    def copied(self: Any) -> Any:
        return read(kind.from_buffer_copy(ctype, self, offset))

    def within(self: Any) -> Any:
        found = kind.from_address(ctype, ctypes.addressof(self) + offset)
        found._holder = self
        return read(found)

    get = copied if conversion.scalar else within

    def put(self: Any, stored: Any) -> None:
        value = stored if isinstance(stored, ctype) else ctype(stored)
        ctypes.memmove(ctypes.addressof(self) + offset, ctypes.addressof(value), ctypes.sizeof(ctype))

    return _field(record, name, conversion, offset, get, put, documentation)


def bit_field(
    record: str, name: str, conversion: Conversion, bit: int, width: int, documentation: Optional[str]
) -> Field:
    """A field of single bits. `conversion` is of its integer, enumeration or bool."""
    first, last = bit // 8, (bit + width + 7) // 8
    shift = bit - 8 * first
    mask = (1 << width) - 1
    integer: Any = conversion
    if isinstance(conversion, Character):  # So few bits are a number.
        conversion = integer = Integer(conversion.spelling, conversion.size, conversion.signed)
    signed = bool(getattr(integer, "signed", False))
    low, high = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if signed else (0, mask)

    def memory(self: Any) -> Any:
        return (ctypes.c_ubyte * (last - first)).from_address(ctypes.addressof(self) + first)

    def get(self: Any) -> Any:
        value = int.from_bytes(memory(self), "little") >> shift & mask
        if signed and value > high:
            value -= mask + 1
        return conversion.give(conversion.ctype(value).value)

    def put(self: Any, stored: Any) -> None:
        value = int(stored)
        if not low <= value <= high:
            raise OverflowError(f"{value} does not fit {width} bits, which hold {low} to {high}")
        place = memory(self)
        rest = int.from_bytes(place, "little") & ~(mask << shift)
        place[:] = (rest | (value & mask) << shift).to_bytes(len(place), "little")

    return _field(record, name, conversion, first, get, put, documentation, (bit, width))


def inner_field(outer: Field, inner: Field) -> Field:
    """A field of an unnamed record, or of a base class, as one of the record that holds it."""
    get_outer, get_inner, set_inner = outer.fget, inner.fget, inner.fset
    assert get_outer and get_inner and set_inner
    made = Field(
        lambda self: get_inner(get_outer(self)),
        lambda self, value: set_inner(get_outer(self), value),
    )
    made.__doc__ = inner.__doc__
    made.name, made.conversion = inner.name, inner.conversion
    made.offset = outer.offset + inner.offset
    made.bits = inner.bits and (inner.bits[0] + 8 * outer.offset, inner.bits[1])
    made.in_union = inner.in_union or outer.in_union
    return made
