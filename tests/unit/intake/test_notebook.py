"""Notebooks: cells, lines, magics, and JSON of every sort."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbformat.v3 import new_code_cell, new_notebook, new_text_cell, new_worksheet


def test_counts_code_cells_and_their_lines(reader, module):
    """Origins name the cell as counted over all code cells, empty ones too."""
    read = module(reader.notebook("", "\n\nx = 1", "def clip(g):\n    return g"))

    assert (read.name, read.origin) == ("hw", "hw.ipynb")
    assert [(piece.filename, piece.line) for piece in read.pieces] == [
        ("hw.ipynb[cell 2]", 3),
        ("hw.ipynb[cell 3]", 1),
    ]
    assert read.cells == {
        "hw.ipynb[cell 2]": "\n\nx = 1",
        "hw.ipynb[cell 3]": "def clip(g):\n    return g",
    }


MAGICS = [
    "%matplotlib inline",
    "!pip install x",
    "?len",
    "len?",
    "files = !ls",
    "t = %timeit -o f()",
    "%cd \\\n  somewhere",
    "%time",
    "!ls {x}\n%%time",
    "\n\n%ls",
    "s = '''\n%not a magic\n'''\n%ls",
]


@pytest.mark.parametrize("magic", MAGICS)
def test_magics_keep_every_line_in_its_place(reader, module, magic):
    """Magics are left out, and what follows keeps its line."""
    read = module(reader.notebook(f"{magic}\ndef clip(g):\n    return g\nx = 3"))

    clip, x = read.pieces[-2:]
    line = magic.count("\n") + 2
    assert (clip.names, clip.line, x.line) == (("clip",), line, line + 2)
    left = read.left_out[0]
    assert left.reason == "magic"
    assert left.detail in magic
    assert read.cells["hw.ipynb[cell 1]"].startswith(magic)


def test_names_what_a_magic_would_have_bound(reader, module):
    """A shell assignment explains a later NameError."""
    submission = reader.notebook("files = !ls", "clip = len")

    assert [left.names for left in module(submission).left_out] == [("files",)]
    assert [note.key for note in submission.notes] == ["intake_magic"]


def test_leaves_text_that_looks_like_a_magic_alone(reader, module):
    """A string may hold lines that begin with a per cent sign."""
    read = module(reader.notebook("s = '''\n%foo\n!bar\n'''\n%ls\ny = (5\n%3)"))

    assert [piece.code for piece in read.pieces] == ["s = '''\n%foo\n!bar\n'''", "y = (5\n%3)"]


@pytest.mark.parametrize("inner", ["%matplotlib inline", "!ls -l", "?x"])
def test_magics_inside_of_functions_become_pass(reader, module, inner):
    """A function with a magic in it can still be called."""
    read = module(reader.notebook(f"def clip(g):\n    {inner}\n    return g"))

    assert read.pieces[0].code == "def clip(g):\n    pass\n    return g"


def test_time_magic_keeps_its_statement(reader, module):
    """``%time x = 3`` binds x in Jupyter as well."""
    read = module(reader.notebook("%time x = 3\nfiles = !ls\n%time y = 4"))

    assert [(piece.code, piece.line) for piece in read.pieces] == [("x = 3", 1), ("y = 4", 3)]


@pytest.mark.parametrize("magic", ["%%time", "\n%%timeit -n 3", "%%capture out\n%%time"])
def test_unwraps_cell_magics_that_only_watch(reader, module, magic):
    """The body of %%time is Python of the notebook."""
    read = module(reader.notebook(f"{magic}\ndef clip(g):\n    return g"))

    assert [(piece.names, piece.line) for piece in read.pieces] == [
        (("clip",), magic.count("\n") + 2)
    ]
    assert read.left_out == ()


@pytest.mark.parametrize("magic", ["%%bash", "%%writefile $name.py", "%%python"])
def test_leaves_cells_of_other_magics_out(reader, module, magic):
    """Other cell magics own their cell; names in it are remembered."""
    read = module(reader.notebook(f"{magic}\ndef clip(g):\n    return g", "x = 1"))

    assert [piece.names for piece in read.pieces] == [("x",)]
    assert [(left.names, left.reason, left.detail) for left in read.left_out] == [
        (("clip",), "magic", magic)
    ]


def test_strips_indents_and_prompts_as_jupyter_does(reader, module):
    """An indented cell, or one pasted with prompts, runs in Jupyter and is read here."""
    read = module(reader.notebook("  x = 1\n  y = 2", ">>> z = 3\n>>> w = 4"))

    assert [(piece.code, piece.line) for piece in read.pieces] == [
        ("x = 1", 1),
        ("y = 2", 2),
        ("z = 3", 1),
        ("w = 4", 2),
    ]


def test_bounds_the_work_on_magics(reader, module):
    """Thousands of magics end up left out, in whatever way."""
    read = module(reader.notebook(*["x = !ls\n" * 400 + "y = 1"] * 10))

    assert {name for piece in read.pieces for name in piece.names} == {"y"}


def test_reads_what_nbformat_writes(reader, module, write_notebook):
    """Cells read directly are the cells that nbformat reads."""
    text = write_notebook("import math\nx = 1", "\ny = 2\n")

    read = module(reader.json(text))

    cells = nbformat.reads(_with_ids(text), as_version=4).cells
    assert list(read.cells.values()) == [cell.source for cell in cells]


def test_reads_notebooks_of_version_3(reader, module):
    """Before version 4, cells lay in worksheets and their text in ``input``."""
    first = [new_text_cell("markdown", "text"), new_code_cell("def clip(g):\n    return 1\n")]
    second = [new_code_cell("def clip(g):\n    return g\n")]
    old = new_notebook(worksheets=[new_worksheet(cells=cells) for cells in (first, second)])

    read = module(reader.json(json.dumps(old)))

    upgraded = [cell.source for cell in nbformat.convert(old, 4).cells if cell.cell_type == "code"]
    assert list(read.cells.values()) == upgraded
    assert read.left_out[0].reason == "shadowed"


def test_ignores_everything_but_code(reader, module):
    """Text cells, raw cells, outputs and cells of no sort are not read."""
    cells = [
        {"cell_type": "markdown", "source": "x = 1"},
        {"cell_type": "raw", "source": "x = 2"},
        {"cell_type": "code", "source": ["y = 1\n", "z = 2"], "outputs": [{"text": "x = 3"}]},
        None,
        7,
        {"source": "x = 4"},
    ]

    read = module(reader.json(json.dumps({"cells": cells})))

    assert [piece.names for piece in read.pieces] == [("y",), ("z",)]


@pytest.mark.parametrize(
    "source", [None, 5, {}, [1, None], [["x"]]], ids=["none", "number", "dict", "list", "nested"]
)
def test_survives_sources_of_any_type(reader, source):
    """A cell whose source is no text is empty."""
    cells = [{"cell_type": "code", "source": source}, {"cell_type": "code", "source": "x = 1"}]

    submission = reader.json(json.dumps({"cells": cells}))

    assert submission.source is not None
    assert submission.source.modules[0].pieces[0].filename == "hw.ipynb[cell 2]"


@pytest.mark.parametrize(
    "text",
    ["", "x = 1", "[]", "5", "{}", '{"cells": 5}', '{"cells"', "[" * 100_000, "<html></html>"],
)
def test_tells_what_is_no_notebook(reader, text):
    """Anything else under the name .ipynb gives a row with its reason."""
    submission = reader.json(text)

    assert submission.source is None
    assert submission.problem is not None
    assert submission.problem.key == "intake_not_a_notebook"


def test_replaces_lone_surrogates(reader, module):
    """JSON can hold half a character, which no other format can."""
    read = module(reader.json('{"cells": [{"cell_type": "code", "source": "x = \'\\ud83d\'"}]}'))

    assert read.pieces[0].code == "x = '?'"


def test_null_characters_in_a_cell_are_a_flaw(reader, module):
    """A cell with a null character costs that statement alone."""
    read = module(reader.notebook("x = '\0'\ny = 1"))

    assert [piece.names for piece in read.pieces] == [("y",)]


def test_refuses_more_cells_than_anybody_writes(reader):
    """The number of code cells is bounded."""
    submission = reader.notebook(*["x"] * 2001)

    assert submission.problem is not None
    assert submission.problem.key == "intake_too_many_cells"


def test_refuses_more_code_than_anybody_writes(reader):
    """So is their text, all together."""
    submission = reader.notebook(*["#" * (1 << 20)] * 3)

    assert submission.problem is not None
    assert submission.problem.key == "intake_too_much_code"


def test_plain_files_import_neither_ipython_nor_nbformat_nor_torch(tmp_path):
    """Reading plain Python and common magics stays cheap in every process."""
    (tmp_path / "a.py").write_text("x = 1 % 2\n")
    code = (
        "import sys, pathlib; from grader.intake import read_submission\n"
        f"read_submission(pathlib.Path({str(tmp_path / 'a.py')!r}), modules=(), exercises={{}})\n"
        "print([m for m in ('IPython', 'nbformat', 'torch') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def _with_ids(text):
    notebook = json.loads(text)
    for number, cell in enumerate(notebook["cells"]):
        cell |= {"id": f"c{number}", "execution_count": None}
    return json.dumps(notebook)
