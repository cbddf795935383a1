"""What is to be loaded: keywords of Python as an `nlib_request`."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Mapping
from typing import Any, Optional, Union

from . import _native
from ._native import CFuncPtr, encoded

Path = Union[str, "os.PathLike[str]"]
LINKERS = {"auto": 0, "jit": 1, "image": 2}


class Source:
    """One part of a library: a file, or text or bytes in memory.

    `language`: "c", "c++", "assembler", "ir", "object", "archive"; as the content or the name say when not
    given. `name`: what messages and `__FILE__` call it.
    """

    def __init__(
        self,
        path: Optional[Path] = None,
        *,
        code: Union[str, bytes, bytearray, memoryview, None] = None,
        name: Optional[str] = None,
        language: Optional[str] = None,
    ) -> None:
        if (path is None) == (code is None):
            raise ValueError("a source is either a path or code=…")
        self.path = path
        self.code = code.encode() if isinstance(code, str) else bytes(code or b"")
        self.text = code if isinstance(code, str) else None
        self.name = name
        self.language = language


class Request:
    """An `nlib_request`, and what it points to."""

    def __init__(
        self,
        library: Union[Path, Source, Iterable[Union[Path, Source]], None] = None,
        *,
        code: Union[str, bytes, None] = None,
        language: Optional[str] = None,
        manifest_text: Optional[str] = None,
        manifest_folder: Optional[Path] = None,
        name: Optional[str] = None,
        profile: Optional[str] = None,
        defines: Union[Mapping[str, Any], Iterable[str], None] = None,
        flags: Iterable[str] = (),
        include_dirs: Iterable[Path] = (),
        with_: Iterable[str] = (),
        system_libraries: Iterable[str] = (),
        features: Iterable[str] = (),
        default_features: bool = True,
        options: Optional[Mapping[str, str]] = None,
        host_symbols: Optional[Mapping[str, Any]] = None,
        overlays: Iterable[str] = (),
        linker: str = "auto",
        auto_libraries: bool = False,
    ) -> None:
        self.keep: list[Any] = []
        self.texts: dict[str, str] = {}
        """Sources in memory by the names that messages call them."""
        self.structure = request = _native.Request(struct_size=ctypes.sizeof(_native.Request))
        given = [thing for thing in (library, code, manifest_text) if thing is not None]
        if len(given) != 1:
            raise TypeError(
                "exactly one of a library or path, code= and manifest_text= says what is to be loaded"
            )
        if linker not in LINKERS:
            raise ValueError(f"linker={linker!r} is none of {', '.join(LINKERS)}")
        if code is not None:
            library = Source(code=code, language=language or "c")
        if isinstance(library, (str, os.PathLike)):
            request.library = encoded(library)
        elif library is not None:
            self._sources([library] if isinstance(library, Source) else list(library))
        if manifest_text is not None:
            request.manifest_text = encoded(manifest_text)
            request.manifest_folder = None if manifest_folder is None else encoded(manifest_folder)
        request.name = None if name is None else encoded(name)
        request.profile = None if profile is None else encoded(profile)
        self._strings("flags", "flag_count", flags)
        self._strings("include_dirs", "include_dir_count", include_dirs)
        self._strings("with_", "with_count", with_)
        self._strings("system_libraries", "system_library_count", system_libraries)
        self._strings("features", "feature_count", features)
        self._strings("overlays", "overlay_count", overlays)
        self._pairs("defines", "define_count", defines)
        self._pairs("options", "option_count", options)
        self._host_symbols(host_symbols or {})
        request.linker = LINKERS[linker]
        request.auto_libraries = auto_libraries
        request.no_default_features = not default_features

    def _array(self, kind: Any, values: list[Any]) -> Any:
        array = (kind * len(values))(*values)
        self.keep.append(array)
        return array

    def _sources(self, listed: list[Any]) -> None:
        sources = []
        for source in listed:
            if not isinstance(source, Source):
                source = Source(source)
            made = _native.Source()
            if source.path is not None:
                made.path = encoded(source.path)
            else:
                data = ctypes.create_string_buffer(source.code, max(len(source.code), 1))
                self.keep.append(data)
                made.data = ctypes.addressof(data)
                made.size = len(source.code)
                if source.text is not None:
                    self.texts[source.name or "<code>"] = source.text
            made.name = None if source.name is None else encoded(source.name)
            made.language = None if source.language is None else encoded(source.language)
            sources.append(made)
        self.structure.sources = self._array(_native.Source, sources)
        self.structure.source_count = len(sources)

    def _strings(self, field: str, count: str, values: Iterable[Any]) -> None:
        if isinstance(values, (str, bytes, os.PathLike)):
            raise TypeError(f"{field}={values!r} must be a list, [{values!r}]")
        listed = [encoded(value) for value in values]
        if listed:
            array = self._array(ctypes.c_char_p, listed)
            setattr(self.structure, field, ctypes.cast(array, _native.STRINGS))
            setattr(self.structure, count, len(listed))

    def _pairs(self, field: str, count: str, values: Any) -> None:
        if isinstance(values, str):
            raise TypeError(f"{field}={values!r} must be a dict, or a list of names")
        mapping = values if isinstance(values, Mapping) else dict.fromkeys(values or ())
        pairs = [_native.Pair(encoded(name), _text_of(value)) for name, value in mapping.items()]
        if pairs:
            setattr(self.structure, field, self._array(_native.Pair, pairs))
            setattr(self.structure, count, len(pairs))

    def _host_symbols(self, symbols: Mapping[str, Any]) -> None:
        made = []
        for name, value in symbols.items():
            if isinstance(value, int):
                address: Optional[int] = value
            else:
                function = getattr(value, "_as_parameter_", value)
                if not isinstance(function, (CFuncPtr, ctypes._Pointer, ctypes.c_void_p)):
                    if not isinstance(
                        value, (ctypes._SimpleCData, ctypes.Array, ctypes.Structure, ctypes.Union)
                    ):
                        raise TypeError(
                            f"host_symbols[{name!r}] is {value!r}: an address, an object of ctypes or "
                            "nlib.callback(function, result, *parameters) is needed"
                        )
                    address = ctypes.addressof(value)
                else:
                    address = ctypes.cast(function, ctypes.c_void_p).value
            self.keep.append(value)
            made.append(_native.HostSymbol(encoded(name), address))
        if made:
            self.structure.host_symbols = self._array(_native.HostSymbol, made)
            self.structure.host_symbol_count = len(made)


def _text_of(value: Any) -> Optional[bytes]:
    """The value of a define or option: None for none, 1 and 0 for True and False."""
    if value is None:
        return None
    return encoded(str(int(value) if isinstance(value, bool) else value))
