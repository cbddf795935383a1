"""Variables of a library: read and written where they lie, each time."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any, NamedTuple

from .conversions import Conversion, in_place
from .pointers import keep_stored


class Variable(NamedTuple):
    """A variable of a library, of a namespace or of a class."""

    name: str
    conversion: Conversion
    constant: bool
    address: Callable[[], int]
    """Where it is; raises UnloadedError when that is nowhere."""

    def read(self) -> Any:
        """Its value; of a record or array, itself."""
        return self.conversion.read(self.conversion.ctype.from_address(self.address()))

    def write(self, value: Any) -> None:
        """Sets it."""
        if self.constant:
            raise AttributeError(f"{self.name} is const")
        conversion = self.conversion
        try:
            stored = conversion.store(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise in_place(error, f"{self.name}: {error}") from None
        made = stored if isinstance(stored, conversion.ctype) else conversion.ctype(stored)
        address = self.address()
        ctypes.memmove(address, ctypes.addressof(made), ctypes.sizeof(conversion.ctype))
        keep_stored(conversion, conversion.ctype.from_address(address), address, value, stored)
