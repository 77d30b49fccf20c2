"""``grader demo``: each system shows what it is known to show, with anybody's code."""

from __future__ import annotations

import ast
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from grader.catalog import all_assignments, load_assignment, load_demos
from grader.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.model import Demo

    Run = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).resolve().parents[2]
HW8 = ROOT / "assignments" / "hw8"
DEMOS = {demo.id: demo for demo in load_demos(load_assignment(HW8))}
# Weights are the same whatever the names are, and so is what an untrained network draws.
FIRST_NAMES = "Nkzxwtdmfqoeyhsqwasjkjvu, Kneb, Kzxwtdmfqoeyhsqwasjkjvu, Neb, "
LATER_NAMES = (
    "Liusskeomnolxeros, Hmdaairus, Hytroligoraurus, Lecalosapaus, Xusicikoraurus, "
    "Abalpsamantisaurus, Tpraneronxeros"
)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Type a command; get its code, and what it prints and complains of."""

    def typed(*words: str | Path, root: Path = ROOT) -> tuple[int, str, str]:
        code = main(["demo", *map(str, words), "--root", str(root)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return typed


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """What a student has: no solutions."""
    shutil.copytree(HW8, tmp_path / "course" / "assignments" / "hw8")
    shutil.copytree(ROOT / "data", tmp_path / "course" / "data", ignore=lambda *_: ["golden"])
    return tmp_path / "course"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_without_a_system_all_are_listed(run: Run, lang: str) -> None:
    """One line each, in the reader's language."""
    code, printed, _ = run("--lang", lang)

    demos = [demo for assignment in all_assignments(ROOT) for demo in load_demos(assignment)]
    assert code == 0
    assert [re.split(" {2,}", line) for line in printed.splitlines()] == [
        [demo.id, demo.title.in_language(lang)] for demo in demos
    ]


def test_srn_prints_the_numbers_of_the_course(run: Run) -> None:
    """By hand to the last digit but rounding, by torch to four decimals."""
    _, printed, _ = run("srn", "--lang", "en")

    rows = re.findall(r"output (\S+) (\S+) {2}state (\S+) (\S+)", printed)
    tanh = [
        (1.9280551601516338, 0.9640275800758169),
        (1.9984510891336251, 0.9992255445668126),
        (1.9999753470497836, 0.9999876735248918),
    ]
    by_hand = [tuple(map(float, row)) for row in rows[:6]]
    assert by_hand[:3] == [(4, 4, 2, 2), (12, 12, 6, 6), (32, 32, 16, 16)]
    assert by_hand[3:] == [pytest.approx((y, y, h, h), abs=1e-15) for y, h in tanh]
    by_torch = [(f"{y:.4f}", f"{y:.4f}", f"{h:.4f}", f"{h:.4f}") for y, h in tanh]
    assert rows[6:] == by_torch * 2


def test_binary_addition_prints_the_errors_of_the_course(run: Run) -> None:
    """The first pair's, and that of the pair after a thousand others; then the other start.

    An equals sign stands only where there is a right sum.
    """
    _, printed, _ = run("binary-addition", "--iterations", "1000", "--lang", "en")

    found = re.findall(r"^ +(\d+)  error (\S+) ", printed, re.MULTILINE)
    uniform, normal = found[:11], found[11:]
    assert [row for row in uniform if row[0] in {"0", "1000"}] == [
        ("0", "3.45638663"),
        ("1000", "3.63389116"),
    ]
    assert [step for step, _ in normal] == [step for step, _ in uniform]
    assert normal[0] == ("0", "4.46700996")
    sums = re.findall(r"(\d+) \+ +(\d+) ([=≠]) +(\d+)", printed)
    assert len(sums) == len(found)
    for first, second, sign, answer in sums:
        assert (int(first) + int(second) == int(answer)) == (sign == "=")


