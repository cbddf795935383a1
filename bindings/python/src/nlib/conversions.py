"""How values of one C type go between C and Python: the parent of all conversions, and those of scalars.

A conversion knows the type's storage for ctypes, turns what ctypes gives into what Python shows (`give`) and
what Python has into what ctypes takes (`take`), and writes the lines of generated functions that do so
without a call (`quick`, `shown`). The others are in `pointers`, `records`, `enums` and `callbacks`.
"""

from __future__ import annotations

import ctypes
import operator
from collections.abc import Callable
from typing import Any, Optional


class Mismatch(TypeError):
    """A value that a C type cannot take. The message says what is needed, not where."""


class OutOfRange(OverflowError):
    """A number that a C type cannot hold."""


def described(value: Any) -> str:
    """A value in a message."""
    text = repr(value)
    if len(text) > 60:
        text = text[:57] + "..."
    return f"{text} ({type(value).__name__})" if value is not None else "None"


def in_place(error: Exception, text: str) -> Exception:
    """An error of a conversion with more to say: an OverflowError, TypeError or ValueError as it is."""
    for kind in (OverflowError, TypeError):
        if isinstance(error, kind):
            return kind(text)
    return ValueError(text)


def is_bool(value: Any) -> bool:
    """Whether it is True or False, of Python or of NumPy."""
    return isinstance(value, bool) or type(value).__name__ in ("bool_", "bool")


class Conversion:
    """How values of one C type go between C and Python."""

    spelling: str = ""
    """The type as C writes it."""
    ctype: Any = None
    """The type of ctypes that fields, array elements and pointer targets have."""
    parameter: Any = None
    """The type of a callback's parameters in ctypes."""
    result: Any = None
    """The type in `restype`."""
    hint: Any = None
    """What annotations say."""
    plain = True
    """Whether what ctypes gives is what Python shows."""
    scalar = True
    """Whether it fits a register; a record does not."""
    by_offset = False
    """Whether a field is read and written in memory, as what ctypes makes of it is of no use."""
    holds = False
    """Whether it is a record or array that may have pointers within, whose targets Python keeps."""

    def give(self, raw: Any) -> Any:
        """What Python shows for what ctypes gives."""
        return raw

    def take(self, value: Any) -> Any:
        """What ctypes takes for what Python has; raises Mismatch or OutOfRange."""
        raise NotImplementedError

    def store(self, value: Any) -> Any:
        """As `take`, for what is written into a field or element."""
        return self.take(value)

    def passed(self, value: Any) -> Any:
        """As `take`, in a form that says its C type itself: functions have no `argtypes`."""
        return self.take(value)

    def cost(self, value: Any) -> Optional[int]:
        """How well a value fits, for overloads: 0 exactly, more with a conversion, None not at all.

        A member of an enumeration fits that better than exactly: it is a number too.
        """
        try:
            self.take(value)
        except (TypeError, ValueError, OverflowError):
            return None
        return 1

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        """Lines that make a parameter what `passed` would; they may `raise _n_Slow`, or what ctypes raises.

        `add` gives an object a name that the lines may use.
        """
        return [f"{name} = {add(self.passed)}({name})"]

    def shown(self, name: str, add: Callable[[Any], str]) -> str:
        """An expression for `give` of a variable."""
        return name if self.plain else f"{add(self.give)}({name})"

    def zero(self) -> Any:
        """What a callback gives that failed."""
        return 0

    def read(self, instance: Any) -> Any:
        """What Python shows for an instance of `ctype`."""
        return self.give(instance.value)

    @property
    def received(self) -> Conversion:
        """How a callback gets such a parameter."""
        return self

    @property
    def pointer(self) -> Any:
        """The class of pointers to it."""
        if self._pointer is None:
            from .pointers import pointer_type

            self._pointer = pointer_type(self)
        return self._pointer

    _pointer: Any = None
    _arrays: Any = None

    def complete(self) -> None:
        """Makes `ctype` one whose size is known: the fields of records are made late."""

    def is_like(self, record: Any) -> bool:
        """Whether a class of another library stands for the same record."""
        return False

    def base_offset(self, record: Any) -> Optional[int]:
        """Where a record of this class has this type as its base class, in bytes; None where it has not."""
        return None


class Void(Conversion):
    """No value."""

    spelling = "void"

    def take(self, value: Any) -> Any:
        return None

    def zero(self) -> Any:
        return None


class Boolean(Conversion):
    """`bool`"""

    spelling = "bool"
    ctype = parameter = result = ctypes.c_bool
    hint = bool

    def take(self, value: Any) -> Any:
        if value is True or value is False:
            return value
        try:
            number = operator.index(value)
        except TypeError:
            if is_bool(value):  # NumPy's, which is no index.
                return bool(value)
            raise Mismatch(f"True or False is needed, not {described(value)}") from None
        if number not in (0, 1):
            raise OutOfRange(f"True or False is needed, not {described(value)}")
        return bool(number)

    def cost(self, value: Any) -> Optional[int]:
        if is_bool(value):
            return 0
        return 3 if isinstance(value, int) and value in (0, 1) else None

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        return [f"if {name} is not True and {name} is not False: raise _n_Slow"]


