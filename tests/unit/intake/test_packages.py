"""Files in folders beside the code: read where the code imports them, named where it does not."""

from __future__ import annotations

import pytest

from grader.intake import read_submission
from grader.intake.sources import MAX_FILES

HELPER = "def helper(g):\n    return g\n"
USE = "def clip(g):\n    return helper(g)\n"


def read(folder, files):
    """Write files below a folder, read it as a submission; return what was read, and what not."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    found = read_submission(
        folder, modules=("dinos",), exercises={"clip": ("clip",)}, assignment="hw8"
    )
    assert found.source is not None
    left = [note.fields["files"] for note in found.notes if note.key == "intake_elsewhere"]
    return {module.origin for module in found.source.modules}, left


@pytest.mark.parametrize(
    "line",
    [
        "from part.helpers import helper", "from part import helpers", "import part.helpers as h",
        "import part.helpers", "from part.helpers import *",
    ],
)  # fmt: skip
def test_what_is_imported_is_read(tmp_path, line):
    """However it is written; nothing is said to be left out."""
    files = {"dinos.py": f"{line}\n{USE}", "part/helpers.py": HELPER}

    assert read(tmp_path, files) == ({"dinos.py", "part/helpers.py"}, [])


def test_an_import_within_a_function_counts(tmp_path):
    """It is run when the function is."""
    text = "def clip(g):\n    from part.helpers import helper\n    return helper(g)\n"

    assert read(tmp_path, {"dinos.py": text, "part/helpers.py": HELPER})[1] == []


def test_so_is_what_that_imports_in_turn(tmp_path):
    """Relative or from the top, also in a circle."""
    files = {
        "dinos.py": f"from part.one import helper\n{USE}",
        "part/one.py": "from .two import helper\n",
        "part/two.py": f"from more.three import x\nimport part.one\n{HELPER}",
        "more/three.py": "x = 1\n",
    }

    assert read(tmp_path, files) == (set(files), [])


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("import numpy as np", "old/dinos.py"),
        ("from helpers import helper", "old/helpers.py"),
        ("from part.helpers import helper", "old/part/helpers.py"),
        ("from part.other import helper", "part/helpers.py"),
        ("x = 'import part.helpers'", "part/helpers.py"),
    ],
)
def test_what_python_would_not_find_is_named(tmp_path, line, name):
    """An earlier version in another folder stays out, though it be called as what is missing."""
    files = {"dinos.py": f"{line}\n{USE}", name: HELPER}

    assert read(tmp_path, files) == ({"dinos.py"}, [name])


def test_what_is_imported_does_not_count_before_what_imports_it(tmp_path):
    """A version of an exercise in it is the lesser one."""
    folder = {"dinos.py": f"from part.helpers import helper\n{USE}"}
    read(tmp_path, folder | {"part/helpers.py": f"{HELPER}\ndef clip(g):\n    return 0\n"})

    found = read_submission(tmp_path, modules=("dinos",), exercises={"clip": ("clip",)})

    (told,) = [note for note in found.notes if note.key.startswith("intake_rivals")]
    assert told.fields["kept"] == "dinos.py"


def test_no_more_is_read_than_a_submission_may_have(tmp_path):
    """The rest is named."""
    lines = "".join(f"from part.f{number} import x\n" for number in range(MAX_FILES))
    files = {f"part/f{number}.py": "x = 1\n" for number in range(MAX_FILES)}

    origins, left = read(tmp_path, {"dinos.py": lines + USE} | files)

    assert len(origins) == MAX_FILES
    assert len(left) == 1