def test_char_rnn_prints_loss_and_names_of_our_own_list(run: Run) -> None:
    """The first iteration, and the last one."""
    _, printed, _ = run("char-rnn", "--iterations", "3", "--lang", "en")

    assert "1291 names, 27 characters" in printed
    assert f"iteration     0  smoothed loss 23.090633\n    {FIRST_NAMES}" in printed
    assert printed.count("smoothed loss") == 2
    assert "iteration     2  smoothed loss" in printed


def test_char_rnn_prints_the_published_losses_and_names(run: Run) -> None:
    """On the course's own list, all six digits, and all seven names."""
    path = os.environ.get("GRADER_DINOS")
    if not path:
        pytest.skip("GRADER_DINOS does not name the course's file of dinosaur names")
    _, printed, _ = run("char-rnn", "--iterations", "2002", "--text", path, "--lang", "en")

    assert f"iteration     0  smoothed loss 23.087336\n    {FIRST_NAMES}" in printed
    assert f"iteration  2000  smoothed loss 27.884160\n    {LATER_NAMES}\n" in printed


def test_char_rnn_reads_any_alphabet(run: Run, tmp_path: Path) -> None:
    """Chinese, accents, capitals: the text brings its own vocabulary, in lower case."""
    text = tmp_path / "names.txt"
    text.write_text("欧阳修\n司马迁\nJOSÉ\n\n", "utf-8")

    code, printed, _ = run("char-rnn", "--iterations", "1", "--text", text, "--lang", "en")

    names = printed.splitlines()[-1].strip().split(", ")
    assert code == 0
    assert "3 names, 11 characters" in printed
    assert len(names) == 7
    assert set("".join(names).lower()) <= set("欧阳修司马迁josé")


def test_hello_becomes_ohlol(run: Run) -> None:
    """Wrong at first, right after ten epochs."""
    _, printed, _ = run("hello", "--iterations", "10")

    written = re.findall(r"hello -> (\w+)", printed)
    assert len(written) == 10
    assert written[0] != "ohlol" == written[-1]


@pytest.mark.learning
def test_seq2seq_learns_all_seven_words(run: Run) -> None:
    """Wrong at first; after 400 epochs, mans is understood as well."""
    _, printed, _ = run("seq2seq", "--iterations", "400", "--lang", "en")

    blocks = re.findall(r"^ +(\d+)  cost (\S+)\n(.*)", printed, re.MULTILINE)
    costs = {int(epoch): float(cost) for epoch, cost, _ in blocks}
    words = [dict(re.findall(r"(\w+) -> (\w*)", line)) for _, _, line in blocks]
    assert list(costs) == [0, 80, 100, 160, 200, 240, 300, 320, 400]
    assert costs[0] == pytest.approx(20.203211, abs=1e-4)
    assert costs[400] < 0.05
    assert "women" not in words[0].values()
    assert words[-1] == {
        "man": "women", "mans": "women", "king": "queen", "black": "white", "up": "down",
        "girl": "boy", "high": "low",
    }  # fmt: skip


def test_gates_keep_and_forget(run: Run) -> None:
    """What a saturated gate does, and what is left of a memory after 20 steps: sigmoid(b)^20."""
    _, printed, _ = run("gates", "--lang", "en")

    _, gru_kept, gru_replaced, lstm_kept, lstm_forgotten, compared, faded = printed.split("\n\n")
    assert gru_kept.count("   0.5000  -0.8000") == 6
    assert gru_replaced.count("   0.5000  -0.8000") == 1
    assert lstm_kept.count("   2.0000  -3.0000") == 6
    assert lstm_forgotten.count("   0.0000   0.0000") == 5
    lstm, held, free = (float(number) for number in re.findall(r"(\S+e-\d+)", compared))
    assert max(lstm, held) < 1e-6
    assert free > 1e-3
    left = dict(re.findall(r"bias (\d)  (\S+)", faded))
    assert left == {"0": "0.0000", "1": "0.0019", "2": "0.0790", "4": "0.6956", "8": "0.9933"}


