"""From the types of an interface to conversions. Names are resolved when a type that needs them is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from .arrays import ArrayConversion
from .callbacks import CallbackType, FunctionPointer
from .conversions import BOOLEAN, INTEGERS, VOID, Character, Conversion, Integer, Real, Unsupported
from .enums import Enumeration
from .pointers import AnyPointer, PointerTo, Text
from .records import RecordConversion, RecordInfo
from .references import ReferenceTo
from .signatures import Parameter, Signature, identifiers
from .spelling import declaration, spelled

if TYPE_CHECKING:
    from .items import Items

_INTEGERS: dict[tuple[str, int, bool], Conversion] = {}


def scalar(kind: dict[str, Any]) -> Conversion:
    """The conversion of a number or character."""
    key = (kind["name"], kind["size"], kind["kind"] == "character" or kind.get("signed", False))
    known = _INTEGERS.get(key)
    if known is None:
        name, size, signed = kind["name"], kind["size"], kind.get("signed", False)
        if kind["kind"] == "float":
            known = Real(name, size) if size in (4, 8, 16) else Unsupported(name, size)
        elif kind["kind"] == "character":
            known = Character(name, size, signed)
        elif (size, signed) in INTEGERS:
            known = Integer(name, size, signed)
        else:
            known = Unsupported(name, size)
        if kind["kind"] == "integer":
            _INTEGERS[key] = known
    return known


class Types:
    """The conversions of one library."""

    def __init__(self, items: Items) -> None:
        self.items = items
        self._typedefs: dict[str, Conversion] = {}
        self._records: dict[str, Optional[RecordInfo]] = {}
        self._enums: dict[str, Optional[Enumeration]] = {}

    def conversion(self, kind: dict[str, Any], name: str = "") -> Conversion:
        """The conversion of a type. `name`: what to call a function pointer."""
        what = kind["kind"]
        if what in ("integer", "float", "character"):
            return scalar(kind)
        if what == "void":
            return VOID
        if what == "bool":
            return BOOLEAN
        if what == "pointer":
            return self._pointer(kind, name)
        if what == "reference":
            target = self.conversion(kind["to"])
            rvalue = kind.get("rvalue", False)
            return ReferenceTo(spelled(kind), target, rvalue or self._constant(kind["to"]))
        if what == "typedef":
            return self.typedef(kind["name"])
        if what == "record":
            info = self.record(kind["name"])
            return info.conversion if info else Unsupported(spelled(kind), 0)
        if what == "enum":
            return self.enumeration(kind["name"]) or scalar(
                {"kind": "integer", "name": "int", "size": 4, "signed": True}
            )
        if what == "array":
            element = self.conversion(kind["of"])
            if isinstance(element, RecordConversion):
                element.info.complete()  # ctypes has to know the size.
            return ArrayConversion(element, kind.get("length", 0))
        if what == "function":
            return FunctionPointer(self.callback_type(kind, name or spelled(kind)), nonnull=False)
        return Unsupported(spelled(kind), self._size(kind))

    def _size(self, kind: dict[str, Any]) -> int:
        if kind["kind"] == "vector":
            of = self.conversion(kind["of"])
            return int(kind["length"] * getattr(of, "size", 1))
        return int(kind.get("size", 0))

    def _bare(self, kind: dict[str, Any]) -> dict[str, Any]:
        """A type without the typedefs around it; qualifiers are those of all of them."""
        constant = kind.get("const", False)
        while kind["kind"] == "typedef":
            found = self.items.interface.describe(kind["name"], "typedef")
            if not found:
                break
            kind = found[0]["type"]
            constant = constant or kind.get("const", False)
        return {**kind, "const": True} if constant and not kind.get("const") else kind

    def _constant(self, kind: dict[str, Any]) -> bool:
        """Whether what is of a type is not to be written: an array is what its elements are."""
        bare = self._bare(kind)
        return bool(bare.get("const")) or (bare["kind"] == "array" and self._constant(bare["of"]))

    def _pointer(self, kind: dict[str, Any], name: str) -> Conversion:
        nonnull = kind.get("nullability") == "nonnull"
        bare = self._bare(kind["to"])
        constant = self._constant(bare)
        if bare["kind"] == "function":
            if kind["to"]["kind"] == "typedef":
                name = kind["to"]["name"]
            return FunctionPointer(self.callback_type(bare, name or spelled(kind)), nonnull)
        if bare["kind"] == "void":
            return AnyPointer(spelled(kind), constant, nonnull)
        target = self.conversion(kind["to"])
        if target.ctype is None or isinstance(target, Unsupported):
            return AnyPointer(spelled(kind), constant, nonnull)
        if isinstance(target, Character) and target.size == 1:
            return Text(spelled(kind), target, constant, nonnull)
        return PointerTo(spelled(kind), target, constant, nonnull)

    def callback_type(
        self, kind: dict[str, Any], name: str, documentation: Optional[str] = None
    ) -> CallbackType:
        """The type of a pointer to such functions."""
        return CallbackType(self.items.loaded, self.signature({**kind, "name": name}), documentation)

    def signature(self, function: dict[str, Any]) -> Signature:
        """What a function, or a function pointer, takes and gives."""
        listed = function["parameters"]
        names = identifiers([parameter.get("name", "") for parameter in listed])
        parameters = [
            Parameter(name, self.conversion(parameter["type"]), parameter.get("default"))
            for name, parameter in zip(names, listed)
        ]
        return Signature(
            function["name"],
            parameters,
            self.conversion(function["result"]),
            function.get("variadic", False),
            declaration(function),
        )

    def typedef(self, name: str) -> Conversion:
        """What a typedef's name stands for."""
        known = self._typedefs.get(name)
        if known is None:
            found = self.items.interface.describe(name, "typedef")
            known = self.conversion(found[0]["type"], name) if found else Unsupported(name, 0)
            if isinstance(known, FunctionPointer):
                known.type.__doc__ = "\n\n".join(
                    filter(None, [spelled(found[0]["type"], name), found[0].get("documentation")])
                )
            self._typedefs[name] = known
        return known

    def record(self, name: str) -> Optional[RecordInfo]:
        """A record; None when the interface has none of this name."""
        if name not in self._records:
            with self.items.lock:
                if name not in self._records:
                    found = self.items.interface.describe(name, "record")
                    self._records[name] = RecordInfo(self.items, found[0]) if found else None
        return self._records[name]

    def enumeration(self, name: str) -> Optional[Enumeration]:
        """An enumeration; None when the interface has none of this name."""
        if name not in self._enums:
            with self.items.lock:
                if name not in self._enums:
                    found = self.items.interface.describe(name, "enum")
                    self._enums[name] = self._enumeration(found[0]) if found else None
        return self._enums[name]

    def _enumeration(self, description: dict[str, Any]) -> Optional[Enumeration]:
        bare = self._bare(description["type"])
        integer = scalar(bare) if bare["kind"] in ("integer", "character") else None
        if isinstance(integer, Character):
            integer = Integer(integer.spelling, integer.size, integer.signed)
        if not isinstance(integer, Integer):
            integer = Integer("bool", 1, False) if bare["kind"] == "bool" else None
        if integer is None:
            return None
        name = description["name"]
        listed = "\n".join(
            f"    {value['name']}: {value['documentation']}"
            for value in description["values"]
            if "documentation" in value
        )
        heading = f"enum {name}"
        comment = description.get("documentation")
        documentation = "\n\n".join(filter(None, [heading, comment, listed]))
        values = [(value["name"], int(value["value"])) for value in description["values"]]
        return Enumeration(name, integer, values, self.items.module, documentation)
