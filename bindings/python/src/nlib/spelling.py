"""Types as C writes them."""

from __future__ import annotations

from typing import Any


def spelled(kind: dict[str, Any], declarator: str = "") -> str:
    """A type of an interface around a declarator: `declared(int *, "x")` is `int *x`."""
    const = "const " if kind.get("const") else ""
    what = kind["kind"]
    if what in ("pointer", "reference"):
        mark = "*" if what == "pointer" else "&&" if kind.get("rvalue") else "&"
        inner = f"{mark}{const.strip()}{' ' if const and declarator else ''}{declarator}"
        return spelled(kind["to"], f"({inner})" if kind["to"]["kind"] in ("function", "array") else inner)
    if what == "array":
        return spelled(kind["of"], f"{declarator}[{kind.get('length', '')}]")
    if what == "function":
        return spelled(kind["result"], f"{declarator}({parameters(kind)})")
    name = const + _name(kind)
    return f"{name} {declarator}" if declarator else name


def _name(kind: dict[str, Any]) -> str:
    what = kind["kind"]
    if what in ("void", "bool"):
        return str(what)
    if what == "vector":
        return f"{spelled(kind['of'])} __attribute__((vector_size({kind['length']})))"
    return str(kind.get("name") or kind.get("spelling"))


def parameters(function: dict[str, Any]) -> str:
    """The parameters of a function, as in its declaration."""
    shown = [
        spelled(parameter["type"], parameter.get("name", ""))
        + (f" = {parameter['default']}" if "default" in parameter else "")
        for parameter in function["parameters"]
    ]
    if function.get("variadic"):
        shown.append("...")
    return ", ".join(shown) or "void"


def declaration(function: dict[str, Any]) -> str:
    """A function's declaration."""
    return spelled(function["result"], f"{function['name']}({parameters(function)})")
