"""``grader demo`` on hw10: each system shows what it is known to show."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest

from grader.catalog import load_assignment, load_demos
from grader.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Demo

    Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).resolve().parents[2]
HW10 = ROOT / "assignments" / "hw10"
DEMOS = {demo.id: demo for demo in load_demos(load_assignment(HW10))}
FEW = {"digits": 1, "ngram": 4, "series": 3}


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Type a command; get its code, and what it prints and complains of."""
    monkeypatch.delenv("GRADER_DIGITS", raising=False)

    def typed(*words: str | Path, root: Path = ROOT) -> tuple[int, str, str]:
        code = main(["demo", *map(str, words), "--root", str(root)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return typed


def test_parameters_are_counted_as_torch_does(run: Run) -> None:
    """The course's own sizes, exactly three and four times as many; torch never disagrees."""
    code, printed, _ = run("parameters", "--lang", "en")

    assert code == 0
    assert re.search(r"20 +50 +2 +1 +8700 +26100 +34800 +3\.00 +4\.00", printed)
    assert "holds" not in printed


def test_digits_show_what_accuracy_does_not(run: Run) -> None:
    """One view has a recurrent gradient, the other has none."""
    _, printed, _ = run("digits", "--iterations", "1", "--lang", "en")

    found = re.findall(r"accuracy +(\S+)%   largest gradient of weight_hh (\S+)", printed)
    (_, none), (_, some) = found
    assert none == "0.0000"
    assert float(some) > 0


def write_mnist(folder: Path, name: str, array: np.ndarray) -> None:
    """Write an array as a file of MNIST."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    (folder / name).write_bytes(head + array.astype("u1").tobytes())


def test_digits_are_read_from_files_of_mnist(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of one's own: pictures of any size."""
    rng = np.random.default_rng(0)
    for part, count in (("train", 30), ("t10k", 10)):
        write_mnist(tmp_path, f"{part}-images-idx3-ubyte", rng.integers(256, size=(count, 6, 5)))
        write_mnist(tmp_path, f"{part}-labels-idx1-ubyte", rng.integers(10, size=count))
    monkeypatch.setenv("GRADER_DIGITS", str(tmp_path))

    code, printed, _ = run("digits", "--iterations", "1", "--lang", "en")

    assert code == 0
    assert f"pictures in {tmp_path}" in printed


def test_digits_of_scikit_learn_are_read(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where that package is installed, which the extra `digits` does."""
    pytest.importorskip("sklearn", reason="scikit-learn is not installed; the extra is `digits`")
    monkeypatch.setenv("GRADER_DIGITS", "sklearn")

    code, printed, _ = run("digits", "--iterations", "1", "--lang", "en")

    assert code == 0
    assert "8 x 8" in printed


def test_embedding_shows_the_lost_addition(run: Run) -> None:
    """Looked up and multiplied are the same; careless indexing is not."""
    _, printed, _ = run("embedding", "--lang", "en")

    first, looked_up, back = printed.split("\n\n")
    rows = [line for line in looked_up.splitlines() if line.startswith("  ")]
    assert "{'hello': 0, 'world': 1}" in first
    assert len(rows) == 3
    assert len(set(rows)) == 1
    right, torch, careless = (block.splitlines()[1:] for block in split_after(back))
    assert right == torch
    assert right != careless


def split_after(text: str) -> list[str]:
    """Cut the blocks of a gradient off each other: a name, and five rows."""
    lines = text.splitlines()[1:]
    return ["\n".join(lines[at : at + 6]) for at in range(0, 18, 6)]


def test_ngram_prints_the_known_losses(run: Run) -> None:
    """The vocabulary is sorted, so that the loss of seed 0 is always the same."""
    _, printed, _ = run("ngram", "--iterations", "10", "--lang", "en")

    assert "115 words, 97 of them different, 113 trigrams, 16171 parameters" in printed
    losses = dict(re.findall(r"^ +(\d+)  loss (\S+)$", printed, re.MULTILINE))
    assert float(losses["1"]) == pytest.approx(4.623395, abs=1e-4)
    assert float(losses["10"]) < 3
    assert "can name more than 111" in printed


def test_series_compares_with_guesses(run: Run) -> None:
    """Four networks beside two guesses that need none."""
    _, printed, _ = run("series", "--iterations", "3", "--lang", "en")

    rows = re.findall(r"^  (\S.*?) {2,}(\d\.\d+) +(\d\.\d+)", printed, re.MULTILINE)
    assert "144 months, 120 of them to learn from, between 90 and 432" in printed
    assert [name for name, _, _ in rows] == [
        "the last month again", "the year before again", "FC", "RNN", "LSTM", "GRU",
    ]  # fmt: skip
    assert rows[0][2] == "0.01042"


def test_series_reads_months_of_ones_own(run: Run, tmp_path: Path) -> None:
    """Any number of them, if there are enough."""
    path = tmp_path / "mine.csv"
    path.write_text("when,what\n" + "".join(f"{n},{n % 12 + n}\n" for n in range(70)), "utf-8")

    code, printed, _ = run("series", "--iterations", "1", "--text", path, "--lang", "en")
    path.write_text("1\n2\n", "utf-8")
    short, _, complaint = run("series", "--iterations", "1", "--text", path, "--lang", "en")

    assert code == 0
    assert "70 months, 46 of them" in printed
    assert short == 1
    assert "2 months; 60 are needed" in complaint


@pytest.mark.parametrize(("system", "lines"), [("digits", 2), ("ngram", 1), ("series", 6)])
def test_a_plot_has_as_many_lines_as_there_are_things(
    run: Run, tmp_path: Path, system: str, lines: int
) -> None:
    """An SVG file, in the reader's language."""
    path = tmp_path / "a.svg"

    code, printed, _ = run(system, "--iterations", str(FEW[system]), "--lang", "zh", "--plot", path)

    assert code == 0
    assert str(path) in printed
    drawn = ElementTree.parse(path)  # noqa: S314 - ours
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) == lines


@pytest.mark.parametrize("demo", DEMOS.values(), ids=DEMOS)
def test_without_solutions_the_stubs_are_run(run: Run, tmp_path: Path, demo: Demo) -> None:
    """A student is told which function to write first."""
    shutil.copytree(HW10, tmp_path / "assignments" / "hw10")
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=lambda *_: ["golden"])

    code, _, complaint = run(demo.id, "--lang", "en", root=tmp_path)

    (said,) = complaint.splitlines()
    names = {name for one in load_assignment(HW10).exercises for name in one.names}
    assert code == 1
    assert said.endswith(" is not written yet. Write it first, then run the demo again.")
    assert said.split()[0].split(".")[0] in names


@pytest.mark.parametrize("demo", DEMOS.values(), ids=DEMOS)
def test_a_demo_keeps_the_rules(demo: Demo) -> None:
    """It imports nothing of the package, and defines no function that is an exercise."""
    tree = ast.parse((HW10 / "demos" / f"{demo.id}.py").read_text("utf-8"))
    nodes = list(ast.walk(tree))
    names = {name for one in load_assignment(HW10).exercises for name in one.names}

    imported = {
        alias.name.split(".")[0]
        for node in nodes
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    imported |= {
        (node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)
    }
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    assert imported <= {"numpy", "torch", "sklearn"} | sys.stdlib_module_names
    assert not defined & names
