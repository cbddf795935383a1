#!/usr/bin/env python3
"""Makes a wheel that has everything inside: build_wheel.py PREFIX [FOLDER].

PREFIX is where nlib was installed (`make install PREFIX=…`): libnlib, the worker, the program and the manifests
of that go into the package. The wheel is written into FOLDER, the working directory without one.

It is tagged py3-none-linux_x86_64, not manylinux: the worker, which compiles, uses the system's
libclang-cpp and libLLVM 22, and libnlib the C library that it was built with. What is in the cache already
is loaded without them.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
CARRIED = ["lib/libnlib.so.1", "bin/nlib-worker", "bin/nlib", "share/nlib/vendor-manifests"]
SKIPPED = shutil.ignore_patterns("__pycache__", "*.egg-info", "_prefix", "build")


def stage(prefix: Path, folder: Path) -> None:
    """A copy of the package with the installed files in it."""
    shutil.copytree(HERE / "src", folder / "src", ignore=SKIPPED)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(HERE / name, folder / name)
    for name in CARRIED:
        source = prefix / name
        target = folder / "src/nlib/_prefix" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        elif source.exists():
            shutil.copy(source, target)
        else:
            sys.exit(f"{source} is not there: {prefix} is no folder that nlib was installed into")


def has_setuptools() -> bool:
    """Whether this Python has the build backend that pyproject.toml asks for."""
    try:
        return int(importlib.metadata.version("setuptools").split(".")[0]) >= 77
    except importlib.metadata.PackageNotFoundError:
        return False


def main(arguments: list[str]) -> None:
    if len(arguments) not in (1, 2):
        sys.exit("usage: build_wheel.py PREFIX [FOLDER]")
    prefix = Path(arguments[0]).resolve()
    output = Path(arguments[1] if len(arguments) == 2 else ".").resolve()
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    with tempfile.TemporaryDirectory() as folder:
        stage(prefix, Path(folder))
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(output)]
        if has_setuptools():
            command.append("--no-build-isolation")  # No network is needed.
        command += [f"--config-settings=--build-option=--plat-name={platform}", folder]
        sys.exit(subprocess.run(command).returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
