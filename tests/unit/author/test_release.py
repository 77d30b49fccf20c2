"""What is written, packed, and refused."""

from __future__ import annotations

import io
import json
import os
import sys
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest

from grader.author.leaks import find_leaks
from grader.author.release import as_released, release, stale, student_archive, write_release
from grader.author.wheel import wheel_name
from grader.cli import main
from grader.errors import CatalogError
from grader.suite.golden import Golden

if TYPE_CHECKING:
    from pathlib import Path

    from grader.catalog import Assignment

    from .conftest import Proven

NAMES = ["steps.py", "cells.py", "toy.ipynb", "toy.zh.ipynb"]
ANSWER = "moved = x + rate * halve(math.cos(x))"


def test_release_holds_stubs_and_notebooks(toy: Assignment) -> None:
    """One stub a module and one notebook a language; twice the same bytes."""
    files = release(toy)

    assert list(files) == NAMES
    assert files == release(toy)
    assert files["steps.py"].count(b"raise NotImplementedError") == 2


def test_written_release_is_not_stale(toy: Assignment) -> None:
    """What was just written is what would be written again."""
    written = write_release(toy, toy.folder)

    assert [path.name for path in written] == NAMES
    assert stale(toy) == []


def test_stale_names_file_and_reason(toy: Assignment) -> None:
    """A changed reference, a removed file and a hand-made change each show."""
    write_release(toy, toy.folder)
    (toy.folder / "toy.ipynb").unlink()
    stub = toy.folder / "steps.py"
    stub.write_text(stub.read_text(encoding="utf-8").replace("0.5", "0.6"), encoding="utf-8")

    reasons = stale(toy)

    assert reasons == [
        "steps.py: out of date from line 6 on",
        "toy.ipynb: is not there",
    ]


def test_windows_line_ends_are_not_stale(toy: Assignment) -> None:
    """Git may have changed them at checkout."""
    write_release(toy, toy.folder)
    stub = toy.folder / "steps.py"
    stub.write_bytes(stub.read_bytes().replace(b"\n", b"\r\n"))

    assert stale(toy) == []


def test_file_cut_short_is_stale(toy: Assignment) -> None:
    """A prefix of the right file differs where it ends."""
    write_release(toy, toy.folder)
    (toy.folder / "cells.py").write_text('"""Cells."""', encoding="utf-8")

    assert stale(toy) == ["cells.py: out of date from line 2 on"]


def test_archive_holds_what_a_student_gets(toy: Assignment) -> None:
    """Tool caches, solutions and hidden suites stay at home; golden values go along."""
    toy.golden.parent.mkdir(parents=True)
    toy.golden.write_bytes(b"golden")
    cache = toy.folder / "__pycache__" / "test_walk.pyc"
    cache.parent.mkdir()
    cache.write_bytes(b"cache")

    with _opened(student_archive(toy)) as archive:
        names = archive.namelist()
        stub = archive.read("assignments/toy/steps.py")

    assert names == [
        "README.md",
        "assignments/toy/cells.py",
        "assignments/toy/exercises.toml",
        "assignments/toy/handout.md",
        "assignments/toy/handout.zh.md",
        "assignments/toy/steps.py",
        "assignments/toy/test_walk.py",
        "assignments/toy/toy.ipynb",
        "assignments/toy/toy.zh.ipynb",
        "data/golden/toy.bin",
        wheel_name(),
    ]
    assert stub == release(toy)["steps.py"]


def test_archive_is_deterministic(toy: Assignment) -> None:
    """Times of files and of the run leave no trace."""
    first = student_archive(toy)
    (toy.folder / "handout.md").touch()

    assert student_archive(toy) == first
    with _opened(first) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_archive_readme_names_the_command(toy: Assignment) -> None:
    """Whoever unpacks it learns in both languages what to do."""
    with _opened(student_archive(toy)) as archive:
        readme = archive.read("README.md").decode()

    assert readme.startswith("# Toys\n")
    assert "\n# 玩具\n" in readme
    assert readme.count("--submission assignments/toy/toy.ipynb") == 1
    assert readme.count("--submission assignments/toy/toy.zh.ipynb") == 1
    assert readme.count(f"python -m pip install ./{wheel_name()}") == 2
    assert readme.count(f"python -m pip install .\\{wheel_name()}") == 2
    assert "{" not in readme


def test_link_in_the_assignment_is_refused(toy: Assignment) -> None:
    """It may point into solutions/."""
    (toy.folder / "extra.py").symlink_to(toy.solution / "steps.py")

    with pytest.raises(CatalogError, match="is a link"):
        student_archive(toy)


@pytest.mark.parametrize("name", ["hidden", "mistakes", "solutions"])
def test_secret_folder_in_the_assignment_is_refused(toy: Assignment, name: str) -> None:
    """A folder of that name was put there by accident."""
    (toy.folder / name).mkdir()
    (toy.folder / name / "test_far.py").write_text("", encoding="utf-8")

    with pytest.raises(CatalogError, match="is never handed out"):
        student_archive(toy)


