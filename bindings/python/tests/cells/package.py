"""The wheel: made from an installed nlib, put into a fresh environment, used from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .examples import BINDING, blocks
from .expect import equal, true


def package() -> None:
    prefix = Path(os.environ["NLIB_LIBRARY"]).resolve().parents[1]
    run(sys.executable, str(BINDING / "build_wheel.py"), str(prefix), "wheels")
    (wheel,) = Path("wheels").iterdir()
    true(
        wheel.name.startswith("nlib-") and wheel.name.endswith(f"-py3-none-linux_{os.uname().machine}.whl"),
        wheel.name,
    )
    print(wheel.name, f"{wheel.stat().st_size / 1e6:.1f} MB")

    run(sys.executable, "-m", "venv", "fresh")
    python = Path("fresh/bin/python").absolute()
    run(
        str(python),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        str(wheel),
    )
    empty = Path("empty")
    empty.mkdir()
    (code, printed) = (text for _, text in blocks("Quick start"))
    Path("quickstart.py").write_text(code)
    script = str(Path("quickstart.py").absolute())
    equal(run(str(python), "-I", script, folder=empty), printed)
    equal(list(empty.iterdir()), [])
    version = run(str(python), "-m", "nlib", "--version", folder=empty)
    equal(run("fresh/bin/nlib", "--version"), version)
    where = run(
        str(python), "-c", "import nlib; nlib.version(); print(nlib._native._native.path)", folder=empty
    )
    true(str(Path("fresh").absolute()) in where, f"libnlib is the package's: {where}")


def run(*command: str, folder: Path = Path(".")) -> str:
    """What a program prints that sees nothing of this checkout."""
    hidden = ("NLIB_LIBRARY", "PYTHONPATH", "NLIB_PATH", "NLIB_WORKER")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder)
    equal(done.returncode, 0)
    return done.stdout
