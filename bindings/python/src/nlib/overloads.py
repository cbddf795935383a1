"""Overloaded functions of C++: chosen by the number of arguments, then by their types."""

from __future__ import annotations

import types
from typing import Any, Optional

from .conversions import described
from .errors import AmbiguousError
from .signatures import Signature


class Overloads:
    """All functions of one name. As in C++ the one is called of which every argument fits best."""

    def __init__(self, name: str, functions: list[Any]) -> None:
        self.name = name
        self.functions = _without_const_twins(functions)
        self.__name__ = name.rpartition("::")[2]
        self.__qualname__ = name.replace("::", ".")
        self.__doc__ = "\n\n".join(function.__doc__ or "" for function in functions)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self) -> str:
        return f"<{len(self.functions)} functions {self.name}>"

    def __call__(self, /, *arguments: Any, **named: Any) -> Any:
        return self.chosen(arguments, named)(*arguments, **named)

    def chosen(self, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """The function that such a call means."""
        fitting: list[tuple[list[int], Any]] = []
        for function in self.functions:
            costs = _costs(function.__nlib__.signature, arguments, named)
            if costs is not None:
                fitting.append((costs, function))
        best = [
            function
            for costs, function in fitting
            if all(other is costs or _better(costs, other) for other, _ in fitting)
        ]
        if len(best) == 1:
            return best[0]
        given = ", ".join(
            [*map(described, arguments), *(f"{name}={described(value)}" for name, value in named.items())]
        )
        if not fitting:
            raise TypeError(f"no {self.name} takes ({given}); there are:\n{self._listed(self.functions)}")
        candidates = [function for _, function in fitting]
        raise AmbiguousError(
            f'several {self.name} take ({given}); name one by its parameters, library["{self.name}(...)"]:\n'
            + self._listed(candidates),
            near=[function.__nlib__.signature.declaration for function in candidates],
        )

    def _listed(self, functions: list[Any]) -> str:
        return "\n".join(f"    {function.__nlib__.signature.declaration}" for function in functions)


def _costs(signature: Signature, arguments: tuple[Any, ...], named: dict[str, Any]) -> Optional[list[int]]:
    """How well each argument fits; None when one does not."""
    parameters = signature.parameters
    if len(arguments) > len(parameters) and not signature.variadic:
        return None
    by_name = {parameter.name: parameter for parameter in parameters[len(arguments) :]}
    if any(name not in by_name for name in named):
        return None
    if any(p.default is None and name not in named for name, p in by_name.items()):
        return None
    pairs = [*zip(parameters, arguments), *((by_name[name], value) for name, value in named.items())]
    costs = []
    for parameter, value in pairs:
        cost = parameter.conversion.cost(value)
        if cost is None:
            return None
        costs.append(cost)
    # Of two that are alike, the one whose parameters are all given.
    costs.append(len(parameters) - len(pairs) if not signature.variadic else 100)
    return costs


def _better(one: list[int], other: list[int]) -> bool:
    return all(a <= b for a, b in zip(one, other)) and one != other


def _without_const_twins(functions: list[Any]) -> list[Any]:
    """Of methods that differ in `const` only, the one that may change the object."""
    kept: dict[Any, Any] = {}
    for function in functions:
        key = tuple(p.conversion.spelling for p in function.__nlib__.signature.parameters if p.name != "self")
        if key not in kept or not _constant(function):
            kept[key] = function
    return list(kept.values())


def _constant(function: Any) -> bool:
    own = function.__nlib__.signature.parameters
    return bool(own and own[0].name == "self" and own[0].conversion.spelling.startswith("const "))