def test_answer_in_the_handout_is_a_leak(toy: Assignment) -> None:
    """The notebook copies the handout, so a release is refused; both places are named."""
    path = toy.folder / "handout.md"
    text = path.read_text(encoding="utf-8").replace("Move on.", f"Move on: `{ANSWER}`.")
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CatalogError, match=r"toy\.ipynb\[cell 6\] gives away") as caught:
        release(toy)

    assert "solutions/toy/steps.py:22" in str(caught.value)


def test_solved_notebook_in_the_folder_is_a_leak(toy: Assignment) -> None:
    """In a notebook's JSON the answer is escaped and in pieces; it is found all the same."""
    source = ["def run():\n", '    positions.append(  advance(positions[-1],  "x")', ")\n", ANSWER]
    notebook = {"cells": [{"cell_type": "code", "source": source}]}
    (toy.folder / "draft.ipynb").write_text(json.dumps(notebook), encoding="utf-8")

    with pytest.raises(CatalogError, match=r"assignments/toy/draft\.ipynb\[cell 1\] gives away"):
        student_archive(toy)


def test_broken_notebook_is_searched_as_text(toy: Assignment) -> None:
    """Editors leave half-written files; what they hold is read by people all the same."""
    leaks = find_leaks(toy, {"a.ipynb": f"{{\n{ANSWER}".encode()})

    assert len(leaks) == 1
    assert leaks[0].startswith("a.ipynb:2 gives away solutions/toy/steps.py:22")


@pytest.mark.parametrize("name", ["hidden/test_far.py", "mistakes/walk.toml"])
def test_copy_of_a_secret_file_is_a_leak(toy: Assignment, name: str) -> None:
    """Hidden suites and mistakes have no markers: a copy of the whole file tells."""
    content = (toy.solution / name).read_bytes()

    leaks = find_leaks(toy, {"assignments/toy/test_more.py": content})

    assert leaks == (
        f"assignments/toy/test_more.py is a copy of solutions/toy/{name}; take it out",
    )


@pytest.mark.parametrize(
    "text",
    [
        "return positions",
        "def advance(x, rate=RATE):",
        "scaled = x + rate",
    ],
)
def test_short_or_public_line_is_no_leak(toy: Assignment, text: str) -> None:
    """What the stub shows, and what anybody would write, may appear anywhere."""
    assert find_leaks(toy, {"handout.md": text.encode()}) == ()


def test_plain_call_of_a_public_function_is_no_leak(toy: Assignment) -> None:
    """Examples call functions too; with its own parameters a call says what the def line says."""
    path = toy.solution / "cells.py"
    text = path.read_text(encoding="utf-8").replace(
        "    return cell(cell(x))",
        "    new_position = advance(x, rate)\n    older_position = advance(new_position, rate)",
    )
    path.write_text(text, encoding="utf-8")

    leaks = find_leaks(
        toy, {"a.md": b"new_position = advance(x, rate)", "b.md": b"advance(new_position, rate)"}
    )
    told = find_leaks(toy, {"a.md": b"older_position = advance(new_position, rate)"})

    assert leaks == ()
    assert len(told) == 1


def test_line_that_a_stub_shows_is_no_secret(toy: Assignment) -> None:
    """An answer may use a line that the given code has as well."""
    path = toy.solution / "cells.py"
    text = path.read_text(encoding="utf-8").replace(
        "    return cell(cell(x))",
        "    smaller = self.size < other.size  # as above\n    return self.size < other.size",
    )
    path.write_text(text, encoding="utf-8")

    leaks = find_leaks(toy, {"a.md": b"return self.size < other.size"})

    assert leaks == ()


def test_archive_holds_the_demos(toy: Assignment) -> None:
    """They only call the exercises' functions, and a student may run them on their own."""
    toy.demos.mkdir()
    for name in ("demos.toml", "walk.py"):
        (toy.demos / name).write_text(f"# {name}\n", encoding="utf-8")

    names = _opened(student_archive(toy)).namelist()

    assert {"assignments/toy/demos/demos.toml", "assignments/toy/demos/walk.py"} <= set(names)


def test_demo_that_does_an_exercise_is_refused(toy: Assignment) -> None:
    """It would hand the answer out."""
    toy.demos.mkdir()
    (toy.demos / "walk.py").write_text(f"def run(code, show):\n    {ANSWER}\n", encoding="utf-8")

    with pytest.raises(CatalogError, match=r"demos/walk\.py:2 gives away"):
        student_archive(toy)


