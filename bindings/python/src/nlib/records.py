"""Structures, unions and classes as classes of ctypes whose attributes are the fields.

A class is made when its name is first used, its fields when it is first needed as more than a pointer's
target: headers refer to far more records than a program looks into.
"""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Optional

from .arrays import flexible
from .conversions import Conversion, Mismatch, described
from .errors import HandleError, UnloadedError
from .fields import Field, bit_field, block_field, inner_field, native_field
from .layout import Place, attribute, layout, own_name
from .pointers import Pointer, Text, keep_copied, keep_stored, owner, require_alive
from .variables import Variable

if TYPE_CHECKING:
    from .items import Items


class _Members:
    """What the classes of structures and of unions have in common."""

    _info_: RecordInfo

    def __call__(cls, /, *arguments: Any, **named: Any) -> Any:
        cls._info_.complete()
        return super().__call__(*arguments, **named)  # type: ignore[misc]

    def __getattr__(cls, name: str) -> Any:
        # The parents have no `_info_`, and ctypes asks for names of its own such as `_fields_`.
        info = type.__getattribute__(cls, "__dict__").get("_info_")
        if info is None or (name.startswith("_") and name.endswith("_")):
            raise AttributeError(name)
        return info.member(name)

    def __setattr__(cls, name: str, value: Any) -> None:
        info = type.__getattribute__(cls, "__dict__").get("_info_")
        if info is not None and info._complete and name not in cls.__dict__:
            variable = info.items.class_variable(info, name)
            if variable is not None:
                variable.write(value)
                return
        super().__setattr__(name, value)

    def _nlib_set(cls, name: str, value: Any) -> None:
        """Sets an attribute of the class itself, which is no variable of C++."""
        super().__setattr__(name, value)

    def __dir__(cls) -> list[str]:
        return sorted({*type.__dir__(cls), *cls._info_.member_names()})


class StructureMembers(_Members, type(ctypes.Structure)):  # type: ignore[misc]
    """The class of structures' classes."""


class UnionMembers(_Members, type(ctypes.Union)):  # type: ignore[misc]
    """The class of unions' classes."""


_SLOTS = ("_holder", "_kept", "_owned")
"""What memory a record lies in that is another object's; what it keeps; whether Python ends it."""


class _Record:
    """What structures and unions have in common."""

    __slots__ = ()
    _info_: RecordInfo
    _ended_ = False
    """Of the class that an object of C++ gets when it is deleted."""

    def __init__(self, /, *arguments: Any, **named: Any) -> None:
        self._info_.initialise(self, arguments, named)

    def __getattr__(self, name: str) -> Any:
        if name in _SLOTS or (name.startswith("__") and name.endswith("__")):
            raise AttributeError(name)
        info = type(self)._info_
        found = info.member(name)
        # A static variable is no attribute of the class.
        return object.__getattribute__(self, name) if name in info.cls.__dict__ else found

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._info_.member_names()})

    def __repr__(self) -> str:
        return _shown(self, follows=not _within_union(self))

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        info = self._info_
        if not info.trivial:
            return ctypes.addressof(self) == ctypes.addressof(other)  # type: ignore[arg-type]
        if info.union or _within_union(self) or _within_union(other):
            return bytes(self) == bytes(other)
        return all(_same_field(self, other, field) for field in info.fields.values())

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Any:
        info = self._info_
        if not info.trivial:
            raise TypeError(f"{info.name} is copied by its C++ copy constructor only")
        made: Any = type(self).__new__(type(self))
        place, start = ctypes.addressof(made), ctypes.addressof(self)  # type: ignore[arg-type]
        ctypes.memmove(place, start, info.size)
        keep_copied(made, place, self, start, info.size)
        return made

    def __deepcopy__(self, memo: Any) -> Any:
        """As `__copy__`: what its pointers lead to is C's to copy."""
        return self.__copy__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError(f"{self._info_.name} cannot be pickled: it is memory of C's, where pointers may be")

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: Any) -> None:
        self._info_.destroy(self)


class Structure(_Record, ctypes.Structure, metaclass=StructureMembers):
    """The parent of structures and classes."""

    __slots__ = _SLOTS


