"""Out parameters: what a function writes through a pointer that it is given.

quotient, remainder = nlib.out(), nlib.out()
kit.kit_divide(17, 5, quotient, remainder)
print(quotient.value, remainder.value)
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any, Optional

from .conversions import Character, Conversion, Mismatch, described

_UNSET = object()


class Out:
    """Memory for values that a function writes. It gets its type from the parameter that it is passed to."""

    __slots__ = ("_conversion", "_count", "_initial", "_kept", "_storage")

    def __init__(self, count: Optional[int] = None, initial: Any = _UNSET) -> None:
        if count is not None and count < 0:
            raise ValueError(f"nlib.out({count}): a number of values cannot be negative")
        self._count = count
        self._initial = initial
        self._conversion: Optional[Conversion] = None
        self._storage: Any = None

    def storage(self, conversion: Conversion) -> Any:
        """What a parameter that leads to such a type is given."""
        if self._storage is None:
            conversion.complete()
            if conversion.ctype is None or not ctypes.sizeof(conversion.ctype):
                raise Mismatch(
                    f"the size of `{conversion.spelling}` is not known, so that nlib.out() cannot hold one"
                )
            # Nothing is set before the first value was converted: a call that fails may be tried again.
            if self._count is not None:
                made = (conversion.ctype * self._count)()
            else:
                made = conversion.ctype.__new__(conversion.ctype)
                if self._initial is not _UNSET:
                    self._fill(made, conversion)
            self._conversion, self._storage = conversion, made
        elif self._conversion is None or self._conversion.ctype is not conversion.ctype:
            spelling = self._conversion.spelling if self._conversion else "void"
            raise Mismatch(f"this nlib.out() holds `{spelling}` already, not `{conversion.spelling}`")
        return self._storage if self._count is not None else ctypes.byref(self._storage)

    def _fill(self, made: Any, conversion: Conversion) -> None:
        stored = conversion.store(self._initial)
        value = stored if isinstance(stored, conversion.ctype) else conversion.ctype(stored)
        ctypes.memmove(ctypes.addressof(made), ctypes.addressof(value), ctypes.sizeof(made))
        self._kept = self._initial, stored, value

    def untyped(self) -> Any:
        """What a `void *` is given."""
        if self._storage is None:
            raise Mismatch("`void *` says no type for nlib.out(); pass a buffer, or nlib.array(type, n)")
        return ctypes.byref(self._storage)

    @property
    def value(self) -> Any:
        """What the function wrote: one value; of nlib.out(n) the list of them, or the text in n chars."""
        if self._storage is None or self._conversion is None:
            raise ValueError("this nlib.out() was passed to no function yet")
        if self._count is None:
            return self._conversion.read(self._storage)
        if isinstance(self._conversion, Character) and self._conversion.size == 1:
            return self._storage.value.decode("utf-8", "surrogateescape")
        return list(self)

    @property
    def memory(self) -> Any:
        """The instance of ctypes that holds it; NumPy reads an array of nlib.out(n) from it without a copy."""
        if self._storage is None:
            raise ValueError("this nlib.out() was passed to no function yet")
        return self._storage

    def __iter__(self) -> Iterator[Any]:
        if self._count is None:
            raise TypeError("nlib.out() holds one value; nlib.out(n) has n, and nlib.outs(n) makes n of them")
        give = self._conversion.give if self._conversion else None
        for item in self.memory:
            yield give(item) if give else item

    def __getitem__(self, index: int) -> Any:
        return list(self)[index]

    def __len__(self) -> int:
        return 1 if self._count is None else self._count

    def __repr__(self) -> str:
        if self._storage is None:
            return f"nlib.out({'' if self._count is None else self._count})"
        return f"<nlib.out {described(self.value)}>"


def out(count: Optional[int] = None) -> Out:
    """A place for what a function writes through a pointer: one value, or `count` of them in a row."""
    return Out(count)


def outs(count: int) -> tuple[Out, ...]:
    """So many `out()`: `width, height, channels = nlib.outs(3)`."""
    return tuple(Out() for _ in range(count))


def inout(value: Any) -> Out:
    """A place that the function reads first: it holds `value` before."""
    return Out(initial=value)
