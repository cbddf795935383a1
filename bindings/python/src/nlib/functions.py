"""Python functions that call C: written as source for each, so that a call costs little more than ctypes'.

    def kit_add(a, b):
        try:
            if not -2147483648 <= a <= 2147483647: raise _n_Slow
            if not -2147483648 <= b <= 2147483647: raise _n_Slow
        except _n_SLOW:
            _n_r = _n_1(*_n_2(a, b))
        else:
            try:
                _n_r = _n_1(a, b)
            except _n_ArgumentError:
                _n_r = _n_1(*_n_2(a, b))
        if _n_failed: _n_raise()
        return _n_r

The first way takes arguments of the usual types. What it does not take goes the second, through the
conversions, which either know better (a NumPy array, an enumerator's name) or raise an error that says what is
wrong with which parameter. Nothing has been called when an argument is wrong. Every name but those of the
parameters begins with `_n_`, which no parameter's does.
"""

from __future__ import annotations

import ast
import ctypes
import keyword
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import CodeType
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from . import failures
from .conversions import Character, Conversion, Integer, Mismatch, Real, Unsupported, is_bool
from .errors import CxxError, UnsupportedError
from .pointers import ERRORS, AnyPointer, PointerTo, Text, VoidPointer
from .records import RecordConversion
from .signatures import Signature, taken

if TYPE_CHECKING:
    from .loaded import Loaded


class Thunk(NamedTuple):
    """How a generated C function stands for one of C++."""

    passes: list[str]
    """How each argument is passed, `self` first where there is one."""
    returns: str
    throws: bool


class Variant(NamedTuple):
    """One way to call a function: for so many arguments, `self` among them."""

    arguments: int
    address: Callable[[], int]
    thunk: Optional[Thunk]


class Default:
    """In signatures: an argument that was not given. It shows the header's text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


class Item:
    """What `__nlib__` of a generated function holds."""

    def __init__(
        self, loaded: Loaded, signature: Signature, variants: Sequence[Variant], documentation: str
    ) -> None:
        self.loaded = loaded
        self.signature = signature
        self.variants = variants
        self.documentation = documentation
        self.targets: list[str] = []
        """The names of the C functions in the library's namespace."""
        self._raw: Any = None

    def address(self) -> int:
        """Where the function is, for C to call it."""
        self.loaded.require()
        for variant in self.variants:
            if variant.thunk is None:
                return variant.address()
        raise UnsupportedError(f"{self.signature.name} has no form that C could call")

    def raw(self) -> Any:
        """The function with text results as pointers."""
        if self._raw is None:
            result = self.signature.result
            if isinstance(result, Text):
                result = PointerTo(result.spelling, result.character, result.constant, False)
            self._raw = function(
                self.loaded, self.signature._replace(result=result), self.variants, self.documentation
            )
        return self._raw


def function(
    loaded: Loaded, signature: Signature, variants: Sequence[Variant], documentation: str = ""
) -> Any:
    """A Python function that calls one of a library. The variants are in the order of their counts."""
    item = Item(loaded, signature, variants, documentation)
    made = [_variant(loaded, signature, variant, item.targets) for variant in variants]
    whole = len(signature.parameters)
    if len(made) == 1 and variants[0].arguments == whole:
        result = made[0]
    else:
        result = _chooser(loaded, signature, variants, made)
    result.__nlib__ = item
    result.__doc__ = documentation
    result.__annotations__ = {p.name: p.conversion.hint for p in signature.parameters if p.conversion.hint}
    result.__annotations__["return"] = signature.result.hint
    return result


def from_address(loaded: Loaded, signature: Signature, address: int) -> Any:
    """A Python function for a C function of which only the address is known."""
    made = function(loaded, signature, [Variant(len(signature.parameters), lambda: address, None)])
    for name in made.__nlib__.targets:
        loaded.targets[name].rebinds = False
    return made


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name.rpartition("::")[2]) or "function"


@lru_cache(maxsize=512)
def _compiled(source: str, name: str) -> CodeType:
    """Source as code. A library that is loaded again has the same functions."""
    return compile(source, name, "exec")


def _execute(loaded: Loaded, name: str, source: str) -> Any:
    identifier = _identifier(name)
    if not identifier.isidentifier() or keyword.iskeyword(identifier) or not identifier.isascii():
        identifier = "_" + re.sub(r"\W", "_", identifier, flags=re.ASCII)
    code = _compiled(source.replace("def _n_function(", f"def {identifier}(", 1), f"<nlib {loaded.name}>")
    space: dict[str, Any] = {}
    exec(code, loaded.namespace, space)
    (made,) = space.values()
    made.__name__ = name.rpartition("::")[2]
    made.__qualname__ = name.replace("::", ".")
    return made


