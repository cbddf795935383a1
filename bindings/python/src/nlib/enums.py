"""Enumerations as enum.IntEnum, or enum.IntFlag where the values are single bits."""

from __future__ import annotations

import enum
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any, Optional

from .conversions import Conversion, Integer, Mismatch, OutOfRange, described


def are_flags(name: str, values: Iterable[int]) -> bool:
    """Whether values are to be combined with `|`: single bits and combinations of them, not a mere count.

    1, 2, 4 are; 0, 1, 2 and 1, 2, 3, 4 are not. A name that says Flags decides for what could be either.
    """
    distinct = sorted(set(values))
    if not distinct or distinct[0] < 0:
        return False
    bits = [value for value in distinct if value and value & (value - 1) == 0]
    known = 0
    for bit in bits:
        known |= bit
    if any(value & ~known for value in distinct):
        return False
    if "flags" in name.lower():
        return bool(bits)
    counted = distinct == list(range(distinct[0], distinct[0] + len(distinct)))
    return len(bits) >= 3 and not counted


_RESERVED = re.compile(r"_.*_$|mro$")


class _Known(dict[int, Any]):
    """Members by value. Combined flags become members; other values stay numbers."""

    def __init__(self, made: Any) -> None:
        super().__init__({int(member): member for member in reversed(list(made.__members__.values()))})
        self._flags = issubclass(made, enum.IntFlag)
        self._made = made

    def __missing__(self, value: int) -> Any:
        if not self._flags:
            return value
        try:
            return self._made(value)
        except ValueError:
            return value


class Enumeration(Conversion):
    """An enumeration. A function takes a member, its number or its name."""

    plain = False

    def __init__(
        self, name: str, integer: Integer, values: list[tuple[str, int]], module: str, documentation: str
    ) -> None:
        self.spelling = name
        self.integer = integer
        self.ctype = self.parameter = self.result = integer.ctype
        self.signed = integer.signed
        # Python reserves `_names_` in an enumeration, and `mro`.
        plain = [(full.rpartition("::")[2], value) for full, value in values]
        members = [(f"{member}_" if _RESERVED.match(member) else member, value) for member, value in plain]
        parent: Any = enum.IntFlag if are_flags(name, (value for _, value in members)) else enum.IntEnum
        short = name.rpartition("::")[2]
        given: dict[str, Any] = {"module": module, "qualname": name.replace("::", ".")}
        try:
            self.cls: Any = parent(short, members, **given)
        except (TypeError, ValueError):  # Values that IntFlag does not take.
            self.cls = enum.IntEnum(short, members, **given)  # type: ignore[misc]
        self.cls.__doc__ = documentation
        self.cls._nlib_conversion_ = self
        self.hint = self.cls
        self.known = _Known(self.cls)
        self.by_name = dict([*members, *plain, *values])

    def give(self, raw: Any) -> Any:
        return self.known[raw]

    def take(self, value: Any) -> Any:
        if isinstance(value, str):
            if value not in self.by_name:
                raise Mismatch(f"{value!r} is no name of {self.spelling}; it has {self._names()}")
            return self.by_name[value]
        try:
            number = operator.index(value)
        except TypeError:
            raise Mismatch(f"a value or name of {self.spelling} is needed, not {described(value)}") from None
        if not self.integer.low <= number <= self.integer.high:
            raise OutOfRange(f"{number} does not fit {self.spelling}")
        return number

    def _names(self) -> str:
        names = list(self.cls.__members__)
        return ", ".join(names if len(names) <= 8 else [*names[:8], "..."])

    def cost(self, value: Any) -> Optional[int]:
        if isinstance(value, self.cls):
            return -1
        known = super().cost(value)
        if known is None or isinstance(value, bool):
            return None
        return 1 if isinstance(value, str) else 3

    def passed(self, value: Any) -> Any:
        return self.integer.passed(self.take(value))

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        return self.integer.quick(name, add)

    def shown(self, name: str, add: Callable[[Any], str]) -> str:
        return f"{add(self.known)}[{name}]"
