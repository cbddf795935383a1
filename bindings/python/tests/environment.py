#!/usr/bin/env python3
"""The virtual environment of the tests that need packages: `environment.py` makes it and prints its Python.

It lies in NLIB_PYTHON_VENV, else in the checkout's target/python-tests, and is made once: when the
requirements or the version of Python change, it is made anew.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"


def folder() -> Path:
    given = os.environ.get("NLIB_PYTHON_VENV")
    return Path(given) if given else HERE.parents[2] / "target" / "python-tests"


def python() -> str:
    """The Python of the environment, which is made when it is not there."""
    place = folder()
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{place}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        program = place / "bin" / "python"
        stamp = place / "made-of"
        made_of = f"{sys.version}\n{REQUIREMENTS.read_text()}"
        if not (stamp.exists() and stamp.read_text() == made_of):
            shutil.rmtree(place, ignore_errors=True)
            run(sys.executable, "-m", "venv", str(place))
            run(
                str(program),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
                str(REQUIREMENTS),
            )
            stamp.write_text(made_of)
        return str(program)


def run(*command: str) -> None:
    # The output of the tests is theirs: what pip says goes beside it.
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    print(python())
