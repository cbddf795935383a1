"""What a function takes and gives, independent of how it is called."""

from __future__ import annotations

import ctypes
import keyword
import unicodedata
from typing import Any, NamedTuple, Optional

from .conversions import Conversion, in_place


class Parameter(NamedTuple):
    """A parameter."""

    name: str
    """As a Python identifier."""
    conversion: Conversion
    default: Optional[str] = None
    """The text of its default in the header."""


class Signature(NamedTuple):
    """What a function takes and gives."""

    name: str
    """Qualified, as in the header."""
    parameters: list[Parameter]
    result: Conversion
    variadic: bool = False
    declaration: str = ""
    """As C writes it."""

    @property
    def required(self) -> int:
        """How many arguments must be given."""
        return sum(parameter.default is None for parameter in self.parameters)

    def accepts(self, count: int) -> bool:
        """Whether it can be called with so many arguments."""
        return count >= self.required and (self.variadic or count <= len(self.parameters))


def identifiers(names: list[str]) -> list[str]:
    """Names of parameters as distinct identifiers of Python: `from` is `from_`, the third without one `argument_2`."""
    made: list[str] = []
    for index, name in enumerate(names):
        name = unicodedata.normalize("NFKC", name)  # As Python reads a source.
        if not name.isidentifier() or name.startswith("_n_"):
            name = f"argument_{index}"
        if keyword.iskeyword(name) or name == "__debug__":
            name += "_"
        while name in made:
            name += "_"
        made.append(name)
    return made


def in_context(error: Exception, function: str, parameter: Parameter) -> Exception:
    """An error of a conversion, with the place where it was needed."""
    return in_place(
        error, f"{function}(): parameter `{parameter.name}` ({parameter.conversion.spelling}): {error}"
    )


def taken(signature: Signature, arguments: Any, by_pointer: list[bool]) -> list[Any]:
    """Arguments as ctypes takes them, some records by pointer; an error names function and parameter."""
    made = []
    for parameter, value, pointed in zip(signature.parameters, arguments, by_pointer):
        try:
            given = parameter.conversion.passed(value)
            made.append(ctypes.byref(given) if pointed else given)
        except (TypeError, ValueError, OverflowError) as error:
            raise in_context(error, signature.name, parameter) from None
    return made