def _variant(loaded: Loaded, signature: Signature, variant: Variant, targets: list[str]) -> Any:
    """A function that takes exactly the arguments of one variant."""
    add = loaded.add
    parameters = signature.parameters[: variant.arguments]
    names = [parameter.name for parameter in parameters]
    thunk = variant.thunk
    by_pointer = [way == "pointer" for way in thunk.passes] if thunk else [False] * len(parameters)
    quick: list[str] = []
    passed: list[str] = []
    for parameter, pointed in zip(parameters, by_pointer):
        local = f"_n_x{len(passed)}"
        lines = parameter.conversion.quick(local, add)
        if pointed:
            lines.append(f"{local} = _n_byref({local})")
        if any(f"{local} = " in line for line in lines):
            quick.append(f"{local} = {parameter.name}")
            passed.append(local)
        else:  # They only check.
            lines = parameter.conversion.quick(parameter.name, add)
            passed.append(parameter.name)
        quick += lines
    before, after, shown = _result_lines(loaded, signature, thunk)
    prefix = "_n_byref(_n_o), " if thunk and thunk.returns == "pointer" else ""
    suffix = "_n_byref(_n_e)" if thunk and thunk.throws else ""
    result = _restype(signature.result, thunk)
    target = loaded.target(variant.address, result, lazy=thunk is not None)
    targets.append(target)
    listed = "".join(f"{name}, " for name in names)
    more = ", *_n_more" if signature.variadic else ""
    rest = f"*_n_map({add(promoted)}, _n_more), " if signature.variadic else ""
    slow = add(lambda *arguments: taken(signature, arguments, by_pointer))
    quickly = f"_n_r = {target}({prefix}{''.join(f'{name}, ' for name in passed)}{rest}{suffix})"
    slowly = f"_n_r = {target}({prefix}*{slow}({listed}), {rest}{suffix})"
    tried = [
        "try:",
        f"    {quickly}",
        "except _n_ArgumentError:",
        f"    {slowly}",
    ]
    if quick:
        # What is raised while the call runs, by a signal's handler for instance, is no fault of an argument.
        tried = [
            "try:",
            *(f"    {line}" for line in quick),
            "except _n_SLOW:",
            f"    {slowly}",
            "else:",
            *(f"    {line}" for line in tried),
        ]
    source = [
        f"def _n_function({', '.join(names)}{more if names else more[2:]}):",
        *before,
        *(f"    {line}" for line in tried),
        *after,
        "    if _n_failed: _n_raise()",
        f"    return {shown}",
    ]
    return _execute(loaded, signature.name, "\n".join(source))


def _restype(result: Conversion, thunk: Optional[Thunk]) -> Any:
    """What ctypes makes of the result."""
    if thunk and thunk.returns in ("pointer", "string"):
        return None if thunk.returns == "pointer" else ctypes.c_void_p
    return result.result


def _result_lines(
    loaded: Loaded, signature: Signature, thunk: Optional[Thunk]
) -> tuple[list[str], list[str], str]:
    """Lines before and after the call, and the expression of the result."""
    result, add = signature.result, loaded.add
    before: list[str] = []
    after: list[str] = []
    shown = "None" if result.ctype is None else result.shown("_n_r", add)
    if thunk is None:
        return before, after, shown
    if thunk.throws:
        before.append(f"    _n_e = {add(ctypes.c_void_p)}()")
        after.append(f"    if _n_e: {add(lambda error: _throw(loaded, signature.name, error))}(_n_e)")
    if thunk.returns == "pointer":
        info = result.info  # type: ignore[attr-defined]
        info.complete()
        record = add(info.cls)
        before.append(f"    _n_o = {record}.__new__({record})")
        if not info.trivial:
            after.append("    _n_o._owned = True")
        shown = "_n_o"
    elif thunk.returns == "string":
        shown = f"{add(lambda address: _owned_text(loaded, address))}(_n_r)"
    return before, after, shown


def _owned_text(loaded: Loaded, address: Optional[int]) -> Optional[str]:
    """The text that a thunk made, which is freed."""
    if address is None:
        return None
    try:
        return ctypes.string_at(address).decode("utf-8", ERRORS)
    finally:
        loaded.thunk_free(address)


def _throw(loaded: Loaded, name: str, error: ctypes.c_void_p) -> None:
    """Raises the C++ exception whose message a thunk left."""
    message = _owned_text(loaded, error.value)
    failures.raise_pending()  # The exception may only be what followed from a callback's.
    raise CxxError(f"{name}(): {message}")


