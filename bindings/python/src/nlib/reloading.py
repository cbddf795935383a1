"""What stays of a library's functions and types when it is loaded anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .interface import Interface
from .items import Items

_Key = tuple[str, str]
"""A kind ("function", "record", "enum", "typedef") and a name."""


def _essence(description: Any) -> Any:
    """What matters of a description: neither where it stands nor its comments."""
    if isinstance(description, dict):
        return {
            key: _essence(value)
            for key, value in description.items()
            if key not in ("location", "documentation", "deprecated")
        }
    if isinstance(description, list):
        return [_essence(item) for item in description]
    return description


def _named(description: Any) -> set[_Key]:
    """The types that a description names."""
    if isinstance(description, list):
        return set().union(*map(_named, description))
    if not isinstance(description, dict):
        return set()
    found = _named(list(description.values()))
    if description.get("kind") in ("record", "enum", "typedef"):
        found.add((description["kind"], description["name"]))
    if "method" in description:
        found.add(("record", description["method"]["record"]))
    return found


def _changed(old: Interface, new: Interface, asked: Iterable[_Key]) -> set[_Key]:
    """Which of these functions and types, and of what they use, are others now, or use what is."""
    uses: dict[_Key, set[_Key]] = {}
    waiting = list(asked)
    changed = set()
    while waiting:
        kind, name = key = waiting.pop()
        if key not in uses:
            description = old.describe(name, kind)
            uses[key] = _named(description)
            waiting += uses[key]
            if _essence(description) != _essence(new.describe(name, kind)):
                changed.add(key)
    while True:
        more = {key for key, used in uses.items() if key not in changed and used & changed}
        if not more:
            return changed
        changed |= more


def rebind(items: Items, new: Interface) -> None:
    """Makes the names of a library those of another load of it.

    Functions with the same declaration, of the same types, stay as they are and will call the new code; the
    others raise UnloadedError. Types that have changed will be made anew, and those that exist know only what
    they were declared with.
    """
    old, types, loaded = items.interface, items.types, items.loaded
    plain = {name: name.partition("(")[0] for name in items._functions}
    known: dict[str, dict[str, Any]] = {
        "record": types._records,
        "enum": types._enums,
        "typedef": types._typedefs,
    }
    asked = [(kind, name) for kind, names in known.items() for name in names]
    changed = _changed(old, new, [*asked, *(("function", name) for name in plain.values())])

    message = f"`{loaded.name}` was loaded anew and declares it differently; take it from the library again"
    for name, function in list(items._functions.items()):
        if ("function", plain[name]) not in changed:
            continue
        for one in getattr(function, "functions", [function]):
            loaded.forget(one.__nlib__.targets, message)
            raw = one.__nlib__._raw
            if raw is not None:
                loaded.forget(raw.__nlib__.targets, message)
        del items._functions[name]
        record, _, last = name.rpartition("::")
        info = types._records.get(record)
        if info is not None and ("record", record) not in changed and last in info.cls.__dict__:
            delattr(info.cls, last)

    former = Items(loaded, old)
    former.types._records.update(types._records)
    for kind, name in changed.intersection(asked):
        made = known[kind].pop(name)
        if kind == "record" and made is not None:
            made.items = former
    items.interface = new
    items._cxx = None
