"""Function pointers: Python's functions given to C, and C's functions given to Python.

A function that is passed where C takes a function pointer stays alive as long as the library does, and is
wrapped once however often it is passed. A `Callback` that a function pointer's type makes explicitly,
`kit.kit_visitor(function)`, is kept by whoever holds it, and by the library from when it is passed.
"""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from . import failures
from ._native import CFuncPtr
from .conversions import Conversion, Mismatch, Unsupported, described, in_place
from .errors import UnsupportedError
from .pointers import Text, VoidPointer, is_pointer
from .records import RecordConversion
from .signatures import Parameter, Signature

if TYPE_CHECKING:
    from .loaded import Loaded

_UNSET = object()

by_address: weakref.WeakValueDictionary[int, Callback] = weakref.WeakValueDictionary()
"""Python's functions that C may give back."""


class Callback:
    """A function of Python's as a function pointer of C's. C may use it as long as this lives."""

    def __init__(self, kind: CallbackType, function: Callable[..., Any], on_error: Any) -> None:
        self.type = kind
        self.function = function
        zero = kind.signature.result.zero() if on_error is _UNSET else kind.result_taken(on_error)
        self._results: dict[Any, Any] = {}
        self._as_parameter_ = kind.prototype()(kind.wrapper()(function, self._results, zero))
        self.address: int = ctypes.cast(self._as_parameter_, ctypes.c_void_p).value or 0
        by_address[self.address] = self

    def __call__(self, *arguments: Any) -> Any:
        return self.function(*arguments)

    def __repr__(self) -> str:
        return f"<callback {self.type.name} of {self.function!r}>"


class CFunction:
    """A function of C's, of which only the address and the type are known."""

    def __init__(self, loaded: Loaded, signature: Signature, address: int) -> None:
        self.address = address
        self._as_parameter_ = ctypes.c_void_p(address)
        self._loaded = loaded
        self._signature = signature
        self._function: Any = None

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        if self._function is None:
            from .functions import from_address

            self._function = from_address(self._loaded, self._signature, self.address)
        return self._function(*arguments, **named)

    def __eq__(self, other: object) -> bool:
        return self.address == other.address if isinstance(other, (CFunction, Callback)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.address)

    def __repr__(self) -> str:
        return f"<C function {self._signature.name} at {self.address:#x}>"


class CallbackType:
    """The type of a function pointer. Called with a function of Python's, it makes a Callback."""

    def __init__(self, loaded: Loaded, signature: Signature, documentation: Optional[str]) -> None:
        self.loaded = loaded
        self.signature = signature
        self.name = signature.name
        self.__doc__ = "\n\n".join(filter(None, [signature.declaration, documentation]))
        self._prototype: Any = None
        self._wrapper: Any = None

    def __call__(self, function: Callable[..., Any], on_error: Any = _UNSET) -> Callback:
        """The function as a function pointer. `on_error`: what C gets when the function raises; 0 if not given."""
        if not callable(function):
            raise TypeError(f"{self.name} is made of a function, not of {described(function)}")
        return Callback(self, function, on_error)

    def __repr__(self) -> str:
        return f"<function pointer {self.name}: {self.signature.declaration}>"

    def kept(self, function: Callable[..., Any]) -> Callback:
        """The function as a function pointer that lives as long as the library."""
        kept = self.loaded.callbacks
        try:
            key: Any = (self, function)
            known = kept.get(key)
        except TypeError:  # A callable without a hash.
            key = (self, id(function))
            known = kept.get(key)
        if known is None:
            known = kept.setdefault(key, Callback(self, function, _UNSET))
        return known

    def prototype(self) -> Any:
        """The class of ctypes."""
        if self._prototype is None:
            result = self.signature.result
            for conversion in [result, *(p.conversion for p in self.signature.parameters)]:
                if isinstance(conversion, Unsupported):
                    raise UnsupportedError(f"{self.name}: `{conversion.spelling}` has no form in Python")
                if isinstance(conversion, RecordConversion) and (
                    conversion is result or not conversion.info.by_value
                ):
                    verb = "give" if conversion is result else "take"
                    raise UnsupportedError(
                        f"{self.name}: ctypes cannot {verb} {conversion.spelling} "
                        "by value in a callback; write the callback in C with nlib.code, and let it call one "
                        "that takes a pointer"
                    )
            if self.signature.variadic:
                raise UnsupportedError(f"{self.name}: a variadic callback cannot be written in Python")
            parameters = [p.conversion.received.parameter for p in self.signature.parameters]
            restype = result.result if result.plain or result.ctype in _NUMBERS else ctypes.c_void_p
            self._prototype = ctypes.CFUNCTYPE(restype, *parameters)
        return self._prototype

    def result_taken(self, value: Any) -> Any:
        """A result as ctypes takes it."""
        return _address(self._result(value))

    def wrapper(self) -> Any:
        """Makes what ctypes calls: `make(function, results, zero)`."""
        if self._wrapper is None:
            names = [f"a{index}" for index in range(len(self.signature.parameters))]
            space: dict[str, Any] = {"_n_record": failures.record}

            def add(value: Any) -> str:
                name = f"_n_{len(space)}"
                space[name] = value
                return name

            received = [p.conversion.received for p in self.signature.parameters]
            shown = [conversion.shown(name, add) for conversion, name in zip(received, names)]
            result = self.signature.result
            lines = [f"value = function({', '.join(shown)})"]
            if result.ctype is None:
                lines += ["return None"]
            elif result.ctype in _NUMBERS:
                lines += [f"return {add(self._result)}(value)"]
            else:
                # C may read what a pointer leads to until the next call on any thread.
                lines += [
                    f"taken = {add(self._result)}(value)",
                    "results[0] = value, taken",
                    f"return {add(_address)}(taken)",
                ]
            source = "\n".join(
                [
                    "def make(function, results, zero):",
                    f"    def callback({', '.join(names)}):",
                    "        try:",
                    *(f"            {line}" for line in lines),
                    "        except BaseException as error:",
                    "            _n_record(error, function)",
                    "            return zero",
                    "    return callback",
                ]
            )
            exec(compile(source, f"<nlib {self.name}>", "exec"), space)
            self._wrapper = space["make"]
        return self._wrapper

    def _result(self, value: Any) -> Any:
        try:
            return self.signature.result.take(value)
        except (TypeError, ValueError, OverflowError) as error:
            text = f"{self.name}: the callback's result ({self.signature.result.spelling}): {error}"
            raise in_place(error, text) from None


