"""exercises.toml is read whole, or refused with what is wrong and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.catalog import demo_path, find_assignment, load_assignment, load_demos, signature
from grader.errors import CatalogError
from grader.model import Demo, Limits, Text

if TYPE_CHECKING:
    from pathlib import Path

HEADING = """
[assignment]
id = "hw1"
seed = 5
title = { en = "One", zh = "一" }
"""
CLIP = """
[[exercise]]
id = "clip"
module = "char_rnn"
points = 4
title = { en = "Clip", zh = "裁剪" }
hints = [{ en = "Look.", zh = "看。" }]
"""
CELL = """
[[exercise]]
id = "cell"
module = "cells"
points = 6
names = ["GRUCell", "LSTMCell"]
uses = ["clip"]
torch = true
title = { en = "Cell", zh = "单元" }
hints = []
"""


def written(root: Path, text: str, name: str = "hw1") -> Path:
    """Write an assignment's exercises.toml; return its folder."""
    folder = root / "assignments" / name
    folder.mkdir(parents=True)
    (folder / "exercises.toml").write_text(text, "utf-8")
    return folder


def test_an_assignment_is_read_whole(tmp_path: Path) -> None:
    """Heading, exercises in order, limits, and what is given."""
    text = HEADING + '[limits]\ncall_s = 3.5\n[given]\nchar_rnn = ["softmax"]\n' + CLIP + CELL

    assignment = load_assignment(written(tmp_path, text))

    clip, cell = assignment.exercises
    assert (assignment.id, assignment.seed, assignment.title) == ("hw1", 5, Text("One", "一"))
    assert (clip.id, clip.points, clip.names, clip.torch) == ("clip", 4, ("clip",), False)
    assert (cell.names, cell.uses, cell.torch) == (("GRUCell", "LSTMCell"), ("clip",), True)
    assert (assignment.limits.call_s, assignment.limits.memory_mib) == (3.5, Limits().memory_mib)
    assert assignment.given == {"char_rnn": ("softmax",)}
    assert assignment.modules == ("char_rnn", "cells")


def test_the_parts_of_an_assignment_lie_beside_each_other(tmp_path: Path) -> None:
    """Solutions and golden values have their places, whether they are there or not."""
    assignment = load_assignment(written(tmp_path, HEADING + CLIP))

    assert assignment.folder == tmp_path / "assignments" / "hw1"
    assert assignment.solution == tmp_path / "solutions" / "hw1"
    assert assignment.hidden == tmp_path / "solutions" / "hw1" / "hidden"
    assert assignment.golden == tmp_path / "data" / "golden" / "hw1.bin"


