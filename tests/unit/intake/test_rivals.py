"""Several files of one submission that define the same graded name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from grader.intake import Submission, read_submission

if TYPE_CHECKING:
    from pathlib import Path

CODE = "def clip(g):\n    return g\n"
STUB = "def clip(g):\n    raise NotImplementedError\n"
NAME = {"intake_rivals_name"}


def read(folder: Path, files: dict[str, str]) -> Submission:
    """Write files and read them as one submission to hw8."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".ipynb"):
            text = json.dumps({"cells": [{"cell_type": "code", "source": text}]})  # noqa: PLW2901
        path.write_text(text)
    return read_submission(
        folder,
        modules=("dinos", "rnn_step"),
        exercises={"clip": ("clip",), "cell": ("GRUCell", "gru")},
        assignment="hw8",
    )


def told(submission: Submission) -> list[tuple[str, Any]]:
    """Return what is said about rivals."""
    return [
        (note.key, (note.fields["kept"], note.fields["dropped"]))
        for note in submission.notes
        if note.key.startswith("intake_rivals")
    ]


@pytest.mark.parametrize(
    ("kept", "dropped", "key"),
    [
        ("dinos.py", "alice.py", "own"),
        ("rnn_step.py", "alice.py", "own"),
        ("dinos.py", "hw8.ipynb", "own"),
        ("hw8.ipynb", "Ahw8.ipynb", "own"),
        ("hw8.ipynb", "hw8-Copy1.ipynb", "own"),
        ("hw8.ipynb", "hw8_final.ipynb", "own"),
        ("hw8.ipynb", "hw8 (1).ipynb", "own"),
        ("hw8.zh.ipynb", "best.ipynb", "own"),
        ("hw.py", "hw-Copy3.py", "copy"),
        ("hw.py", "Copy of hw.py", "copy"),
        ("hw.py", "hw - 副本.py", "copy"),
        ("hw.py", "hw copy 2.py", "copy"),
        ("attempt2.py", "attempt1.py", "number"),
        ("attempt10.py", "attempt9.py", "number"),
        ("hw (2).py", "hw (1).py", "number"),
        ("hw (1).py", "hw.py", "number"),
        ("a.ipynb", "b.ipynb", "name"),
        ("hw.py", "hw.ipynb", "name"),
        ("a/hw.py", "b/hw.py", "name"),
        ("copyright.py", "hw.py", "name"),
    ],
)
def test_the_order_is_stated(tmp_path, kept, dropped, key):
    """One counts, whichever was written first; both are named, with the reason."""
    submission = read(tmp_path, {dropped: CODE, kept: CODE})

    assert submission.source is not None
    assert submission.source.modules[0].origin == kept
    assert told(submission) == [(f"intake_rivals_{key}", (kept, dropped))]


@pytest.mark.parametrize(
    "files",
    [
        {"dinos.py": STUB, "hw8.ipynb": CODE},
        {"dinos.py": CODE, "hw8.ipynb": STUB},
        {"dinos.py": "from mine import clip\n", "mine.py": CODE},
        {"dinos.py": CODE, "rnn_step.py": "def gru(): return 1\n"},
        {"a.py": "def helper(): return 1\n", "b.py": "def helper(): return 2\n"},
        {"a.py": CODE, "b.py": "clip = 3\n"},
        {"hw8.ipynb": CODE + CODE},
    ],
)
def test_nothing_is_said_where_one_counts_alone(tmp_path, files):
    """Of a stub, an import, what is not graded, and rivals in one file, which have their own."""
    assert told(read(tmp_path, files)) == []


def test_each_pair_of_files_is_named_once(tmp_path):
    """With all the names that both define."""
    both = CODE + "def gru(): return 1\n"

    submission = read(tmp_path, {"a.py": both, "b.py": both, "c.py": CODE})

    notes = [note for note in submission.notes if note.key in NAME]
    assert [(note.fields["dropped"], note.fields["names"]) for note in notes] == [
        ("b.py", "clip, gru"),
        ("c.py", "clip"),
    ]


def test_of_two_modules_the_exercises_own_counts(tmp_path):
    """Which differs by exercise, so that no file is said to count."""
    submission = read(tmp_path, {"dinos.py": CODE, "rnn_step.py": CODE, "hw8.ipynb": CODE})

    assert [key for key, _ in told(submission)] == ["intake_rivals_modules"] * 2


def test_code_in_the_assignments_folder_counts_before_the_top(tmp_path):
    """A script that lies about in the repository is no second version of equal right."""
    home = {"assignments/hw8/exercises.toml": "", "assignments/hw8/dinos.py": CODE}

    submission = read(tmp_path, {**home, "dinos.py": CODE, "scratch.py": CODE})

    assert submission.source is not None
    assert submission.source.modules[0].origin == "assignments/hw8/dinos.py"
    assert told(submission)[-1] == (
        "intake_rivals_folder",
        ("assignments/hw8/dinos.py", "scratch.py"),
    )