_NUMBERS = {
    ctypes.c_bool, ctypes.c_char, ctypes.c_float, ctypes.c_double, ctypes.c_longdouble,
    ctypes.c_int8, ctypes.c_int16, ctypes.c_int32, ctypes.c_int64,
    ctypes.c_uint8, ctypes.c_uint16, ctypes.c_uint32, ctypes.c_uint64,
}  # fmt: skip


def _address(taken: Any) -> Any:
    """The address in what `take` gave for a pointer; numbers as they are."""
    if taken is None or isinstance(taken, (int, float)):
        return taken
    if isinstance(taken, bytes):
        return ctypes.cast(ctypes.c_char_p(taken), ctypes.c_void_p).value
    return ctypes.cast(taken, ctypes.c_void_p).value


class FunctionPointer(Conversion):
    """A function pointer."""

    ctype = VoidPointer
    parameter = result = ctypes.c_void_p
    plain = False
    hint = Callable

    def __init__(self, kind: CallbackType, nonnull: bool) -> None:
        self.type = kind
        self.spelling = kind.name
        self.nonnull = nonnull

    def give(self, raw: Any) -> Any:
        address = raw if raw is None or isinstance(raw, int) else raw.value
        if not address:
            return None
        known = by_address.get(address)
        if known is not None:
            return known
        functions = self.type.loaded.functions
        made = functions.get((self.type, address))
        if made is None:
            made = functions[self.type, address] = CFunction(self.type.loaded, self.type.signature, address)
        return made

    def read(self, instance: Any) -> Any:
        return self.give(instance)

    def take(self, value: Any) -> Any:
        if value is None:
            if self.nonnull:
                raise Mismatch("NULL is not allowed here; a function is needed")
            return None
        if isinstance(value, Callback):
            if value.type is not self.type and value.type.prototype() is not self.type.prototype():
                raise Mismatch(f"a {self.spelling} is needed, not {value!r}")
            self.type.loaded.callbacks[value] = value
            return value._as_parameter_
        if isinstance(value, (CFunction, CFuncPtr)) or is_pointer(value):
            return getattr(value, "_as_parameter_", value)
        item = getattr(value, "__nlib__", None)
        if item is not None:  # A function of a library: C calls it without Python.
            return ctypes.c_void_p(item.address())
        if callable(value):
            return self.type.kept(value)._as_parameter_
        raise Mismatch(f"a function is needed, not {described(value)}")

    def store(self, value: Any) -> Any:
        return VoidPointer(_address(self.take(value)))

    def cost(self, value: Any) -> Optional[int]:
        return 1 if value is None or callable(value) else None

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        take = f"{name} = {add(self.take)}({name})"
        return [take] if self.nonnull else [f"if {name} is not None: {take}"]

    def zero(self) -> Any:
        return None


def callback(function: Callable[..., Any], result: Any, *parameters: Any, on_error: Any = _UNSET) -> Callback:
    """A function of Python's as a function pointer whose type is given in types of ctypes.

    For what no header declares, such as `host_symbols`. A `char *` is c_char_p, and is a str in Python.
    C may use it as long as the object lives.
    """
    from .explicit import signature
    from .loaded import Nowhere

    kind = CallbackType(Nowhere(), signature("callback", result, parameters), None)
    return kind(function, on_error)


__all__ = ["CFunction", "Callback", "CallbackType", "FunctionPointer", "Parameter", "Text", "callback"]