def test_an_exercise_is_found_by_id(tmp_path: Path) -> None:
    """An unknown one is refused with the list of those that there are."""
    assignment = load_assignment(written(tmp_path, HEADING + CLIP + CELL))

    assert assignment.exercise("cell").points == 6
    with pytest.raises(CatalogError, match="clip, cell"):
        assignment.exercise("clap")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (HEADING + CLIP + CLIP, "twice"),
        (HEADING + CELL + CLIP, "does not come before"),
        (HEADING + CELL, "uses clip"),
        (HEADING + CLIP.replace('module = "char_rnn"', 'uses = ["clip"]\nmodule = "a"'), "clip"),
        (HEADING + CLIP.replace("points = 4", 'points = "4"'), "points"),
        (HEADING + CLIP.replace("points = 4", "point = 4"), "point"),
        (HEADING + CLIP.replace(', zh = "裁剪"', ""), "zh"),
        (HEADING + "[limits]\nseconds = 3\n" + CLIP, "seconds"),
        (CLIP, "assignment"),
        (HEADING, "exercise"),
        (HEADING + CLIP + "[[exercise", "exercises.toml"),
        (HEADING + CLIP.replace("points = 4", "points = -4"), "points"),
        (HEADING + "[limits]\ncall_s = 0\n" + CLIP, "call_s"),
        (HEADING + "[limits]\nmemory_mib = -1\n" + CLIP, "memory_mib"),
        (HEADING + CLIP + CLIP.replace('"clip"', '"clap"\nnames = ["clip"]'), "clip"),
        ("exercise = []\n" + HEADING, "exercise"),
    ],
    ids=[
        "twice", "upstream later", "upstream missing", "uses itself", "wrong type", "unknown key",
        "one language", "unknown limit", "no heading", "no exercise", "no toml", "negative points",
        "no time", "negative memory", "a name of two exercises", "empty",
    ],
)  # fmt: skip
def test_a_file_that_contradicts_itself_is_refused(tmp_path: Path, text: str, what: str) -> None:
    """The message names the file and what is wrong in it."""
    with pytest.raises(CatalogError, match=what) as caught:
        load_assignment(written(tmp_path, text))

    assert "exercises.toml" in str(caught.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """In the one way that callers expect."""
    folder = written(tmp_path, "")
    (folder / "exercises.toml").write_bytes(b"\xff\xfe\x00")

    with pytest.raises(CatalogError, match=r"exercises\.toml"):
        load_assignment(folder)


def test_a_folder_without_a_file_is_refused(tmp_path: Path) -> None:
    """With the path that was looked for."""
    with pytest.raises(CatalogError, match=r"exercises\.toml"):
        load_assignment(tmp_path)


def test_an_assignment_is_found_by_id_or_path(tmp_path: Path) -> None:
    """Below the course's folder, or wherever the path leads."""
    folder = written(tmp_path, HEADING + CLIP)

    assert find_assignment("hw1", tmp_path).id == "hw1"
    assert find_assignment(str(folder), tmp_path / "elsewhere").id == "hw1"


def test_a_bare_name_is_no_folder_that_happens_to_be_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a student's repository that would be the student's, whatever the root; a path is meant."""
    course, theirs = tmp_path / "course", tmp_path / "theirs"
    written(course, HEADING + CLIP)
    (theirs / "hw1").mkdir(parents=True)
    (theirs / "hw1" / "exercises.toml").write_text(HEADING + CLIP.replace("= 4", "= 400"), "utf-8")
    monkeypatch.chdir(theirs)

    assert find_assignment("hw1", course).exercises[0].points == 4
    assert find_assignment("./hw1/", course).exercises[0].points == 400


def test_an_unknown_assignment_is_refused_with_those_there_are(tmp_path: Path) -> None:
    """Or with what to do where there are none."""
    with pytest.raises(CatalogError, match="run this in the folder that holds assignments"):
        find_assignment("hw2", tmp_path)
    written(tmp_path, HEADING + CLIP)
    with pytest.raises(CatalogError, match="there is hw1"):
        find_assignment("hw2", tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x): pass", "(x)"),
        ("def f(): pass", "()"),
        ("def f(x: int, n: int = 3) -> int: pass", "(x, n=3)"),
        ("def f(x, shape=(1, 2)): pass", "(x, shape=(1, 2))"),
        ("import numpy as np\ndef g(y): pass\ndef f(x, /, y): pass", "(x, /, y)"),
        ("def f(x, *more: int, key: str = 'a', **rest: int): pass", "(x, *more, key='a', **rest)"),
    ],
)
def test_a_signature_is_read_without_annotations(text: str, expected: str) -> None:
    """Annotations would name what the worker need not have."""
    assert signature(text, "f") == expected


@pytest.mark.parametrize("text", ["", "f = 1", "class f: pass", "def g(): pass"])
def test_a_module_without_the_function_is_refused(text: str) -> None:
    """The message names the function."""
    with pytest.raises(CatalogError, match="f"):
        signature(text, "f")


def test_a_module_that_does_not_parse_is_refused() -> None:
    """A broken solution is the instructor's, not a SyntaxError of ours."""
    with pytest.raises(CatalogError):
        signature("def f(", "f")


WALK = """
[[demo]]
id = "walk-far"
module = "char_rnn"
iterations = 100
seed = 3
title = { en = "Walk", zh = "走" }
"""


def with_demos(root: Path, text: str) -> Path:
    """Write an assignment with a demos.toml, and the module of one demo; return its folder."""
    folder = written(root, HEADING + CLIP)
    (folder / "demos").mkdir()
    (folder / "demos" / "demos.toml").write_text(text, "utf-8")
    (folder / "demos" / "walk_far.py").write_text("", "utf-8")
    return folder


def test_demos_are_read(tmp_path: Path) -> None:
    """What a demo does not say, it does not take; its module has its name."""
    assignment = load_assignment(with_demos(tmp_path, WALK))

    (demo,) = load_demos(assignment)

    assert demo == Demo("walk-far", "char_rnn", Text("Walk", "走"), iterations=100, seed=3)
    assert demo_path(assignment, demo) == assignment.folder / "demos" / "walk_far.py"


def test_an_assignment_needs_no_demos(tmp_path: Path) -> None:
    """There are none then."""
    assert load_demos(load_assignment(written(tmp_path, HEADING + CLIP))) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WALK + WALK, "demo walk-far stands there twice"),
        (WALK.replace("char_rnn", "cells"), "demo walk-far has no module cells to run"),
        (WALK.replace("walk-far", "walk-on"), r"walk_on\.py is not there"),
        (WALK.replace("seed", "seeds"), "seeds"),
        (WALK.replace("100", "0"), ">= 1"),
        ("[[demo", r"demos\.toml: "),
    ],
    ids=["twice", "module", "file", "field", "value", "syntax"],
)
def test_broken_demos_are_refused(tmp_path: Path, text: str, said: str) -> None:
    """With the file, and what is wrong in it."""
    assignment = load_assignment(with_demos(tmp_path, text))

    with pytest.raises(CatalogError, match=said):
        load_demos(assignment)


