"""What the names of a library stand for in Python: functions, classes, enumerations, constants, variables."""

from __future__ import annotations

import ctypes
from functools import partial
from typing import Any, Optional

from .arrays import ArrayConversion, unbounded
from .callbacks import FunctionPointer
from .conversions import VOID, Character, Conversion
from .enums import Enumeration
from .errors import SymbolError, UnsupportedError
from .functions import Thunk, Variant, function, unsupported
from .interface import Interface
from .loaded import Loaded
from .overloads import Overloads
from .pointers import PointerTo, StandardString, Text
from .records import RecordConversion, RecordInfo
from .signatures import Parameter, Signature, identifiers
from .spelling import spelled
from .types import Types, scalar
from .variables import Variable

_ORDER = ["function", "record", "enum", "enumerator", "constant", "variable", "typedef"]
MISSING: Any = object()
"""For names that there are not; a constant may be None."""

_CHAR = {"kind": "character", "name": "char", "size": 1, "signed": True}


class Items:
    """The names of one library, made into Python objects when they are first used."""

    def __init__(self, loaded: Loaded, interface: Interface) -> None:
        self.loaded = loaded
        self.interface = interface
        self.module = loaded.name
        self.lock = loaded.lock
        self.types = Types(self)
        self.record = self._record
        self.conversion = self.types.conversion
        self._string = StandardString(scalar(_CHAR))  # type: ignore[arg-type]
        self._functions: dict[str, Any] = {}
        self._addresses: dict[str, int] = {}

    @property
    def cxx(self) -> bool:
        """Whether names may be qualified: C++."""
        if self._cxx is None:
            self._cxx = "::" in self.interface.name_lines()
        return self._cxx

    _cxx: Optional[bool] = None
    missing = MISSING
    _free: Any = None

    def thunk_free(self, address: int) -> None:
        """Frees a text that a thunk made."""
        if self._free is None:
            name = self.loaded.target(lambda: self.address("nlib_thunk_free"), None)
            self._free = name
        self.loaded.namespace[self._free](ctypes.c_void_p(address))

    def address(self, symbol: str) -> int:
        """The address of a function, variable or thunk."""
        self.loaded.require()
        return self.interface.symbol(symbol)

    def _record(self, name: str) -> RecordInfo:
        info = self.types.record(name)
        if info is None:
            raise SymbolError(f"`{name}` is no structure, union or class of `{self.module}`")
        return info

    # ---- Names ------------------------------------------------------------------------------------

    def lookup(self, name: str) -> Any:
        """What a qualified name stands for; MISSING when the interface does not have it."""
        if "\0" in name:
            return MISSING  # C would see a shorter one.
        kind: Optional[str] = None
        for prefix, known in (
            ("struct ", "record"),
            ("union ", "record"),
            ("class ", "record"),
            ("enum ", "enum"),
        ):
            if name.startswith(prefix):
                name, kind = name[len(prefix) :], known
        plain, _, parameters = name.partition("(")
        if parameters and plain:
            return self._chosen(plain.strip(), parameters.rstrip(") "))
        found = self.interface.describe(name, kind)
        if not found:
            return MISSING
        first = min((item["item"] for item in found), key=_ORDER.index)
        items = [item for item in found if item["item"] == first]
        return self._made(first, name, items)

    def _made(self, kind: str, name: str, items: list[dict[str, Any]]) -> Any:
        item = items[0]
        if kind == "function":
            return self.function(name, items)
        if kind == "record":
            info = self._record(name)
            info.complete()
            return info.cls
        if kind == "enum":
            enumeration = self.types.enumeration(name)
            return enumeration.cls if enumeration else MISSING
        if kind == "enumerator":
            enumeration = self.types.enumeration(item["enum"])
            return enumeration.give(int(item["value"])) if enumeration else int(item["value"])
        if kind == "constant":
            return self.constant(item["type"], item["value"])
        if kind == "variable":
            return Variable(
                name,
                unbounded(self.conversion(item["type"])),
                self.types._constant(item["type"]),
                partial(self.address, item["symbol"]),
            )
        conversion = self.types.typedef(name)
        if isinstance(conversion, FunctionPointer):
            return conversion.type
        if isinstance(conversion, RecordConversion):
            conversion.info.complete()
        return conversion.cls if isinstance(conversion, Enumeration) else conversion.ctype

    def _chosen(self, name: str, parameters: str) -> Any:
        """The overload with these types of parameters."""
        wanted = "".join(parameters.split())
        functions = self.interface.describe(name, "function")
        for item in functions:
            if "".join(",".join(spelled(p["type"]) for p in item["parameters"]).split()) == wanted:
                return self.function(f"{name}({parameters})", [item])
        return MISSING

    def constant(self, kind: dict[str, Any], value: Any) -> Any:
        """The value of a constant."""
        conversion = self.conversion(kind)
        if isinstance(conversion, RecordConversion):
            conversion.info.complete()
            made = conversion.ctype.__new__(conversion.ctype)
            fields = conversion.info.description["fields"]
            for field, item in zip(fields, value):
                if field.get("name"):
                    conversion.info.fields[field["name"]].__set__(made, self.constant(field["type"], item))
            return made
        if isinstance(conversion, ArrayConversion):
            return value if isinstance(value, str) else [self.constant(kind["of"], item) for item in value]
        if isinstance(conversion, Text):
            return value if isinstance(value, str) or value is None else str(value)
        if isinstance(conversion, Enumeration):
            return conversion.give(int(value))
        if isinstance(conversion, Character):
            return conversion.give(conversion.take(int(value)))
        if conversion.hint is float:
            return float(value)
        if conversion.hint is bool:
            return bool(value)
        if conversion.hint is int:
            return int(value)
        if (
            isinstance(conversion, FunctionPointer)
            or isinstance(conversion, PointerTo)
            or conversion.ctype is not None
        ):
            return self._pointer_constant(conversion, value)
        return value

    def _pointer_constant(self, conversion: Conversion, value: Any) -> Any:
        from .pointers import VoidPointer, at

        number = int(value) & (1 << 8 * ctypes.sizeof(ctypes.c_void_p)) - 1
        if isinstance(conversion, FunctionPointer):
            return conversion.give(number)
        if isinstance(conversion, PointerTo):
            return at(conversion.type, number) if number else None
        return VoidPointer(number) if number else None

    def names_within(self, name: str) -> set[str]:
        """The last parts of the names that begin with `name::`."""
        prefix = f"\n{name}::"
        lines = self.interface.name_lines()
        found = set()
        start = lines.find(prefix)
        while start >= 0:
            end = lines.index("\n", start + 1)
            rest = lines[start + len(prefix) : end]
            found.add(rest.split("::")[0])
            start = lines.find(prefix, end)
        return {part for part in found if part.isidentifier()}

    def is_namespace(self, name: str) -> bool:
        """Whether names begin with `name::`."""
        return f"\n{name}::" in self.interface.name_lines()

    # ---- Functions --------------------------------------------------------------------------------

    def function(self, name: str, items: list[dict[str, Any]]) -> Any:
        """A function, or all overloads of one name as one."""
        known = self._functions.get(name)
        if known is None:
            with self.lock:
                problems: list[UnsupportedError] = []
                made = []
                for item in items:
                    try:
                        made.append(self._single(item))
                    except UnsupportedError as error:
                        problems.append(error)
                if not made:
                    raise problems[0]
                known = made[0] if len(made) == 1 else Overloads(name, made)
                self._functions[name] = known
        return known

    def _single(self, item: dict[str, Any]) -> Any:
        signature = self.types.signature(item)
        method = item.get("method")
        own: list[Parameter] = []
        if method and method["kind"] != "static":
            record = self._record(method["record"])
            constant = "const " if method.get("const") else ""
            own = [Parameter("self", PointerTo(f"{constant}{record.name} *", record.conversion, True, True))]
            names = identifiers(["self", *(p.name for p in signature.parameters)])[1:]
            others = [p._replace(name=name) for p, name in zip(signature.parameters, names)]
            signature = signature._replace(parameters=[*own, *others])
        return function(self.loaded, *self._variants(item, signature, len(own)), self._documentation(item))

    def _variants(
        self, item: dict[str, Any], signature: Signature, own: int
    ) -> tuple[Signature, list[Variant]]:
        """The ways to call a function, the one with the fewest arguments first."""
        thunk = item.get("thunk")
        problem = unsupported(signature)
        variants: dict[int, Variant] = {}
        if thunk:
            parameters = [
                p._replace(conversion=self._string) if way == "string" else p
                for p, way in zip(signature.parameters[own:], thunk["pass"])
            ]
            adapted = signature._replace(parameters=[*signature.parameters[:own], *parameters])
            if thunk["returns"] == "string":
                adapted = adapted._replace(result=self._string)
            how = Thunk(["value"] * own + thunk["pass"], thunk["returns"], thunk.get("throws", False))
            reason = self._unsupported_by_thunk(adapted, how)
            if reason is None:
                for one in thunk["symbols"]:
                    symbol = one["symbol"]
                    count: int = own + one["arguments"]
                    variants[count] = Variant(count, partial(self.address, symbol), how)
                signature = adapted
            problem = problem or reason
        elif problem is None and not item.get("direct"):
            problem = "it cannot be called through C"
        whole = len(signature.parameters)
        if item.get("direct") and not (thunk and thunk.get("throws")) and unsupported(signature) is None:
            variants[whole] = Variant(whole, partial(self.address, item["symbol"]), None)
        if not variants and not thunk and not item.get("direct"):
            self.loaded.symbol(item["symbol"])  # Raises SymbolError: declared, but not there.
        if not variants:
            raise UnsupportedError(f"{item['name']} cannot be called from Python: {problem}")
        smallest = min(variants)
        listed = [
            p if index >= smallest else p._replace(default=None)
            for index, p in enumerate(signature.parameters)
        ]
        return signature._replace(parameters=listed), [variants[count] for count in sorted(variants)]

    def _unsupported_by_thunk(self, signature: Signature, thunk: Thunk) -> Optional[str]:
        """Why a thunk cannot be called: what it passes as it is declared may have no form in ctypes."""
        plain = [p for p, way in zip(signature.parameters, thunk.passes) if way == "value"]
        result = signature.result if thunk.returns == "value" else VOID
        return unsupported(signature._replace(parameters=plain, result=result))

    def _documentation(self, item: dict[str, Any]) -> str:
        parts = [self.types.signature(item).declaration]
        if item.get("documentation"):
            parts.append(item["documentation"])
        if "deprecated" in item:
            parts.append(f"Deprecated. {item['deprecated']}".rstrip())
        if "location" in item:
            parts.append(f"{item['location']['file']}:{item['location']['line']}")
        return "\n\n".join(parts)

    # ---- Classes ----------------------------------------------------------------------------------

    def _special(self, record: str, kind: str) -> Any:
        last = record.rpartition("::")[2].partition("<")[0]
        name = f"{record}::{'~' if kind == 'destructor' else ''}{last}"
        items = [
            item
            for item in self.interface.describe(name, "function")
            if item.get("method", {}).get("kind") == kind and item.get("thunk")
        ]
        return self.function(name, items) if items else None

    def constructor(self, record: str) -> Any:
        """What makes an object of a class in memory that is its first argument; None without one."""
        return self._special(record, "constructor")

    def destructor(self, record: str) -> Any:
        """What ends an object of a class; None without one."""
        return self._special(record, "destructor")

    def class_member(self, info: RecordInfo, name: str) -> Any:
        """A method, static method, nested type or constant of a class or of its base classes; MISSING without one."""
        if not self.cxx:
            return MISSING
        found = self.lookup(f"{info.name}::{name}")
        if found is MISSING:
            inherited = (self.class_member(base, name) for base, _ in info.bases)
            return next((member for member in inherited if member is not MISSING), MISSING)
        items = self.interface.describe(f"{info.name}::{name}", "function")
        if items and all(item.get("method", {}).get("kind") == "static" for item in items):
            return staticmethod(found)
        return found

    def class_variable(self, info: RecordInfo, name: str) -> Optional[Variable]:
        """A static variable of a class or of its base classes; None without one."""
        if not self.cxx:
            return None
        full = f"{info.name}::{name}"
        found = self.interface.describe(full, "variable")
        if found:
            made: Variable = self._made("variable", full, found)
            return made
        inherited = (self.class_variable(base, name) for base, _ in info.bases)
        return next((variable for variable in inherited if variable is not None), None)

    def passes_by_value(self, ctype: Any) -> bool:
        """Whether ctypes passes records with such a field by value as the compiler does."""
        info = getattr(ctype, "_info_", None)
        if isinstance(info, RecordInfo):
            return info.by_value
        if issubclass(ctype, ctypes.Array):
            return self.passes_by_value(ctype._type_)
        return ctype is not ctypes.c_longdouble and not issubclass(ctype, (ctypes.Structure, ctypes.Union))
