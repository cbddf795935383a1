"""Cells of C and C++ in IPython and Jupyter.

    %load_ext nlib.magic

    %%c -O3 --with sqlite3
    int twice(int n) { return 2 * n; }

    twice(21)

The cell is compiled, and what it declares (functions, types, constants, variables) is there in the next
one. A cell that is run again gives the names the new code; functions that were kept elsewhere stay what
they were. A variable is read and written through the library, which `-n NAME` gives a name.
"""

from __future__ import annotations

import shlex
from typing import Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class

from .errors import CompileError, Error
from .library import Library
from .request import Source
from .session import default_session
from .variables import Variable

_ENDINGS = {"c": "c", "c++": "cpp"}
_HELP = """options: -n NAME the library itself as NAME; --with LIBRARY; --profile PROFILE; -DNAME[=VALUE]; -IFOLDER;
-lLIBRARY; --link jit|image; any other word is a flag of the compiler"""


def arguments(line: str) -> dict[str, Any]:
    """The first line of a cell as keywords of `nlib.load`, and `into`."""
    made: dict[str, Any] = {
        "flags": [],
        "with_": [],
        "defines": {},
        "include_dirs": [],
        "system_libraries": [],
    }
    words = iter(shlex.split(line))
    for word in words:
        option, equals, value = word.partition("=")
        if option in ("--with", "--profile", "--link", "-n", "--name"):
            if not equals:
                value = next(words, "")
            if not value:
                raise UsageError(f"{option} needs a value; {_HELP}")
            if option == "--with":
                made["with_"].append(value)
            else:
                made[{"--profile": "profile", "--link": "linker"}.get(option, "into")] = value
        elif word.startswith("-D") and len(word) > 2:
            name, equals, value = word[2:].partition("=")
            made["defines"][name] = value if equals else None
        elif word.startswith("-I") and len(word) > 2:
            made["include_dirs"].append(word[2:])
        elif word.startswith("-l") and len(word) > 2:
            made["system_libraries"].append(word[2:])
        elif word.startswith("-"):
            made["flags"].append(word)
        else:
            raise UsageError(f"{word!r} is no option; {_HELP}")
    return made


@magics_class
class NlibMagics(Magics):
    """The magics `%%c`, `%%cpp` and `%nlib`."""

    @cell_magic
    def c(self, line: str, cell: str) -> None:
        """Compiles a cell of C and puts what it declares into the namespace."""
        self._compile(line, cell, "c")

    @cell_magic
    def cpp(self, line: str, cell: str) -> None:
        """Compiles a cell of C++ and puts what it declares into the namespace."""
        self._compile(line, cell, "c++")

    @line_magic
    def nlib(self, line: str) -> Library:
        """Loads a library by name or path: `flecs = %nlib flecs`."""
        return default_session().load(line.strip())

    def _compile(self, line: str, cell: str, language: str) -> None:
        shell: Any = self.shell
        given = arguments(line)
        into = given.pop("into", None)
        name = f"cell {shell.execution_count}.{_ENDINGS[language]}"
        source = Source(code=cell, language=language, name=name)
        try:
            library = default_session().load([source], name=f"cell{shell.execution_count}", **given)
        except CompileError as error:
            raise error.with_traceback(None) from None  # Where nlib found it says nothing about the cell.
        made, problems = exposed(library)
        shell.user_ns.update(made)
        if into:
            shell.user_ns[into] = library
        for problem in problems:
            print(f"left out: {problem}")


def exposed(library: Library) -> tuple[dict[str, Any], list[Error]]:
    """What a library declares at its top, but for variables, whose values would not follow.

    With it, why some names have no form in Python.
    """
    state = library._state
    made: dict[str, Any] = {}
    problems: list[Error] = []
    tops = {name.split("::")[0] for name in state.items.interface.names()}
    for name in sorted(tops):
        if name.isidentifier():
            try:
                found = state.find(name)
            except Error as error:
                problems.append(error)
                continue
            if not isinstance(found, Variable):
                made[name] = found
    return made, problems


def load_ipython_extension(shell: Any) -> None:
    """What `%load_ext nlib.magic` does."""
    shell.register_magics(NlibMagics)