RULES = """
[rules.by_hand]
forbids = ["torch.nn.GRUCell", "torch.gru_cell"]
reason = { en = "By hand.", zh = "自己写。" }
"""


def test_an_assignment_says_which_names_are_not_allowed(tmp_path: Path) -> None:
    """A rule names what an exercise is not to be solved with; others may use it."""
    text = HEADING + RULES + CLIP + CELL + 'rules = ["by_hand"]\n'

    assignment = load_assignment(written(tmp_path, text))

    clip, cell = assignment.exercises
    assert assignment.forbidden(clip) == {}
    reason = Text("By hand.", "自己写。")
    assert assignment.forbidden(cell) == {"torch.nn.GRUCell": reason, "torch.gru_cell": reason}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (RULES + CLIP + CELL + 'rules = ["alone"]\n', "names the rule alone; there is none"),
        (RULES + CLIP + CELL, "no exercise names the rule by_hand"),
    ],
)
def test_refuses_rules_that_do_not_fit_the_exercises(
    tmp_path: Path, text: str, complaint: str
) -> None:
    """A rule that does not exist, and one that holds for nothing, are mistakes of the author."""
    with pytest.raises(CatalogError, match=complaint):
        load_assignment(written(tmp_path, HEADING + text))


def test_data_may_be_missing_but_never_lies_elsewhere(tmp_path: Path) -> None:
    """A copy of the assignment alone is graded; a name that leads out of the folder is refused."""
    text = HEADING.replace("seed = 5", 'seed = 5\ndata = ["words.txt"]') + CLIP
    folder = written(tmp_path, text)

    assert load_assignment(folder).data == (tmp_path / "data" / "words.txt",)

    (folder / "exercises.toml").write_text(text.replace("words", "../secret"), "utf-8")
    with pytest.raises(CatalogError, match="does not lie below"):
        load_assignment(folder)