def test_nothing_is_written_when_something_leaks(toy: Assignment, tmp_path: Path) -> None:
    """Half a release would be taken for a whole one."""
    path = toy.folder / "handout.md"
    path.write_text(path.read_text(encoding="utf-8") + ANSWER, encoding="utf-8")

    with pytest.raises(CatalogError, match="toy gives solutions away"):
        write_release(toy, tmp_path / "out")

    assert not (tmp_path / "out").exists()


def _opened(archive: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(archive))


def test_only_what_is_stale_is_written(toy: Assignment) -> None:
    """A checkout in which nothing is out of date stays clean, line ends and times included."""
    write_release(toy, toy.folder)
    kept = toy.folder / "steps.py"
    kept.write_bytes(kept.read_bytes().replace(b"\n", b"\r\n"))
    os.utime(kept, (1, 1))
    (toy.folder / "cells.py").write_text("# out of date\n")

    written = write_release(toy, toy.folder)

    assert [path.name for path in written] == ["cells.py"]
    assert kept.stat().st_mtime == 1
    assert stale(toy) == []


def test_stale_files_are_lent_as_they_ought_to_be(toy: Assignment) -> None:
    """Beside the same solutions and data; the tree itself is left as it is."""
    write_release(toy, toy.folder)
    with as_released(toy) as lent:
        assert lent is toy
    (toy.folder / "cells.py").write_text("# out of date\n")
    (toy.folder / "steps.py").unlink()

    with as_released(toy) as lent:
        assert stale(lent) == []
        assert lent.folder != toy.folder
        assert lent.solution.samefile(toy.solution)
        assert lent.exercises == toy.exercises

    assert not lent.folder.exists()
    assert len(stale(toy)) == 2


class TestTheCommand:
    """``grader release`` on a tree, as another processor may have left it."""

    def run(self, proven: Proven, *words: str) -> int:
        """Run it."""
        code = main(["release", "tiny", "--root", str(proven.root), *words])
        for name, module in list(sys.modules.items()):
            if str(getattr(module, "__file__", None) or "").startswith(str(proven.root)):
                del sys.modules[name]
        return code

    def contents(self, proven: Proven) -> dict[str, bytes]:
        """Read every file of the tree."""
        return {
            path.relative_to(proven.root).as_posix(): path.read_bytes()
            for path in proven.root.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    def test_what_rounding_has_changed_is_not_written(
        self, proven: Proven, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Values are compared, as ``--check`` does, not bytes."""
        path = proven.assignment.golden
        path.write_bytes(_rounded_otherwise(path.read_bytes()))
        before = self.contents(proven)

        code = self.run(proven)

        assert code == 0
        assert self.contents(proven) == before
        assert capsys.readouterr().out == "tiny: 0 generated files were out of date\n"

    def test_what_is_stale_is_written_and_told(
        self, proven: Proven, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Stored values too, and a second run then finds nothing."""
        golden, known = proven.assignment.golden, proven.assignment.known_mistakes
        golden.unlink()
        known.write_bytes(b"damaged")
        kept = self.contents(proven)

        codes = [self.run(proven), self.run(proven, "--check")]

        assert codes == [0, 0]
        told = capsys.readouterr().out
        assert f"wrote {golden}\nwrote {known}\ntiny: 2 generated files were" in told
        after = self.contents(proven)
        assert {name for name in after if after[name] != kept.get(name)} == {
            "data/golden/tiny.bin", "data/golden/tiny.mistakes.bin",
        }  # fmt: skip

    def test_an_archive_leaves_the_tree_as_it_is(
        self, proven: Proven, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """What is out of date in the tree is fresh in the archive, and told."""
        golden = proven.assignment.golden
        right = golden.read_bytes()
        golden.write_bytes(b"damaged")
        (stub,) = proven.assignment.folder.glob("[!t]*.py")
        good = stub.read_bytes()
        stub.write_text("# out of date\n")
        before = self.contents(proven)

        code = self.run(proven, "-o", str(tmp_path / "out"))

        assert code == 0
        assert self.contents(proven) == before
        with zipfile.ZipFile(tmp_path / "out" / "tiny.zip") as archive:
            assert archive.read("data/golden/tiny.bin") == right
            assert archive.read(f"assignments/tiny/{stub.name}") == good
        told = capsys.readouterr().out
        assert f"stale: {stub.name}: out of date from line 1 on" in told
        assert "tiny: 2 generated files are out of date" in told


def _rounded_otherwise(stored: bytes) -> bytes:
    """Move every number of some golden values by as little as a processor may."""
    golden = Golden.from_bytes(stored)
    moved = Golden()
    for case in golden.cases():
        moved.begin(case)
        for label, value in golden.answers(case):
            moved.add(case, label, _nudged(value))
    assert moved.to_bytes() != stored
    return moved.to_bytes()


def _nudged(value: object) -> object:
    if isinstance(value, tuple):
        return tuple(map(_nudged, value))
    return np.nextafter(value, np.inf) if isinstance(value, float | np.ndarray) else value
