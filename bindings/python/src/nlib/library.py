"""A loaded library as Python sees it: what its headers declare are its attributes."""

from __future__ import annotations

import contextlib
import ctypes
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple, Optional

from ._native import SymbolInfo, native, text
from .errors import CompileError, Error, InUseError, StillLoadedWarning, SymbolError, UnloadedError, check
from .explicit import signature
from .functions import Variant, function
from .interface import Interface
from .items import MISSING, Items
from .loaded import Loaded
from .reloading import rebind
from .variables import Variable

if TYPE_CHECKING:
    from .request import Request


class Symbol(NamedTuple):
    """A function or variable that a library publishes."""

    name: str
    """As the linker knows it: mangled, for C++."""
    demangled: str
    """In C++ with parameters; `name` when that is not mangled."""
    address: int
    size: int
    """In bytes; 0 when that is not known."""
    is_function: bool


class State:
    """What a Library and its namespaces share."""

    def __init__(self, loaded: Loaded, request: Request) -> None:
        self.loaded = loaded
        self.request = request
        self._items: Optional[Items] = None
        # Now, while the files are those that the code was made of. What is wrong with headers does not keep
        # the library from being used: who uses a name of theirs is told.
        with contextlib.suppress(Error):
            self.items  # noqa: B018

    @property
    def items(self) -> Items:
        """The names of the headers."""
        self.loaded.require()
        if self._items is None:
            with self.loaded.lock:
                if self._items is None:
                    try:
                        interface = Interface(self.loaded.handle)
                    except CompileError as error:
                        raise _without_types(error, self.loaded.name) from None
                    self._items = Items(self.loaded, interface)
                    self.loaded.thunk_free = self._items.thunk_free
        return self._items

    def find(self, name: str) -> Any:
        """What a qualified name stands for; a namespace for the first part of longer names."""
        items = self.items
        found = items.lookup(name)
        if found is MISSING:
            if not items.is_namespace(name):
                other = items.interface.written_otherwise(name)
                if other is None:
                    raise items.interface.missing(name)
                return self.find(other)
            found = Namespace(self, name)
        return found


def _without_types(error: CompileError, name: str) -> CompileError:
    """The error of a header, with the way to go on without it."""
    error.message = (
        f"the header of `{name}` does not parse, so that its functions have no types:\n{error.message}\n"
        "The library is loaded: correct the header and try again, or give types, "
        'library.function("name", ctypes.c_int, ctypes.c_int)'
    )
    return error


class _Names:
    """Attributes that are names of a library."""

    def _nlib_qualified(self, name: str) -> str:
        raise NotImplementedError

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        state: State = self.__dict__["_nlib_state"]
        with state.loaded.lock:  # Another thread may be loading it anew.
            found = state.find(self._nlib_qualified(name))
            if not isinstance(found, Variable):
                self.__dict__[name] = found
                return found
        return found.read()

    def __setattr__(self, name: str, value: Any) -> None:
        if hasattr(type(self), name):
            raise AttributeError(
                f"`{name}` is what {type(self).__name__} has itself; "
                f"library[{name!r}] = … sets a variable of this name"
            )
        self._nlib_assign(self._nlib_qualified(name), value)

    def _nlib_assign(self, qualified: str, value: Any) -> None:
        state: State = self.__dict__["_nlib_state"]
        with state.loaded.lock:
            found = state.items.lookup(qualified)
        if not isinstance(found, Variable):
            what = "is no variable" if found is not MISSING else "is not declared"
            raise AttributeError(f"{qualified} {what} of `{state.loaded.name}` and cannot be assigned")
        found.write(value)


class Namespace(_Names):
    """A namespace of C++."""

    def __init__(self, state: State, name: str) -> None:
        self.__dict__.update(_nlib_state=state, _nlib_name=name)

    def _nlib_qualified(self, name: str) -> str:
        return f"{self.__dict__['_nlib_name']}::{name}"

    def __dir__(self) -> list[str]:
        return sorted(self.__dict__["_nlib_state"].items.names_within(self.__dict__["_nlib_name"]))

    def __repr__(self) -> str:
        return f"<namespace {self.__dict__['_nlib_name']}>"


