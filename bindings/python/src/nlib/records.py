"""Structures, unions and classes as classes of ctypes whose attributes are the fields.

A class is made when its name is first used, its fields when it is first needed as more than a pointer's
target: headers refer to far more records than a program looks into.
"""

from __future__ import annotations

import ctypes
import difflib
import keyword
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from .conversions import Conversion, Mismatch, described
from .layout import Place, layout
from .pointers import ConvertedPointer, Pointer, at, keep

if TYPE_CHECKING:
    from .items import Items


class Field(property):
    """A field of a record: an attribute, with its place."""

    name: str
    conversion: Conversion
    offset: int
    """In bytes from the start of the record; of a bit-field, the byte that holds its first bit."""
    bits: Optional[tuple[int, int]]
    """Of a bit-field: its first bit from the start of the record, and how many it has."""

    def __repr__(self) -> str:
        bits = f", bits {self.bits[0]} to {sum(self.bits) - 1}" if self.bits else ""
        return f"<field {self.name}: {self.conversion.spelling} at byte {self.offset}{bits}>"


def _field(
    record: str,
    name: str,
    conversion: Conversion,
    offset: int,
    get: Callable[[Any], Any],
    put: Callable[[Any, Any], None],
    documentation: Optional[str],
    bits: Optional[tuple[int, int]] = None,
) -> Field:
    """A field; `put` writes what `conversion.store` gives."""
    store = conversion.store
    points = not conversion.plain and conversion.scalar

    def write(self: Any, value: Any) -> None:
        try:
            stored = store(value)
            put(self, stored)
        except (TypeError, ValueError, OverflowError) as error:
            raise type(error)(f"{record}.{name}: {error}") from None
        if points:
            keep(self, ctypes.addressof(self) + offset, (value, stored))

    made = Field(get, write, doc=documentation)
    made.name, made.conversion, made.offset, made.bits = name, conversion, offset, bits
    return made


def _native_field(record: str, name: str, conversion: Conversion, raw: Any, documentation: Optional[str]) -> Field:
    """A field that ctypes reads and writes."""
    get = raw.__get__
    if not conversion.plain:
        give = conversion.give
        return _field(
            record, name, conversion, raw.offset, lambda self: give(get(self)), raw.__set__, documentation
        )
    return _field(record, name, conversion, raw.offset, get, raw.__set__, documentation)


def _block_field(
    record: str, name: str, conversion: Conversion, offset: int, documentation: Optional[str]
) -> Field:
    """A field that is read at its offset."""
    ctype, read = conversion.ctype, conversion.read

    def get(self: Any) -> Any:
        return read(ctype.from_buffer(self, offset))

    def put(self: Any, stored: Any) -> None:
        value = stored if isinstance(stored, ctype) else ctype(stored)
        ctypes.memmove(ctypes.addressof(self) + offset, ctypes.addressof(value), ctypes.sizeof(ctype))

    return _field(record, name, conversion, offset, get, put, documentation)


def _bit_field(
    record: str, name: str, conversion: Conversion, bit: int, width: int, documentation: Optional[str]
) -> Field:
    """A field of single bits. `conversion` is of its integer, enumeration or bool."""
    first, last = bit // 8, (bit + width + 7) // 8
    shift = bit - 8 * first
    mask = (1 << width) - 1
    integer: Any = conversion
    signed = bool(getattr(integer, "signed", False))
    low, high = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if signed else (0, mask)

    def memory(self: Any) -> Any:
        return (ctypes.c_ubyte * (last - first)).from_address(ctypes.addressof(self) + first)

    def get(self: Any) -> Any:
        value = int.from_bytes(memory(self), "little") >> shift & mask
        if signed and value > high:
            value -= mask + 1
        return conversion.give(conversion.ctype(value).value)

    def put(self: Any, stored: Any) -> None:
        value = int(stored)
        if not low <= value <= high:
            raise OverflowError(f"{value} does not fit {width} bits, which hold {low} to {high}")
        place = memory(self)
        rest = int.from_bytes(place, "little") & ~(mask << shift)
        place[:] = (rest | (value & mask) << shift).to_bytes(len(place), "little")

    return _field(record, name, conversion, first, get, put, documentation, (bit, width))


def _inner_field(outer: Field, inner: Field) -> Field:
    """A field of an unnamed record, or of a base class, as one of the record that holds it."""
    get_outer, get_inner, set_inner = outer.fget, inner.fget, inner.fset
    assert get_outer and get_inner and set_inner
    made = Field(
        lambda self: get_inner(get_outer(self)),
        lambda self, value: set_inner(get_outer(self), value),
        doc=inner.__doc__,
    )
    made.name, made.conversion = inner.name, inner.conversion
    made.offset = outer.offset + inner.offset
    made.bits = inner.bits and (inner.bits[0] + 8 * outer.offset, inner.bits[1])
    return made