def _chooser(loaded: Loaded, signature: Signature, variants: Sequence[Variant], made: Sequence[Any]) -> Any:
    """A function that calls the variant for the arguments that are given."""
    parameters = signature.parameters
    add = loaded.add
    head, defaults = [], {}
    for parameter in parameters:
        if parameter.default is None:
            head.append(parameter.name)
        else:
            default = Default(parameter.default)
            defaults[parameter.name] = add(default)
            head.append(f"{parameter.name}={defaults[parameter.name]}")
    lines = []
    for index in range(len(parameters) - 1, -1, -1):
        # The one before a given one has to be given too, or to be a literal.
        parameter = parameters[index]
        if parameter.default is not None and index + 1 < len(parameters):
            value = literal(parameter.conversion, parameter.default)
            later = parameters[index + 1].name
            if value:
                fill = f"{parameter.name} = {add(value[0])}"
            else:
                problem = (
                    f"{signature.name}(): `{parameter.name}` has to be given before `{later}`, "
                    f"as its default `{parameter.default}` cannot be computed"
                )
                fill = f"raise _n_TypeError({problem!r})"
            hole = f"{parameter.name} is {defaults[parameter.name]} and {later} is not {defaults[later]}"
            lines.append(f"    if {hole}: {fill}")
    smallest = variants[0].arguments
    for variant, call in sorted(zip(variants, made), key=lambda pair: -pair[0].arguments):
        given = ", ".join(parameter.name for parameter in parameters[: variant.arguments])
        given += ", *_n_more" if signature.variadic else ""
        call_it = f"return {add(call)}({given})"
        if variant.arguments == smallest:
            lines.append(f"    {call_it}")
        else:
            last = parameters[variant.arguments - 1].name
            lines.append(f"    if {last} is not {defaults[last]}: {call_it}")
    more = ["*_n_more"] if signature.variadic else []
    source = [f"def _n_function({', '.join(head + more)}):", *lines]
    return _execute(loaded, signature.name, "\n".join(source))


_INTEGER = re.compile(r"([+-]?(?:0[xX][0-9a-fA-F]+|\d+))[uUlL]*$")
_TEXT = re.compile(r'"[ !#-\[\]-~]*"$')
_REAL = re.compile(r"([+-]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?)[fFlL]?$")


def literal(conversion: Conversion, text: str) -> Optional[tuple[Any]]:
    """The value of a default that is a literal, in a tuple; None where it is an expression."""
    text = text.strip()
    if text in ("true", "false"):
        return (text == "true",)
    if text in ("nullptr", "NULL", "0") and isinstance(conversion, (PointerTo, AnyPointer, Text)):
        return (None,)
    whole = _INTEGER.match(text)
    if whole and isinstance(conversion, (Integer, Character)):
        return (int(whole[1], 0),)
    if isinstance(conversion, Text) and _TEXT.match(text):
        return (ast.literal_eval(text),)
    real = _REAL.match(text)
    if real and isinstance(conversion, Real):
        return (float(real[1]),)
    return None


def promoted(value: Any) -> Any:
    """An argument for `...` as C promotes it: numbers to 64 bits, which the smaller ones are read from too."""
    if is_bool(value):
        return ctypes.c_int(bool(value))
    if isinstance(value, int):
        if -(1 << 63) <= value < 1 << 63:
            return ctypes.c_longlong(value)
        if value < 1 << 64:
            return ctypes.c_ulonglong(value)
        raise OverflowError(f"{value} does not fit 64 bits")
    if isinstance(value, float):
        return ctypes.c_double(value)
    if isinstance(value, str):
        from .pointers import encoded

        return ctypes.c_char_p(encoded(value))
    if isinstance(value, bytes):
        return ctypes.c_char_p(value)
    if isinstance(value, (ctypes.c_float, ctypes.Structure, ctypes.Union)):
        if isinstance(value, ctypes.c_float):
            return ctypes.c_double(value.value)
        return ctypes.byref(value)
    if isinstance(value, (ctypes._SimpleCData, ctypes._Pointer, ctypes.Array)):
        return value
    if hasattr(value, "__index__"):
        return promoted(value.__index__())
    if hasattr(value, "__float__") and not hasattr(value, "__len__"):
        return ctypes.c_double(float(value))
    try:
        return ANY.take(value)
    except Mismatch as error:
        raise TypeError(f"an argument for `...`: {error}") from None


ANY = AnyPointer("void *", False, False)


def unsupported(signature: Signature) -> Optional[str]:
    """Why ctypes cannot call a function as it is declared; None when it can."""
    places = [(f"its parameter `{p.name}`", p.conversion) for p in signature.parameters]
    for place, conversion in [*places, ("its result", signature.result)]:
        if isinstance(conversion, Unsupported):
            return f"{place} is of the type `{conversion.spelling}`, which ctypes does not have"
        if isinstance(conversion, RecordConversion):
            conversion.info.complete()
            if not conversion.info.by_value:
                return f"{place} is `{conversion.spelling}` by value, which ctypes does not pass rightly"
    return None


__all__ = [
    "Item",
    "Thunk",
    "Variant",
    "VoidPointer",
    "from_address",
    "function",
    "literal",
    "promoted",
    "unsupported",
]
