"""``grader demo`` on hw10: each system shows what it is known to show."""

from __future__ import annotations

import ast
import gzip
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
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Type a command; get its code, and what it prints and complains of."""

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
    assert "97.42%  the course text, on MNIST" in printed


def write_mnist(path: Path, array: np.ndarray) -> None:
    """Write an array as a file of MNIST, packed if it is called so."""
    head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
    data = head + array.astype("u1").tobytes()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@pytest.mark.parametrize("name", ["{}-idx{}-ubyte.gz", "{}.idx{}-ubyte"])
def test_digits_are_read_from_files_of_mnist(run: Run, tmp_path: Path, name: str) -> None:
    """A folder of one's own, as downloaded or unpacked; what is in them is what is learnt."""
    images = np.zeros((130, 10, 12))
    labels = np.arange(130) % 10
    images[np.arange(130), labels] = 255  # a digit is the row that has ink
    for part, chosen in (("train", slice(100)), ("t10k", slice(100, None))):
        write_mnist(tmp_path / name.format(f"{part}-images", 3), images[chosen])
        write_mnist(tmp_path / name.format(f"{part}-labels", 1), labels[chosen])

    code, printed, _ = run("digits", "--iterations", "20", "--data", tmp_path, "--lang", "en")

    assert code == 0
    assert f"pictures in {tmp_path}\n100 to learn from, 30 new ones, 10 x 12 pixels" in printed
    shares = re.findall(r"^ *(\d+\.\d+)%  (?:the whole|row)", printed, re.MULTILINE)
    assert shares == ["100.00", "100.00"]


@pytest.mark.parametrize("broken", [None, b"\0\0\x08\x03"])
def test_files_that_are_not_mnist_are_named(run: Run, tmp_path: Path, broken: bytes | None) -> None:
    """One that is missing, and one that is cut off; in words, not as a fault of the code."""
    if broken is not None:
        (tmp_path / "train-images-idx3-ubyte").write_bytes(broken)

    code, _, complaint = run("digits", "--iterations", "1", "--data", tmp_path, "--lang", "en")

    assert code == 1
    assert "train-images-idx" in complaint
    assert str(tmp_path) in complaint
    assert "demo cannot go on" not in complaint


def test_digits_of_scikit_learn_are_read(run: Run) -> None:
    """Where that package is installed, which the extra `digits` does."""
    pytest.importorskip("sklearn", reason="scikit-learn is not installed; the extra is `digits`")

    code, printed, _ = run("digits", "--iterations", "2", "--data", "sklearn", "--lang", "en")

    assert code == 0
    assert "1400 to learn from, 397 new ones, 8 x 8 pixels" in printed
    (last,) = re.findall(r"^ *(\d+\.\d+)%  the whole", printed, re.MULTILINE)
    assert float(last) > 80


def test_without_scikit_learn_its_digits_are_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And one reads how to get it."""
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)

    code, _, complaint = run("digits", "--iterations", "1", "--data", "sklearn", "--lang", "en")

    assert code == 1
    assert complaint.startswith("scikit-learn is not installed.")
    assert "pip install '.[digits]'" in complaint


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
    assert [row[1:] for row in rows[:2]] == [("0.00328", "0.01042"), ("0.00746", "0.02276")]


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


@pytest.mark.parametrize(("system", "lines"), [("digits", 2), ("ngram", 1), ("series", 7)])
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