class FlexibleArray(Conversion):
    """`T data[]` at the end of a record: a pointer to its first element."""

    scalar = False

    def __init__(self, element: Conversion) -> None:
        self.element = element
        self.spelling = f"{element.spelling} []"
        self.ctype = element.ctype * 0
        self.hint = element.pointer

    def take(self, value: Any) -> Any:
        raise Mismatch("an array without a length cannot be assigned; write its elements")

    def read(self, instance: Any) -> Any:
        return at(self.element.pointer, ctypes.addressof(instance), instance)


class _Members:
    """What the classes of structures and of unions have in common."""

    _info_: RecordInfo

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        cls._info_.complete()
        return super().__call__(*arguments, **named)  # type: ignore[misc]

    def __getattr__(cls, name: str) -> Any:
        # Classes that Python itself makes on the way to a record have no `_info_` yet.
        info = type.__getattribute__(cls, "__dict__").get("_info_")  # type: ignore[arg-type]
        if info is None or name.startswith("__"):
            raise AttributeError(name)
        return info.member(name)

    def __dir__(cls) -> list[str]:
        return sorted({*type.__dir__(cls), *cls._info_.member_names()})  # type: ignore[arg-type]


class StructureMembers(_Members, type(ctypes.Structure)):  # type: ignore[misc]
    """The class of structures' classes."""


class UnionMembers(_Members, type(ctypes.Union)):  # type: ignore[misc]
    """The class of unions' classes."""


class _Record:
    """What structures and unions have in common."""

    __slots__ = ()
    _info_: RecordInfo

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self._info_.initialise(self, arguments, named)

    def __getattr__(self, name: str) -> Any:
        if name in ("_kept", "_owned") or name.startswith("__"):
            raise AttributeError(name)
        type(self)._info_.member(name)
        return object.__getattribute__(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._info_.member_names()})

    def __repr__(self) -> str:
        shown = []
        for name in self._info_.fields:
            try:
                shown.append(f"{name}={getattr(self, name)!r}")
            except (ValueError, TypeError) as error:
                shown.append(f"{name}=<{error}>")
        return f"{self._info_.name}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        if not self._info_.trivial or self._info_.union:
            return ctypes.addressof(self) == ctypes.addressof(other) or (  # type: ignore[arg-type]
                self._info_.trivial and bytes(self) == bytes(other)  # type: ignore[call-overload]
            )
        return all(_same(getattr(self, name), getattr(other, name)) for name in self._info_.fields)

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Any:
        if not self._info_.trivial:
            raise TypeError(f"{self._info_.name} is copied by its C++ copy constructor only")
        made = type(self).from_buffer_copy(self)  # type: ignore[attr-defined]
        kept = getattr(self, "_kept", None)
        if kept:
            distance = ctypes.addressof(made) - ctypes.addressof(self)  # type: ignore[arg-type]
            made._kept = {address + distance: value for address, value in kept.items()}
        return made

    __deepcopy__ = None

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        self._info_.destroy(self)


del _Record.__deepcopy__


class Structure(_Record, ctypes.Structure, metaclass=StructureMembers):
    """The parent of structures and classes."""

    __slots__ = ("_kept", "_owned")


class Union(_Record, ctypes.Union, metaclass=UnionMembers):
    """The parent of unions."""

    __slots__ = ("_kept", "_owned")


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, ctypes.Array):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other))
    return bool(one == other)


def _end(self: Any) -> None:
    """`__del__` of records that have a destructor."""
    if getattr(self, "_owned", False):
        self._info_.destroy(self)


