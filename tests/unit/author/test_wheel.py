"""The wheel that goes along with an archive."""

from __future__ import annotations

import base64
import hashlib
import io
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

import pytest

import grader
from grader.author.wheel import INSTRUCTORS, wheel_bytes, wheel_name

PACKAGE = Path(grader.__file__).parent
# What an editable installation adds would find the rest of the package, wherever that lies.
FROM_THERE = """
import sys
sys.meta_path[:] = [finder for finder in sys.meta_path if "editable" not in repr(finder).lower()]
sys.path.insert(0, {!r})
from grader.cli import main
sys.exit(main(sys.argv[1:]))
"""
FOR_INSTRUCTORS = (
    ("grade", "hw8", "assignments/hw8", "-o", "{out}"), ("release", "hw8"), ("desk", "{out}"),
    ("similar", "{out}"), ("log", "{out}"), ("serve", "hw8", "-o", "{out}"),
)  # fmt: skip


@pytest.fixture(scope="module")
def wheel() -> zipfile.ZipFile:
    """The wheel, open."""
    return zipfile.ZipFile(io.BytesIO(wheel_bytes()))


@pytest.fixture(scope="module")
def told(wheel: zipfile.ZipFile) -> Distribution:
    """What the wheel says of itself."""
    return PathDistribution(zipfile.Path(wheel, f"grader-{grader.__version__}.dist-info/"))


def test_the_same_package_gives_the_same_bytes() -> None:
    """Times leave no trace."""
    assert wheel_bytes() == wheel_bytes()


def test_every_file_of_the_package_is_in_it(wheel: zipfile.ZipFile) -> None:
    """Code, texts and templates; no caches, and nothing from beside the package."""
    theirs = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == theirs
    assert {"grader/texts/messages.toml", "grader/report/templates/page.html"} <= names


def test_students_get_what_their_commands_need(tmp_path: Path) -> None:
    """Each of those that they are told of starts; one of an instructor's says whose it is."""
    path = tmp_path / "site"
    with zipfile.ZipFile(io.BytesIO(wheel_bytes(leave_out=INSTRUCTORS))) as packed:
        packed.extractall(path)
    assert not [name for name in INSTRUCTORS if (path / "grader" / name).exists()]

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-c", FROM_THERE.format(str(path)), *words],
            cwd=PACKAGE.parent,
            capture_output=True,
            text=True,
            check=False,
        )

    for words in (["hint", "clip"], ["demo"], ["doctor"]):
        done = run(*words)
        assert done.returncode == 0, done.stderr
    for command, *rest in FOR_INSTRUCTORS:
        done = run(command, *(word.format(out=tmp_path / "out") for word in rest))
        assert done.returncode == 2
        assert f"`grader {command}` is for instructors" in done.stderr


def test_the_record_lists_every_file_with_its_hash(wheel: zipfile.ZipFile) -> None:
    """Installers compare."""
    record = f"grader-{grader.__version__}.dist-info/RECORD"
    lines = [line.rsplit(",", 2) for line in wheel.read(record).decode().splitlines()]

    assert [name for name, _, _ in lines] == [
        *sorted(name for name in wheel.namelist() if name != record), record,
    ]  # fmt: skip
    for name, digest, size in lines[:-1]:
        content = wheel.read(name)
        wanted = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
        assert (digest, int(size)) == (f"sha256={wanted}", len(content))


def test_it_requires_what_students_need(told: Distribution) -> None:
    """The extras are for those who have a checkout."""
    required = told.requires or []

    assert any(one.startswith("torch") for one in required)
    assert not any("extra" in one for one in required)
    assert told.metadata["Requires-Python"] == ">=3.11"


def test_commands_and_plugin_are_declared(told: Distribution) -> None:
    """The suites find their fixtures by pytest, and a shell the command."""
    points = {(point.group, point.name): point.value for point in told.entry_points}

    assert points == {
        ("console_scripts", "grader"): "grader.cli:main",
        ("pytest11", "grader"): "grader.suite.plugin",
    }


def test_pip_installs_it(tmp_path: Path) -> None:
    """Without a look at any index; what was installed is what is running here."""
    path = tmp_path / wheel_name()
    path.write_bytes(wheel_bytes())

    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps",
         "--no-index", "--no-compile", "--target", str(tmp_path / "there"), str(path)],
        check=True,
    )  # fmt: skip

    installed = tmp_path / "there" / "grader" / "clock.py"
    assert installed.read_bytes() == (PACKAGE / "clock.py").read_bytes()
    assert (tmp_path / "there" / "bin" / "grader").is_file()
