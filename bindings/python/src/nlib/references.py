"""C++ references, which thunks take and give as pointers that are never NULL."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, Optional

from .conversions import Conversion, Mismatch
from .pointers import PointerTo
from .records import RecordConversion


class ReferenceTo(PointerTo):
    """`T &`, `const T &` or `T &&`. A const one takes values; the others what a `T *` takes."""

    def __init__(self, spelling: str, target: Conversion, constant: bool) -> None:
        super().__init__(spelling, target, constant, nonnull=True)
        if isinstance(target, RecordConversion) or constant:
            self.hint = target.hint

    def take(self, value: Any) -> Any:
        if value is None:
            raise Mismatch(f"None is no {self.target.spelling}, and a reference needs one")
        if not self.constant:
            return super().take(value)
        try:
            return super().take(value)
        except Mismatch:
            # A record is one that exists, or is made for the call: nothing is copied.
            stored = self.target.store(value) if self.target.scalar else self.target.take(value)
            return ctypes.byref(
                stored if isinstance(stored, self.target.ctype) else self.target.ctype(stored)
            )

    def cost(self, value: Any) -> Optional[int]:
        known = self.target.cost(value) if self.constant else None
        return super().cost(value) if known is None else known

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        if not self.target.scalar:
            return super().quick(name, add)
        return [f"{name} = {add(self.take)}({name})"]

    def give(self, raw: Any) -> Any:
        if not raw:
            return None
        if isinstance(self.target, RecordConversion):
            self.target.info.complete()
            return raw.contents
        return raw[0] if self.constant else raw

    def read(self, instance: Any) -> Any:
        return self.give(instance)

    def shown(self, name: str, add: Callable[[Any], str]) -> str:
        return f"{add(self.give)}({name})"