class RecordInfo:
    """A record of a header, and the class that is made of it."""

    def __init__(self, items: Items, description: dict[str, Any]) -> None:
        self.items = items
        self.description = description
        self.name: str = description["name"]
        self.union = description["kind"] == "union"
        self.size: int = description["size"]
        self.alignment: int = description["alignment"]
        self.opaque: bool = description.get("opaque", False)
        self.trivial: bool = description.get("trivial", False) or self.opaque
        self.by_value = False
        self.fields: dict[str, Field] = {}
        """Those that a program uses, by name, without those of unnamed records but with what is in them."""
        self.bases: list[tuple[RecordInfo, int]] = []
        self._complete = False
        content: dict[str, Any] = {
            "__slots__": (),
            "__doc__": self._documentation(),
            "__module__": items.module,
            "__qualname__": self.name.replace("::", "."),
            "_info_": self,
        }
        if not self.trivial:
            content["__del__"] = _end
        if self.alignment > 16:
            content["__new__"] = _aligned
        parent = Union if self.union else Structure
        self.cls: Any = type(parent)(self.name.rpartition("::")[2], (parent,), content)
        self.conversion = RecordConversion(self)

    def _documentation(self) -> str:
        kind = self.description["kind"]
        heading = f"{kind} {self.name}" + ("" if self.opaque else f" ({self.size} bytes)")
        comment = self.description.get("documentation")
        return f"{heading}\n\n{comment}" if comment else heading

    def complete(self) -> None:
        """Makes the fields, once."""
        if not self._complete:
            with self.items.lock:
                if not self._complete:
                    self._make_fields()
                    self._complete = True
                    self.conversion.pointer_is_complete()

    def _make_fields(self) -> None:
        if self.opaque:
            return
        items, record = self.items, self.name
        places: list[Place] = []
        unnamed: list[tuple[Place, RecordInfo]] = []
        named: list[tuple[str, Conversion, dict[str, Any]]] = []
        for number, base in enumerate(self.description.get("bases", ())):
            if "offset" in base:
                info = items.record(base["name"])
                info.complete()
                self.bases.append((info, base["offset"]))
                place = Place(f"_base{number}", info.cls, base["offset"])
                places.append(place)
                unnamed.append((place, info))
        for number, field in enumerate(self.description["fields"]):
            conversion = self._flexible(field["type"]) or items.conversion(field["type"])
            if isinstance(conversion, RecordConversion):
                conversion.info.complete()
            if "bits" not in field:
                name = field.get("name") or f"_unnamed{number}"
                place = Place(name, conversion.ctype, field["offset"])
                places.append(place)
                if not field.get("name") and isinstance(conversion, RecordConversion):
                    unnamed.append((place, conversion.info))
            if field.get("name") and not field.get("private"):
                named.append((field["name"], conversion, field))

        found = layout(places, self.size, self.alignment, self.union)
        self.by_value = found.natural and not self.union and self.trivial and all(
            items.passes_by_value(ctype) for _, ctype in found.fields
        )
        if not found.block:
            self.cls._anonymous_ = tuple(
                place.name for place, info in unnamed if not info.block and place.name not in ()
            )
        self.block = found.block
        self.cls._fields_ = found.fields
        raws = dict(self.cls.__dict__)

        made: dict[str, tuple[int, Field]] = {}
        for place, info in unnamed:
            outer = (
                _block_field(record, place.name, info.conversion, place.offset, None)
                if found.block
                else _native_field(record, place.name, info.conversion, raws[place.name], None)
            )
            for name, inner in info.fields.items():
                raw = raws.get(name)
                if found.block or info.block or inner.bits or raw is None or isinstance(raw, Field):
                    field_made = _inner_field(outer, inner)
                else:
                    field_made = _native_field(record, name, inner.conversion, raw, inner.__doc__)
                made[name] = (field_made.offset, field_made)
        for name, conversion, field in named:
            comment = field.get("documentation")
            if "bits" in field:
                bits = field["bits"]
                field_made = _bit_field(record, name, conversion, bits["offset"], bits["width"], comment)
            elif found.block or isinstance(conversion, FlexibleArray):
                field_made = _block_field(record, name, conversion, field["offset"], comment)
            else:
                field_made = _native_field(record, name, conversion, raws[name], comment)
            made[name] = (field["offset"], field_made)
        for name, (_, field_made) in sorted(made.items(), key=lambda item: item[1][0]):
            self.fields[name] = field_made
            setattr(self.cls, name, field_made)
            if keyword.iskeyword(name):
                setattr(self.cls, name + "_", field_made)

    block = False

    def _flexible(self, kind: dict[str, Any]) -> Optional[Conversion]:
        if kind["kind"] == "array" and "length" not in kind:
            return FlexibleArray(self.items.conversion(kind["of"]))
        return None

    def initialise(self, instance: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        """What `Class(…)` does with new memory."""
        if self.opaque:
            raise TypeError(f"{self.name} is opaque: only the library makes one, and gives a pointer to it")
        construct = self.items.constructor(self.name) if self.items.cxx else None
        if construct is not None and not (named and not arguments and set(named) <= set(self.fields) and self.trivial):
            construct(instance, *arguments, **named)
        elif construct is not None:
            construct(instance)
            self._assign(instance, (), named)
        elif not self.trivial:
            raise TypeError(f"{self.name} has no constructor that can be called")
        else:
            self._assign(instance, arguments, named)
        if not self.trivial:
            instance._owned = True

    def _assign(self, instance: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        if len(arguments) > len(self.fields):
            raise TypeError(
                f"{self.name}() takes at most {len(self.fields)} values ({', '.join(self.fields)}), {len(arguments)} were given"
            )
        for name, value in zip(self.fields, arguments):
            if name in named:
                raise TypeError(f"{self.name}(): `{name}` is given twice")
            setattr(instance, name, value)
        for name, value in named.items():
            field = name if name in self.fields else name.rstrip("_")
            if field not in self.fields:
                raise TypeError(self._no_member(name, "field"))
            setattr(instance, field, value)

    def destroy(self, instance: Any) -> None:
        """Ends an object by its destructor, once; its memory stays Python's."""
        if self.trivial or not getattr(instance, "_owned", False):
            return
        instance._owned = False
        end = self.items.destructor(self.name)
        if end is not None and self.items.loaded.alive:
            end(instance)

    def member(self, name: str) -> Any:
        """A method, static method, nested type or constant; it becomes an attribute of the class."""
        self.complete()
        if name in self.cls.__dict__:
            return getattr(self.cls, name)
        found = self.items.class_member(self, name)
        if found is None:
            raise AttributeError(self._no_member(name, "field or method" if self.items.cxx else "field"))
        setattr(self.cls, name, found)
        return getattr(self.cls, name)

    def member_names(self) -> set[str]:
        """Everything that the header declares in it."""
        self.complete()
        own = self.items.names_within(self.name) if self.items.cxx else set()
        return {*self.fields, *own}.union(*(base.member_names() for base, _ in self.bases))

    def _no_member(self, name: str, what: str) -> str:
        near = difflib.get_close_matches(name, self.member_names(), 3)
        hint = f"; did you mean {', '.join(near)}?" if near else f"; it has {', '.join(self.fields) or 'none'}"
        return f"{self.name} has no {what} `{name}`{hint}"

    def base_offset(self, base: RecordInfo) -> Optional[int]:
        """Where a base class lies in it, in bytes."""
        self.complete()
        for info, offset in self.bases:
            if info is base:
                return offset
            within = info.base_offset(base)
            if within is not None:
                return offset + within
        return None


def _aligned(cls: Any, *_: Any, **__: Any) -> Any:
    """`__new__` for what ctypes would not align enough: its own memory is aligned to 16 bytes."""
    info = cls._info_
    memory = (ctypes.c_ubyte * (info.size + info.alignment))()
    return cls.from_buffer(memory, -ctypes.addressof(memory) % info.alignment)


class RecordConversion(Conversion):
    """A record by value."""

    scalar = False

    def __init__(self, info: RecordInfo) -> None:
        self.info = info
        self.spelling = info.name
        self.ctype = self.parameter = self.result = self.hint = info.cls

    def take(self, value: Any) -> Any:
        if isinstance(value, self.ctype):
            return value
        if isinstance(value, ctypes._Pointer) and issubclass(value._type_, self.ctype):
            return value.contents
        if isinstance(value, dict):
            return self.ctype(**value)
        if isinstance(value, (tuple, list)):
            return self.ctype(*value)
        offset = self.base_offset(type(value))
        if offset is not None and self.info.trivial:
            return self.ctype.from_buffer_copy(value, offset)
        raise Mismatch(f"a {self.spelling} is needed, not {described(value)}")

    def cost(self, value: Any) -> Optional[int]:
        if isinstance(value, self.ctype):
            return 0
        known = super().cost(value)
        return None if known is None else 2

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        return []  # ctypes takes records of the class; all else goes the long way.

    def zero(self) -> Any:
        return self.ctype.__new__(self.ctype)

    def read(self, instance: Any) -> Any:
        return instance

    def base_offset(self, record: Any) -> Optional[int]:
        info = getattr(record, "_info_", None)
        return info.base_offset(self.info) if isinstance(info, RecordInfo) else None

    @property
    def pointer(self) -> Any:
        if self._pointer is None:
            name = f"Pointer[{self.spelling}]"
            content = {"_type_": self.ctype, "_conversion": self, "__module__": "nlib", "__qualname__": name}
            made: Any = type(Pointer)(name, (RecordPointer,), content)
            self._pointer = made
            _register(self.ctype, made)
            if not self.info._complete:
                made.contents = property(_complete_contents)
                made.__getitem__ = _complete_item
        return self._pointer

    def pointer_is_complete(self) -> None:
        """From here on ctypes alone follows the pointer."""
        if self._pointer is not None and "contents" in self._pointer.__dict__:
            del self._pointer.contents
            del self._pointer.__getitem__


def _register(record: Any, pointer: Any) -> None:
    """Makes ctypes.POINTER(record) this class."""
    cache = getattr(ctypes, "_pointer_type_cache", None)
    if cache is not None and not hasattr(ctypes._Pointer, "__pointer_type__"):
        cache[record] = pointer
    else:  # Python 3.14
        record.__pointer_type__ = pointer


class RecordPointer(Pointer):
    """A pointer to a record, which has the record's fields and methods."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or not self:
            raise AttributeError(f"{name}: the pointer is NULL" if not name.startswith("__") else name)
        return getattr(self.contents, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "contents":
            ctypes._Pointer.contents.__set__(self, value)  # type: ignore[attr-defined]
        else:
            contents = self.contents
            contents._info_.complete()
            setattr(contents, name, value)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._conversion.info.member_names()})  # type: ignore[attr-defined]


_contents_of: Any = ctypes._Pointer.contents


def _complete_contents(self: Any) -> Any:
    self._conversion.info.complete()
    return _contents_of.__get__(self)


def _complete_item(self: Any, index: Any) -> Any:
    self._conversion.info.complete()
    return ctypes._Pointer.__getitem__(self, index)


class ArrayConversion(Conversion):
    """An array in a record. It is shown as an array of ctypes, one of `char` as text."""

    scalar = False

    def __init__(self, element: Conversion, length: int) -> None:
        self.element = element
        self.length = length
        self.spelling = f"{element.spelling} [{length}]"
        self.text = type(element).__name__ == "Character"
        if element.plain or self.text:
            self.ctype = element.ctype * length
        else:
            self.ctype = _converted_array(element, length)
        self.plain = not self.text
        self.hint = str if self.text else self.ctype

    def give(self, raw: Any) -> Any:
        if not self.text:
            return raw
        if isinstance(raw, bytes):
            return raw.decode("utf-8", "surrogateescape")
        wide = list(raw)
        return "".join(map(chr, wide[: wide.index(0)] if 0 in wide else wide))

    def read(self, instance: Any) -> Any:
        return self.give(instance.value if isinstance(instance, ctypes.Array) and self.text and self.element.ctype is ctypes.c_char else instance)

    def take(self, value: Any) -> Any:
        if isinstance(value, self.ctype):
            return value
        if self.text and isinstance(value, (str, bytes)):
            return self._text(value)
        if isinstance(value, (list, tuple)):
            if len(value) != self.length:
                raise Mismatch(f"{self.length} values are needed, not {len(value)}")
            made = self.ctype()
            for index, item in enumerate(value):
                made[index] = self.element.store(item)
            return made
        from .buffers import lends, lent

        if lends(value):
            memory = lent(value, self.element, False)
            if memory.size != ctypes.sizeof(self.ctype):
                raise Mismatch(f"{self.spelling} is {ctypes.sizeof(self.ctype)} bytes, the buffer has {memory.size}")
            return self.ctype.from_buffer_copy(ctypes.string_at(memory.address, memory.size))
        raise Mismatch(f"{self.length} values of `{self.element.spelling}` are needed, not {described(value)}")

    def _text(self, value: Any) -> Any:
        if self.element.ctype is ctypes.c_char:
            data: Any = value.encode("utf-8", "surrogateescape") if isinstance(value, str) else value
        else:
            data = [ord(character) for character in value] if isinstance(value, str) else list(value)
        if len(data) > self.length:
            raise Mismatch(f"{described(value)} does not fit {self.spelling}")
        made = self.ctype()
        if isinstance(data, bytes):
            ctypes.memmove(made, data, len(data))
        else:
            made[: len(data)] = data
        return made


def _converted_array(element: Conversion, length: int) -> Any:
    """An array whose elements are not what ctypes takes them for."""

    def get(self: Any, index: Any) -> Any:
        raw = ctypes.Array.__getitem__(self, index)
        return [element.give(item) for item in raw] if isinstance(index, slice) else element.give(raw)

    def put(self: Any, index: int, value: Any) -> None:
        stored = element.store(value)
        ctypes.Array.__setitem__(self, index, stored)
        size = ctypes.sizeof(element.ctype)
        keep(self, ctypes.addressof(self) + index % length * size, (value, stored))

    content = {"_type_": element.ctype, "_length_": length, "__getitem__": get, "__setitem__": put}
    return type(ctypes.Array)(f"{element.spelling}[{length}]", (ctypes.Array,), content)
