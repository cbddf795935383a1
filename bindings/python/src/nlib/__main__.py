"""`python -m nlib …` runs the program `nlib` that the package carries, else the one of the search path."""

import os
import shutil
import sys

from ._native import INSTALLED


def main() -> None:
    program = os.path.join(INSTALLED, "bin", "nlib")
    found = program if os.path.exists(program) else shutil.which("nlib")
    if found is None:
        sys.exit("nlib: the program is not in this package and not on the PATH; install nlib")
    os.execv(found, ["nlib", *sys.argv[1:]])


if __name__ == "__main__":
    main()