class Union(_Record, ctypes.Union, metaclass=UnionMembers):
    """The parent of unions."""

    __slots__ = _SLOTS


def _within_union(record: Any) -> bool:
    """Whether a record is a union or lies in one: its pointers may be what another member's bytes are."""
    while record is not None:
        if isinstance(record, ctypes.Union):
            return True
        record = owner(record)
    return False


def _shown(record: Any, follows: bool) -> str:
    """A record as text. `follows`: whether its texts are there to be read."""
    shown = []
    for name, field in record._info_.fields.items():
        try:
            shown.append(f"{name}={_shown_field(record, field, follows and not field.in_union)}")
        except (ValueError, TypeError) as error:
            shown.append(f"{name}=<{error}>")
    return f"{record._info_.name}({', '.join(shown)})"


def _shown_field(record: Any, field: Field, follows: bool) -> str:
    if not follows and isinstance(field.conversion, Text):
        address = ctypes.c_void_p.from_address(ctypes.addressof(record) + field.offset).value
        return "None" if address is None else f"<{field.conversion.spelling} {address:#x}>"
    value = field.__get__(record)
    return _shown(value, False) if isinstance(value, _Record) and not follows else repr(value)


def _same_field(one: Any, other: Any, field: Field) -> bool:
    if field.in_union and field.bits is None:
        size = ctypes.sizeof(field.conversion.ctype)
        first, second = (ctypes.string_at(ctypes.addressof(it) + field.offset, size) for it in (one, other))
        return first == second
    return _same(field.__get__(one), field.__get__(other))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, ctypes.Array):
        return len(one) == len(other) and all(_same(a, b) for a, b in zip(one, other))
    return bool(one == other)


def _end(self: Any) -> None:
    """`__del__` of records that have a destructor."""
    if getattr(self, "_owned", False):
        with contextlib.suppress(UnloadedError):  # The destructor is gone with the code that made it.
            self._info_.end(self)


def _ended_get(self: Any, name: str) -> Any:
    if name in _SLOTS or (name.startswith("_") and name.endswith("_")):
        return object.__getattribute__(self, name)
    raise HandleError(f"this {self._info_.name} was deleted")


def _ended_set(self: Any, name: str, value: Any) -> None:
    raise HandleError(f"this {self._info_.name} was deleted")


def _ended_class(kind: Any) -> Any:
    """The class that an object gets when it is deleted: using it raises HandleError."""
    made = _ended_classes.get(kind)
    if made is None:
        content = {
            "__slots__": (),
            "__module__": kind.__module__,
            "__getattribute__": _ended_get,
            "__setattr__": _ended_set,
            "__repr__": lambda self: f"<{self._info_.name}, deleted>",
            "_ended_": True,
        }
        made = _ended_classes[kind] = type(kind)(kind.__name__, (kind,), content)
    return made


