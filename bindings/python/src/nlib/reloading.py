"""What stays of a library's functions and types when it is loaded anew."""

from __future__ import annotations

from typing import Any

from .interface import Interface
from .items import Items


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


def _same(old: Interface, new: Interface, name: str, kind: str) -> bool:
    return bool(_essence(old.describe(name, kind)) == _essence(new.describe(name, kind)))


def rebound(items: Items, new: Interface) -> Items:
    """The names of another load of the library.

    Functions with the same declaration stay as they are and will call the new code; the others raise
    UnloadedError. Types stay if none that was used has changed, else all are made anew.
    """
    old = items.interface
    types = items.types
    used: list[tuple[str, Any]] = [
        ("record", types._records),
        ("enum", types._enums),
        ("typedef", types._typedefs),
    ]
    same_types = all(_same(old, new, name, kind) for kind, known in used for name in known)
    loaded = items.loaded
    message = f"`{loaded.name}` was loaded anew and declares it differently; take it from the library again"
    for name, function in list(items._functions.items()):
        plain = name.partition("(")[0]
        if same_types and _same(old, new, plain, "function"):
            continue
        for one in getattr(function, "functions", [function]):
            loaded.forget(one.__nlib__.targets, message)
            raw = one.__nlib__._raw
            if raw is not None:
                loaded.forget(raw.__nlib__.targets, message)
        del items._functions[name]
        record, _, last = name.rpartition("::")
        info = types._records.get(record)
        if info is not None and last in info.cls.__dict__:
            delattr(info.cls, last)
    if not same_types:
        return Items(loaded, new)
    items.interface = new
    items._cxx = None
    return items