class Library(_Names):
    """A loaded library. Its functions, types, constants and variables are attributes, and items by name.

        kit.kit_add(1, 2); kit.kit_point(x=1); kit.KIT_VERSION; kit.kit_calls = 0
        imgui.ImGui.Button("ok"); imgui["ImGui::Button"]; kitpp["kit::add(int, int)"]

    A name that this class has itself, such as `reload`, is reached as an item. As a context manager the
    library is unloaded at the end. Any thread may use it.
    """

    def __init__(self, loaded: Loaded, request: Request) -> None:
        self.__dict__["_nlib_state"] = State(loaded, request)

    @property
    def _state(self) -> State:
        return self.__dict__["_nlib_state"]  # type: ignore[no-any-return]

    def _nlib_qualified(self, name: str) -> str:
        return name

    def __getitem__(self, name: str) -> Any:
        if not isinstance(name, str):
            raise TypeError(f"a name of the library is a str, not {name!r}")
        with self._state.loaded.lock:
            found = self._state.find(name)
        return found.read() if isinstance(found, Variable) else found

    def __setitem__(self, name: str, value: Any) -> None:
        self._nlib_assign(name, value)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._state.items.lookup(name) is not MISSING

    def __dir__(self) -> list[str]:
        own = {name for name in object.__dir__(self) if not name.startswith("_")}
        try:
            names = self._state.items.interface.names()
        except Error:
            return sorted(own)
        tops = {name.split("::")[0] for name in names}
        return sorted(own | {top for top in tops if top.isidentifier()})

    def __repr__(self) -> str:
        loaded = self._state.loaded
        return f"<library {loaded.name}{'' if loaded.alive else ', unloaded'}>"

    @property
    def name(self) -> str:
        """The library's name."""
        return self._state.loaded.name

    @property
    def loaded(self) -> bool:
        """Whether it can be used: it was neither unloaded nor released."""
        return self._state.loaded.alive

    @property
    def linker(self) -> str:
        """Which linker loaded it: "jit" or "image"."""
        self._state.loaded.require()
        number = native().linked_by(self._state.loaded.handle)
        return {1: "jit", 2: "image"}.get(number, "auto")

    @property
    def session(self) -> Any:
        """The session that loaded it."""
        return self._state.loaded.session

    def function(self, name: str, result: Any, *parameters: Any) -> Any:
        """A function by its symbol, with types of ctypes: for what has no header, or one that does not parse.

        `...` at the end makes it variadic. A `char *` is c_char_p and takes and gives str.
        """
        loaded = self._state.loaded
        made = signature(name, result, parameters)
        variant = Variant(len(made.parameters), lambda: loaded.symbol(name), None)
        return function(loaded, made, [variant], made.declaration)

    def address(self, name: str) -> int:
        """The address of a function or variable: of C by name, of C++ also by qualified name and signature."""
        return self._state.loaded.symbol(name)

    def symbols(self) -> list[Symbol]:
        """What the library publishes, by name."""
        loaded = self._state.loaded
        loaded.require()
        count = ctypes.c_size_t()
        check(native().symbol_count(loaded.handle, ctypes.byref(count)))
        info = SymbolInfo(struct_size=ctypes.sizeof(SymbolInfo))
        made = []
        for index in range(count.value):
            check(native().symbol_at(loaded.handle, index, ctypes.byref(info)))
            made.append(
                Symbol(
                    text(info.name),
                    text(info.demangled),
                    info.address or 0,
                    info.bytes,
                    bool(info.is_function),
                )
            )
        return made

    def declarations(self, form: str = "c") -> str:
        """What the headers declare, in a format of `nlib bind`: "c", "python" (a .pyi), "json", …"""
        return self._state.items.interface.text(form)

    def unload(self) -> None:
        """Unloads the library: its destructors run, its memory is given back.

        InUseError, and nothing has changed, while its code runs on some thread, another library is linked
        against it, or it was loaded a second time. Functions that were taken from it raise UnloadedError
        from then on. Pointers into it must not be followed any more.
        """
        state = self._state
        state.loaded.unload()
        self._forget()

    def release(self) -> None:
        """Ends this access to the library, which stays in memory until the process ends."""
        self._state.loaded.release()
        self._forget()

    def _forget(self) -> None:
        state = self._state
        if state._items is not None:
            state._items.interface.close()
            state._items = None
        self._forget_names()

    def _forget_names(self) -> None:
        for name in list(self.__dict__):
            if name != "_nlib_state":
                self.__dict__.pop(name, None)

    def reload(self) -> Library:
        """Loads the library again, as it was asked for: sources that have changed give their new code.

        Functions that were taken from it call the new code from then on. Those whose declaration changed, or a
        type that they use, raise UnloadedError: they are to be taken from the library anew, and so are such types.
        The old code is unloaded, its variables are gone; when something still needs it, both stay in
        memory. When the new source does not compile, all is as before.
        """
        state = self._state
        state.loaded.require()
        handle = state.loaded.session._load(state.request)
        with state.loaded.lock:
            try:
                if state._items is not None:
                    rebind(state._items, Interface(handle))
            except BaseException:
                native().release(handle)
                raise
            self._forget_names()
            state.loaded.replace(handle)
        return self

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: Any) -> None:
        loaded = self._state.loaded
        if not loaded.alive:
            return
        try:
            self.unload()
        except InUseError as error:
            if loaded._running() is not None:
                raise
            warnings.warn(f"{error}; it stays loaded", StillLoadedWarning, stacklevel=2)
            self.release()


__all__ = ["Library", "Namespace", "Symbol", "SymbolError", "UnloadedError"]
