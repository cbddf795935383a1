"""How the fields of a record are given to ctypes, so that every one lies where the compiler put it.

ctypes lays fields out itself. Where its rules give the compiler's offsets (`natural`), they are used. Gaps that
they would not leave, of bit-fields for instance, are filled with integers. What they cannot give at all (packed
records, a base class whose tail is used again) is one block of bytes, and fields are read at their offset.
"""

from __future__ import annotations

import ctypes
import keyword
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, NamedTuple, Optional


class Place(NamedTuple):
    """A field that is not a bit-field: its name for ctypes, its type and where it lies, in bytes."""

    name: str
    ctype: Any
    offset: int


class Layout(NamedTuple):
    """What a class of ctypes gets as `_fields_`."""

    fields: list[tuple[str, Any]]
    natural: bool
    """Whether every `Place` is a field, without fillers: only then ctypes passes it by value rightly."""
    block: bool
    """Whether it is one block of bytes."""


_RESERVED = re.compile(r"_(gap_\d+|block|.*_)$")
"""Names that ctypes or this package give a meaning in a class."""


def own_name(name: str) -> str:
    """What ctypes is to call a field of C's."""
    return name + "_n" if _RESERVED.match(name) else name


def attribute(name: str, parent: Any) -> list[str]:
    """What Python calls a field of C's: its name, and what stands for one that cannot be written or is taken.

    `parent`: the class whose attributes fields must not hide.
    """
    if _RESERVED.match(name) or any(name in kind.__dict__ for kind in parent.__mro__):
        return [name + "_"]
    shown = [name]
    if keyword.iskeyword(name):
        shown.append(name + "_")
    if not name.isascii():
        shown.append(unicodedata.normalize("NFKC", name))  # As Python reads a source.
    return list(dict.fromkeys(shown))


_UNSIGNED = {1: ctypes.c_uint8, 2: ctypes.c_uint16, 4: ctypes.c_uint32, 8: ctypes.c_uint64}


def _up(offset: int, alignment: int) -> int:
    return -(-offset // alignment) * alignment


def _fillers(start: int, end: int, name: str) -> list[tuple[str, Any]]:
    """Integers for the bytes from `start` to `end`, each aligned and as large as can be."""
    made = []
    while start < end:
        size = next(size for size in (8, 4, 2, 1) if start % size == 0 and start + size <= end)
        made.append((f"{name}_{start}", _UNSIGNED[size]))
        start += size
    return made


def _struct(places: Sequence[Place], size: int, alignment: int) -> Optional[Layout]:
    fields: list[tuple[str, Any]] = []
    position, widest, natural = 0, 1, True

    def add(more: list[tuple[str, Any]]) -> None:
        nonlocal position, widest
        for name, ctype in more:
            widest = max(widest, ctypes.alignment(ctype))
            position = _up(position, ctypes.alignment(ctype)) + ctypes.sizeof(ctype)
            fields.append((name, ctype))

    for place in sorted(places, key=lambda place: place.offset):
        if place.offset < position:
            return None
        if _up(position, ctypes.alignment(place.ctype)) != place.offset:
            natural = False
            add(_fillers(position, place.offset, "_gap"))
            if _up(position, ctypes.alignment(place.ctype)) != place.offset:
                return None
        add([(place.name, place.ctype)])
    if _up(position, widest) != size or widest != alignment:
        natural = False
        add(_fillers(position, size, "_gap"))
    if _up(position, widest) != size or widest != alignment:
        return None
    return Layout(fields, natural, False)


def _union(places: Sequence[Place], size: int, alignment: int) -> Optional[Layout]:
    if any(place.offset for place in places):
        return None
    widest = max((ctypes.alignment(place.ctype) for place in places), default=1)
    longest = max((ctypes.sizeof(place.ctype) for place in places), default=0)
    if _up(longest, widest) != size or widest != alignment:
        return None
    return Layout([(place.name, place.ctype) for place in places], True, False)


def layout(places: Sequence[Place], size: int, alignment: int, union: bool) -> Layout:
    """What ctypes is to be told about a record of this size and alignment, in bytes."""
    found = (_union if union else _struct)(places, size, alignment)
    if found is not None:
        return found
    word = min(alignment, 8) or 1
    return Layout([("_block", _UNSIGNED[word] * (size // word))], False, True)