FEW = {"binary-addition": 20, "char-rnn": 3, "hello": 3, "seq2seq": 3}
LINES = {"binary-addition": 2, "char-rnn": 2, "hello": 1, "seq2seq": 1, "gates": 5}


def test_every_system_that_has_a_curve_is_plotted_below() -> None:
    """The list is the catalogue's."""
    assert set(LINES) == {demo.id for demo in DEMOS.values() if demo.curve}


@pytest.mark.parametrize("system", LINES)
def test_a_plot_is_well_formed_and_the_same_each_time(
    run: Run, tmp_path: Path, system: str
) -> None:
    """An SVG file with as many lines as there are things to compare."""
    options = ["--iterations", str(FEW[system])] if system in FEW else []

    for name in ("a.svg", "b.svg"):
        code, printed, _ = run(system, *options, "--lang", "zh", "--plot", tmp_path / name)
        assert code == 0
        assert f"曲线已保存：{tmp_path / name}" in printed  # noqa: RUF001 - Chinese

    drawn = ElementTree.parse(tmp_path / "a.svg")  # noqa: S314 - ours
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}polyline"))) == LINES[system]
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


@pytest.mark.parametrize("demo", DEMOS.values(), ids=DEMOS)
def test_without_solutions_the_stubs_are_run(run: Run, course: Path, demo: Demo) -> None:
    """A student is told which function to write first, not where Python gave up."""
    code, printed, complaint = run(demo.id, "--lang", "en", root=course)

    (said,) = complaint.splitlines()
    exercises = {name for one in load_assignment(HW8).exercises for name in one.names}
    assert code == 1
    assert printed.startswith(f"{demo.id}, run on ")
    assert said.endswith(" is not written yet. Write it first, then run the demo again.")
    assert said.split()[0].split(".")[0] in exercises


MINE = "def srn_forward(X, w, U, act):\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"{MINE}    return X / 0, [][0]\n",
            "Your code stopped with IndexError: list index out of range "
            "(at mine.py:2, in srn_forward): return X / 0, [][0]",
        ),
        (
            f"{MINE}    return forward(X)\n",
            "Your code stopped with NameError: name 'forward' is not defined "
            "(at mine.py:2, in srn_forward): return forward(X)",
        ),
        (
            f"N = input()\n{MINE}    return N\n",
            "Your code uses the global name N, which your file sets at mine.py:1 by reading a "
            "file, the network or the keyboard.",
        ),
        (
            f"{MINE}    exit()\n",
            "Your code stopped with SystemExit (at mine.py:2, in srn_forward): exit()",
        ),
        (f"{MINE}    return None\n", "The demo cannot go on with what your functions return"),
        (
            "def srn_forwards(X, w, U, act):\n    return X, X\n",
            "This demo needs srn_forward, which",
        ),
        (f"{MINE}    raise NotImplementedError\n", "srn_forward is not written yet."),
    ],
    ids=["raises", "unknown name", "left out", "exits", "wrong type", "missing", "stub"],
)
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_what_stops_the_code_is_told(run: Run, tmp_path: Path, text: str, said: str) -> None:
    """In one line, with the place in the student's own file, and code 1."""
    path = tmp_path / "mine.py"
    path.write_text(text, "utf-8")

    code, _, complaint = run("srn", "--submission", path, "--lang", "en")

    assert code == 1
    assert complaint.startswith(said)
    assert len(complaint.splitlines()) == 1


def test_it_is_the_submission_that_runs(run: Run, tmp_path: Path) -> None:
    """Its own numbers come out, right or not, and what it prints is seen."""
    path = tmp_path / "mine.py"
    path.write_text(f"{MINE}    print('here')\n    return 7 * X, -X\n", "utf-8")

    _, printed, _ = run("srn", "--submission", path, "--lang", "en")

    assert "here\n  input 1.0 1.0  output 7.0 7.0  state -1.0 -1.0\n" in printed