_ended_classes: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


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
        self.attributes: dict[str, str] = {}
        """Names of fields by what Python calls them, where that is something else."""
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
        kind: Any = type(parent)
        self.cls: Any = kind(self.name.rpartition("::")[2], (parent,), content)
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
                place = Place(f"_base{number}_", info.cls, base["offset"])
                places.append(place)
                unnamed.append((place, info))
        for number, field in enumerate(self.description["fields"]):
            conversion = flexible(items.conversion(field["type"]))
            if isinstance(conversion, RecordConversion):
                conversion.info.complete()
            if "bits" not in field:
                name = own_name(field["name"]) if field.get("name") else f"_unnamed{number}_"
                place = Place(name, conversion.ctype, field["offset"])
                places.append(place)
                if not field.get("name") and isinstance(conversion, RecordConversion):
                    unnamed.append((place, conversion.info))
            if field.get("name") and not field.get("private"):
                named.append((field["name"], conversion, field))

        found = layout(places, self.size, self.alignment, self.union)
        self.by_value = (
            found.natural
            and not self.union
            and self.trivial
            and all(items.passes_by_value(ctype) for _, ctype in found.fields)
        )
        self.cls._fields_ = found.fields
        raws = dict(self.cls.__dict__)

        made: dict[str, tuple[int, Field]] = {}
        for place, info in unnamed:
            outer = (
                block_field(record, place.name, info.conversion, place.offset, None)
                if found.block
                else native_field(record, place.name, info.conversion, raws[place.name], None)
            )
            for name, inner in info.fields.items():
                field_made = inner_field(outer, inner)
                made[name] = (field_made.offset, field_made)
        for name, conversion, field in named:
            comment = field.get("documentation")
            if "bits" in field:
                bits = field["bits"]
                field_made = bit_field(record, name, conversion, bits["offset"], bits["width"], comment)
            elif found.block or conversion.by_offset:
                field_made = block_field(record, name, conversion, field["offset"], comment)
            else:
                field_made = native_field(record, name, conversion, raws[own_name(name)], comment)
            made[name] = (field["offset"], field_made)
        for name, (_, field_made) in sorted(made.items(), key=lambda item: item[1][0]):
            field_made.in_union = field_made.in_union or self.union
            self.fields[name] = field_made
            for shown in attribute(name, Structure):
                if shown != name and shown in made:
                    continue
                setattr(self.cls, shown, field_made)
                if shown != name:
                    self.attributes[shown] = name

    def initialise(self, instance: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        """What `Class(…)` does with new memory."""
        if self.opaque:
            raise TypeError(f"{self.name} is opaque: only the library makes one, and gives a pointer to it")
        construct = self.items.constructor(self.name) if self.items.cxx else None
        if construct is not None and self._by_fields(construct, arguments, named):
            construct(instance)
            self._assign(instance, arguments, named)
        elif construct is not None:
            construct(instance, *arguments, **named)
        elif not self.trivial:
            raise TypeError(f"{self.name} has no constructor that can be called")
        else:
            self._assign(instance, arguments, named)
        if not self.trivial:
            instance._owned = True

    def _by_fields(self, construct: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> bool:
        """Whether values are those of fields, as in C: no constructor takes any, or they are named like fields."""
        signatures = [one.__nlib__.signature for one in getattr(construct, "functions", [construct])]
        if not self.trivial or not any(signature.accepts(1) for signature in signatures):
            return False
        parameters = {parameter.name for signature in signatures for parameter in signature.parameters[1:]}
        return not parameters or (
            not arguments and bool(named) and set(named) <= set(self.fields) - parameters
        )

    def _assign(self, instance: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        if len(arguments) > len(self.fields):
            raise TypeError(
                f"{self.name}() takes at most {len(self.fields)} values ({', '.join(self.fields)}), "
                f"{len(arguments)} were given"
            )
        for name, value in zip(self.fields, arguments):
            if name in named:
                raise TypeError(f"{self.name}(): `{name}` is given twice")
            self.fields[name].__set__(instance, value)
        for name, value in named.items():
            field = name if name in self.fields else self.attributes.get(name, "")
            if not field:
                raise TypeError(self._no_member(name, "field"))
            self.fields[field].__set__(instance, value)

    def destroy(self, instance: Any) -> None:
        """Ends an object by its destructor, once; its memory stays Python's, and using it raises HandleError."""
        if not self.trivial and getattr(instance, "_owned", False):
            kind = _ended_class(type(instance))
            try:
                self.end(instance)
            finally:
                instance.__class__ = kind

    def end(self, instance: Any) -> None:
        """Calls the destructor of an object that is Python's."""
        instance._owned = False
        end = self.items.destructor(self.name) if self.items.loaded.alive else None
        if end is not None:
            end(instance)

    def member(self, name: str) -> Any:
        """A method, static method, nested type or constant; it becomes an attribute of the class."""
        self.complete()
        if name in self.cls.__dict__:
            return getattr(self.cls, name)
        found = self.items.class_member(self, name)
        if found is self.items.missing:
            raise AttributeError(self._no_member(name, "field or method" if self.items.cxx else "field"))
        if isinstance(found, Variable):
            return found.read()
        self.cls._nlib_set(name, found)
        return getattr(self.cls, name)

    def member_names(self) -> set[str]:
        """Everything that the header declares in it."""
        self.complete()
        own = self.items.names_within(self.name) if self.items.cxx else set()
        return {*self.fields, *own}.union(*(base.member_names() for base, _ in self.bases))

    def _no_member(self, name: str, what: str) -> str:
        near = [shown for shown, field in self.attributes.items() if field == name] or (
            difflib.get_close_matches(name, self.member_names(), 3)
        )
        hint = (
            f"; did you mean {', '.join(near)}?" if near else f"; it has {', '.join(self.fields) or 'none'}"
        )
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


def _aligned(cls: Any, /, *_: Any, **__: Any) -> Any:
    """`__new__` for what ctypes would not align enough: its own memory is aligned to 16 bytes."""
    info = cls._info_
    memory = (ctypes.c_ubyte * (info.size + info.alignment))()
    made = type(cls).from_buffer(cls, memory, -ctypes.addressof(memory) % info.alignment)
    made._holder = memory
    return made


class RecordConversion(Conversion):
    """A record by value."""

    scalar = False
    holds = True

    def __init__(self, info: RecordInfo) -> None:
        self.info = info
        self.spelling = info.name
        self.ctype = self.parameter = self.result = self.hint = info.cls

    def take(self, value: Any) -> Any:
        if isinstance(value, self.ctype):
            require_alive(value)
            return value
        if isinstance(value, ctypes._Pointer) and issubclass(value._type_, self.ctype):
            return value.contents
        if isinstance(value, dict):
            return self.ctype(**value)
        if isinstance(value, (tuple, list)):
            return self.ctype(*value)
        offset = self.base_offset(type(value))
        if offset is not None and self.info.trivial:
            made = self.zero()
            start, size = ctypes.addressof(value) + offset, self.info.size
            ctypes.memmove(ctypes.addressof(made), start, size)
            keep_copied(made, ctypes.addressof(made), value, start, size)
            return made
        raise Mismatch(f"a {self.spelling} is needed, not {described(value)}")

    def store(self, value: Any) -> Any:
        if not self.info.trivial:
            raise Mismatch(
                f"a {self.spelling} is copied by its C++ copy constructor and operator= only, not byte by byte"
            )
        return self.take(value)

    def cost(self, value: Any) -> Optional[int]:
        if isinstance(value, self.ctype):
            return 0
        known = super().cost(value)
        return None if known is None else 2

    def quick(self, name: str, add: Callable[[Any], str]) -> list[str]:
        return [f"if _n_type({name}) is not {add(self.ctype)}: raise _n_Slow"]

    def zero(self) -> Any:
        return self.ctype.__new__(self.ctype)

    def read(self, instance: Any) -> Any:
        return instance

    def complete(self) -> None:
        self.info.complete()

    def is_like(self, record: Any) -> bool:
        info = getattr(record, "_info_", None)
        if not isinstance(info, RecordInfo) or info.name != self.info.name:
            return False
        # Libraries that use each other's types: one may only know the name.
        return (
            info.opaque
            or self.info.opaque
            or (info.size, info.alignment) == (self.info.size, self.info.alignment)
        )

    def base_offset(self, record: Any) -> Optional[int]:
        info = getattr(record, "_info_", None)
        return info.base_offset(self.info) if isinstance(info, RecordInfo) else None

    @property
    def pointer(self) -> Any:
        if self._pointer is None:
            name = f"Pointer[{self.spelling}]"
            content = {"_type_": self.ctype, "_conversion": self, "__module__": "nlib", "__qualname__": name}
            kind: Any = type(Pointer)
            made: Any = kind(name, (RecordPointer,), content)
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
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        if not self:
            raise AttributeError(f"{name}: the pointer is NULL")
        return getattr(self.contents, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "contents":
            _contents_of.__set__(self, value)
        else:
            contents = self.contents
            contents._info_.complete()
            setattr(contents, name, value)

    def __setitem__(self, index: int, value: Any) -> None:
        self._conversion.complete()
        stored = self._conversion.store(value)
        _plain.__setitem__(self, index, stored)
        address = int(self) + index * ctypes.sizeof(self._type_)
        keep_stored(self._conversion, self, address, value, stored)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._conversion.info.member_names()})  # type: ignore[attr-defined]


_plain: Any = ctypes._Pointer
_contents_of = _plain.contents


def _complete_contents(self: Any) -> Any:
    self._conversion.info.complete()
    return _contents_of.__get__(self)


def _complete_item(self: Any, index: Any) -> Any:
    self._conversion.info.complete()
    return _plain.__getitem__(self, index)
