"""The unit tests of tests/units."""

from __future__ import annotations

import sys
import unittest
from pathlib import Path

from .expect import true


def units() -> None:
    suite = unittest.defaultTestLoader.discover(str(Path(__file__).resolve().parents[1] / "units"))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=1).run(suite)
    true(result.wasSuccessful() and result.testsRun > 20, "the unit tests")