def test_a_user_who_stops_it_keeps_what_was_shown(run: Run, tmp_path: Path) -> None:
    """Lines and curve as far as they have come, and the code of an interrupted command."""
    text = (ROOT / "solutions" / "hw8" / "char_rnn.py").read_text("utf-8")
    stop = "    if loss < 23.0710:\n        return 0.999 * loss + 0.001 * cur_loss\n"
    stopped = text.replace(
        "    return 0.999 * loss + 0.001 * cur_loss",
        f"{stop}    if loss > 23.12:\n        raise KeyboardInterrupt\n"
        "    return 0.999 * loss + 0.001 * cur_loss",
    )
    path = tmp_path / "char_rnn.py"
    path.write_text(stopped, "utf-8")
    plot = tmp_path / "curve.svg"

    code, printed, complaint = run(
        "char-rnn", "--submission", path, "--iterations", "100", "--plot", plot, "--lang", "en"
    )

    assert code == 130
    assert complaint == "Stopped by you.\n"
    assert FIRST_NAMES in printed
    assert len(list(ElementTree.parse(plot).iter("{http://www.w3.org/2000/svg}polyline"))) == 2  # noqa: S314 - ours


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rnn"], "no system 'rnn'; there is srn, binary-addition, char-rnn,"),
        (["srn", "--seed", "1"], "srn draws no random numbers; leave --seed out"),
        (["srn", "--plot", "a.svg"], "srn has no curve; leave --plot out"),
        (["gates", "--iterations", "1"], "gates does not train; leave --iterations out"),
        (["hello", "--text", "a.txt"], "hello reads no text; leave --text out"),
        (["hello", "--plot", "a.png"], "cannot plot into a.png: give a .svg file"),
        (["hello", "--plot", "no/a.svg"], "cannot plot into no/a.svg: give a .svg file in a"),
        (["hello", "--submission", "no.py"], "no.py does not exist"),
        (["hello", "--submission", "broken.py"], "broken.py: "),
        (["char-rnn", "--text", "no.txt"], "the text no.txt cannot be read: No such file"),
        (["char-rnn", "--text", "gbk.txt"], "the text gbk.txt is not UTF-8 (byte 5)"),
        (["char-rnn", "--text", "blank.txt"], "the text blank.txt is empty"),
        (["char-rnn", "--text", "."], "the text . cannot be read: Is a directory"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_usage_ends_with_2_and_says_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    """One line, before anything is trained."""
    monkeypatch.chdir(tmp_path)
    Path("gbk.txt").write_bytes("Anna\n张伟\n".encode("gbk"))
    Path("blank.txt").write_text("\n \n", "utf-8")
    Path("broken.py").write_bytes(b"x = '\xff'\n")

    code, printed, complaint = run(*words)

    assert (code, printed) == (2, "")
    assert complaint.startswith(f"grader: {said}")
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize("words", [[], ["srn"]], ids=["list", "run"])
def test_without_assignments_one_is_told_where_to_go(
    run: Run, tmp_path: Path, words: list[str]
) -> None:
    """As in a folder elsewhere."""
    code, _, complaint = run(*words, root=tmp_path)

    assert code == 2
    assert "run this in the folder that holds assignments/" in complaint


@pytest.mark.parametrize("demo", DEMOS.values(), ids=DEMOS)
def test_a_demo_keeps_the_rules(demo: Demo) -> None:
    """It imports nothing of the package, and defines no function that is an exercise."""
    path = HW8 / "demos" / f"{demo.id.replace('-', '_')}.py"
    tree = ast.parse(path.read_text("utf-8"))
    exercises = {name for one in load_assignment(HW8).exercises for name in one.names}

    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [n.name for n in node.names]
        )
    }
    defined = {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    assert imported <= {"numpy", "torch"} | sys.stdlib_module_names
    assert not defined & exercises
