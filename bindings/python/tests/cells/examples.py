"""The examples, as their users run them, and the quick start word for word."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nlib

from .expect import equal, true

HERE = Path(__file__).resolve()
BINDING = HERE.parents[2]


def run(*command: str) -> str:
    """What a program prints, which must end well."""
    path = os.pathsep.join(filter(None, [str(BINDING / "src"), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    equal(done.returncode, 0)
    print(done.stdout, end="")
    return done.stdout


def example(name: str) -> str:
    return run(str(BINDING / "examples" / name))


def flecs() -> None:
    expected = BINDING.parents[1] / "examples/flecs-hello/expected.txt"
    equal(sorted(example("flecs_system.py").splitlines()), sorted(expected.read_text().splitlines()))


def sqlite() -> None:
    lines = example("sqlite_query.py").splitlines()
    equal(lines[0], "Ganymede Jupiter 2634.1 km")
    equal(lines[1:], ["Titan    Saturn  2574.7 km", "Luna     Earth   1737.4 km", "planet: Saturn, moons: 2"])


def imgui() -> None:
    true(re.search(r"Dear ImGui \S+: \d+ triangles", example("imgui_png.py")), "a line about what was drawn")
    image = nlib.load("stb_image")
    width, height, channels = nlib.outs(3)
    pixels = image.stbi_load("imgui.png", width, height, channels, 4)
    true(pixels, "imgui.png is a picture")
    equal((width.value, height.value), (480, 240))
    count = width.value * height.value
    memory = bytes(nlib.view(pixels, 4 * count))
    colours = [memory[index : index + 4] for index in range(0, len(memory), 4)]
    background = colours.count(bytes([38, 50, 56, 255]))
    true(count * 0.1 < background < count * 0.5, f"{background} of {count} pixels are background")
    true(
        len(set(colours)) > 10 and colours.count(b"\xff\xff\xff\xff") > 100,
        "text and buttons in their colours",
    )
    image.stbi_image_free(pixels)


def blocks(heading: str) -> list[tuple[str, str]]:
    """The code blocks of a section of the README: language and text."""
    text = (BINDING / "README.md").read_text()
    section = text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"```(\w+)\n(.*?)```", section, re.DOTALL)


def quickstart() -> None:
    found = blocks("Quick start")
    equal([language for language, _ in found], ["python", "text"])
    Path("quickstart.py").write_text(found[0][1])
    equal(run("quickstart.py"), found[1][1])