INTEGERS = {
    (1, True): ctypes.c_int8,
    (2, True): ctypes.c_int16,
    (4, True): ctypes.c_int32,
    (8, True): ctypes.c_int64,
    (1, False): ctypes.c_uint8,
    (2, False): ctypes.c_uint16,
    (4, False): ctypes.c_uint32,
    (8, False): ctypes.c_uint64,
}


class Integer(Conversion):
    """Whole numbers of 1, 2, 4 or 8 bytes."""

    hint = int

    def __init__(self, spelling: str, size: int, signed: bool) -> None:
        self.spelling = spelling
        self.size = size
        self.signed = signed
        self.ctype = self.parameter = self.result = INTEGERS[size, signed]
        bits = 8 * size
        self.low = -(1 << (bits - 1)) if signed else 0
        self.high = (1 << (bits - 1 if signed else bits)) - 1

    def take(self, value: Any) -> Any:
        try:
            number = operator.index(value.value if isinstance(value, ctypes._SimpleCData) else value)
        except TypeError:
            raise Mismatch(f"an int is needed, not {described(value)}") from None
        if not self.low <= number <= self.high:
            raise OutOfRange(f"{number} does not fit {self.spelling}, which holds {self.low} to {self.high}")
        return number

    def cost(self, value: Any) -> Optional[int]:
        try:
            self.take(value)
        except (TypeError, OverflowError):
            return None
        if isinstance(value, bool):
            return 2
        return 0 if self.spelling == "int" else 1

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        check = f"if not {self.low} <= {name} <= {self.high}: raise _n_Slow"
        # ctypes passes an int as C's int, and the shorter ones are that in a register.
        return [check] if self.size <= 4 else [check, f"{name} = {add(self.ctype)}({name})"]

    def passed(self, value: Any) -> Any:
        return self.take(value) if self.size <= 4 else self.ctype(self.take(value))


class Real(Conversion):
    """`float`, `double`, `long double`; a Python float holds no more than a double."""

    hint = float

    def __init__(self, spelling: str, size: int) -> None:
        self.spelling = spelling
        ctypes_of = {4: ctypes.c_float, 8: ctypes.c_double, 16: ctypes.c_longdouble}
        self.ctype = self.parameter = self.result = ctypes_of[size]
        self.size = size

    def take(self, value: Any) -> Any:
        if isinstance(value, ctypes._SimpleCData):
            value = value.value
        if isinstance(value, (str, bytes, bytearray)) or value is None:
            raise Mismatch(f"a number is needed, not {described(value)}")
        try:
            return float(value)
        except (TypeError, ValueError):
            raise Mismatch(f"a number is needed, not {described(value)}") from None
        except OverflowError:
            raise OutOfRange(f"{described(value)} does not fit {self.spelling}") from None

    def cost(self, value: Any) -> Optional[int]:
        if is_bool(value):
            return 4
        if isinstance(value, float):
            return 0 if self.size == 8 else 1
        if isinstance(value, int):
            return 2 if self.size == 8 else 3
        return super().cost(value)

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        return [f"{name} = {add(self.ctype)}({name})"]

    def passed(self, value: Any) -> Any:
        return self.ctype(self.take(value))

    def zero(self) -> Any:
        return 0.0


class Character(Conversion):
    """`char` as bytes of length 1, as in ctypes; the wider ones as a str of length 1."""

    def __init__(self, spelling: str, size: int, signed: bool) -> None:
        self.spelling = spelling
        self.size = size
        self.signed = signed
        self.plain = size == 1
        self.ctype = ctypes.c_char if size == 1 else INTEGERS[size, False]
        self.parameter = self.result = self.ctype
        self.hint = bytes if size == 1 else str

    def give(self, raw: Any) -> Any:
        return raw if self.size == 1 else chr(raw)

    def take(self, value: Any) -> Any:
        if isinstance(value, int):
            if not -128 <= value < 1 << (8 * self.size):
                raise OutOfRange(f"{value} does not fit {self.spelling}")
            return bytes([value & 0xFF]) if self.size == 1 else value
        if isinstance(value, bytes) and len(value) == 1:
            return value if self.size == 1 else value[0]
        if (
            isinstance(value, str)
            and len(value) == 1
            and ord(value) < 1 << (7 if self.size == 1 else 8 * self.size)
        ):
            return value.encode() if self.size == 1 else ord(value)
        raise Mismatch(f"one character of {self.spelling} is needed, not {described(value)}")

    def passed(self, value: Any) -> Any:
        return self.ctype(self.take(value))

    def cost(self, value: Any) -> Optional[int]:
        known = super().cost(value)
        return 2 if known is not None and isinstance(value, int) else known

    def zero(self) -> Any:
        return b"\0" if self.size == 1 else 0


class Unsupported(Conversion):
    """What Python has no form for. Fields of it are bytes; functions with it raise UnsupportedError."""

    plain = True
    scalar = False
    hint = bytes

    def __init__(self, spelling: str, size: int) -> None:
        self.spelling = spelling
        self.ctype = ctypes.c_ubyte * size

    def take(self, value: Any) -> Any:
        raise Mismatch(f"`{self.spelling}` has no form in Python")

    def read(self, instance: Any) -> Any:
        return instance


VOID = Void()
BOOLEAN = Boolean()
