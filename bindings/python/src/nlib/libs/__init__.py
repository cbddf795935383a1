"""Libraries by name, as imports: `from nlib.libs import sqlite3`, `import nlib.libs.flecs as flecs`.

An import gives what `nlib.load("sqlite3")` gives. It is loaded once and stays. Features and options are
chosen with `nlib.load` only. An unknown library is a ModuleNotFoundError that lists near names.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from typing import Any, Optional

from ..errors import UsageError
from ..library import Library
from ..session import default_session

_PREFIX = __name__ + "."


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module below `nlib.libs`."""

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        name = fullname[len(_PREFIX) :]
        if not fullname.startswith(_PREFIX) or "." in name:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, origin="nlib")

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Any:
        try:
            return default_session().load(spec.name[len(_PREFIX) :])
        except UsageError as error:
            # Under the module's full name, `from nlib.libs import name` would drop the error for one of its own.
            raise ModuleNotFoundError(str(error), name=spec.name[len(_PREFIX) :]) from error

    def exec_module(self, module: Any) -> None:
        pass  # It was loaded when it was made.


if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
    sys.meta_path.append(_Finder())


def __getattr__(name: str) -> Library:
    # `from nlib.libs import name` asks the package first and imports the submodule then.
    raise AttributeError(
        f"module {__name__!r} has no attribute {name!r}; import it: from {__name__} import {name}"
    )
