"""Notebooks of other tools, scripts made from notebooks, and cells that are no code."""

import sys

import pytest

from grader import wire

CLIP = "def clip(x):\n    return x + 1\n"
FAILS = "def smooth(x):\n    return x / 0\n"


def code(text, kind="code"):
    """Write a cell."""
    return {"cell_type": kind, "source": text, "metadata": {}}


def _frames(reply):
    assert isinstance(reply, wire.Raised), reply
    return [(frame.filename, frame.line, frame.text) for frame in reply.frames]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
@pytest.mark.parametrize("text", [CLIP, f"```python\n{CLIP}```"])
def test_a_cell_that_became_text_is_named(student, kind, text):
    """It is not run; its student reads which cell it is, and what to do."""
    loaded = student.hand_in(hw_ipynb=[code("x = 1"), code(text, kind), code(FAILS)])

    reply = loaded.call("clip", 1)

    place = f"hw.ipynb[{kind} after cell 1]"
    assert (reply.key, reply.fields) == ("missing_in_text", {"name": "clip", "where": place})
    (told,) = loaded.submission.notes
    assert (told.key, told.fields) == ("intake_text", {"where": place, "names": "clip"})


@pytest.mark.parametrize(
    "cells",
    [
        [code(CLIP), code(CLIP, "markdown")],
        [code("def helper():\n    return 1\n", "markdown"), code(CLIP)],
        [code("def clip(x):\n    raise NotImplementedError\n", "markdown"), code(CLIP)],
        [code("# Clip\nclip is a function", "markdown"), code(CLIP)],
    ],
)
def test_of_other_text_nothing_is_said(student, cells):
    """A copy, a stub, a helper, or prose takes nothing away."""
    loaded = student.hand_in(hw_ipynb=cells)

    assert loaded.call("clip", 1) == 2
    assert loaded.said == []


@pytest.mark.parametrize(
    "line", ["%%writefile char_rnn.py", "%%file 'work/char_rnn.py'", '%%writefile -a "char_rnn.py"']
)
def test_a_module_that_a_cell_writes_is_a_module_of_the_submission(student, line):
    """The file is there at home as soon as the cell is run."""
    cells = [f"{line}\n{CLIP}{FAILS}", "from char_rnn import clip\nx = 1"]

    loaded = student.hand_in(hw_ipynb=[code(cell) for cell in cells])

    assert loaded.call("clip", 1) == 2
    assert _frames(loaded.call("smooth", 1)) == [("hw.ipynb[cell 1]", 5, "return x / 0")]
    assert loaded.said == []


LOADS = "try:\n    %load_ext grader\nexcept ModuleNotFoundError:\n    print('not here')"
CHECKED = f"%%check clip --lang zh\n{CLIP}"


@pytest.mark.parametrize("load", [LOADS, "%load_ext grader", "import grader"])
def test_lines_that_check_are_no_part_of_what_is_graded(student, load):
    """A cell below `%%check` counts as it would without; the rest is passed over, and not told."""
    cells = [load, CHECKED, "%check", "%check clip", f"%%check\n{FAILS}"]

    loaded = student.hand_in(hw_ipynb=[code(cell) for cell in cells])

    assert loaded.call("clip", 1) == 2
    assert _frames(loaded.call("smooth", 1)) == [("hw.ipynb[cell 5]", 3, "return x / 0")]
    assert loaded.said == []


def test_so_are_they_in_a_script_made_of_the_notebook(student):
    """As nbconvert writes it."""
    script = (
        "try:\n    get_ipython().run_line_magic('load_ext', 'grader')\n"
        "except ModuleNotFoundError:\n    print('not here')\n"
        f"get_ipython().run_cell_magic('check', 'clip', {CLIP!r})\n"
        "get_ipython().run_line_magic('check', 'clip')\n"
    )

    loaded = student.hand_in(hw_py=script)

    assert loaded.call("clip", 1) == 2
    assert loaded.said == []


def test_a_cell_writes_over_what_one_before_it_wrote_or_adds_to_it(student):
    """As the two forms of the magic do."""
    cells = [
        "%%writefile helper.py\ndef one():\n    return 100",
        "%%writefile helper.py\ndef one():\n    return 1",
        "%%writefile -a helper.py\ndef two():\n    return one()",
        "import helper\ndef clip(x):\n    return x + helper.two()",
        "%%writefile notes.txt\ndef of clip",
    ]

    loaded = student.hand_in(hw_ipynb=[code(cell) for cell in cells])

    assert loaded.call("clip", 1) == 2
    assert loaded.said == []


def test_a_file_that_a_cell_runs_leaves_its_names(student):
    """``%run`` is a star import of a file that was handed in, and names one that was not."""
    cells = ["%run helper.py\n%run ./other.ipynb\ndef clip(x):\n    return one(x)",
             "def smooth(x):\n    return two(x)"]  # fmt: skip
    helper = "def one(x):\n    return x + 1\n"

    loaded = student.hand_in(hw_ipynb=[code(cell) for cell in cells], helper_py=helper)

    assert loaded.call("clip", 1) == 2
    reply = loaded.call("smooth", 1)
    assert (reply.key, reply.fields["module"]) == ("import_star_failed", "other")


EXPORTED = f"""#!/usr/bin/env python
# coding: utf-8

# In[1]:

get_ipython().system('pip install einops')
get_ipython().run_line_magic('matplotlib', 'inline')
STEP = 1

# In[2]:

get_ipython().run_cell_magic('time', '', {CLIP.replace("1", "STEP")!r})

# In[3]:

get_ipython().run_cell_magic('writefile', 'gated_cells.py', {FAILS!r})
get_ipython().run_cell_magic('bash', '', 'ls')
get_ipython().run_line_magic('time', 'DEPTH = 2')


def model(x):
    return clip(x) + DEPTH
"""


def test_what_a_script_holds_of_a_notebooks_cells_counts(student):
    """An export writes a cell with a magic as one string."""
    loaded = student.hand_in(hw_py=EXPORTED)

    assert loaded.call("clip", 1) == 2
    assert loaded.call("model", 1) == 4
    line = EXPORTED[: EXPORTED.index("'writefile'")].count("\n") + 1
    assert _frames(loaded.call("smooth", 1)) == [(f"hw.py[line {line}]", 3, "return x / 0")]
    modules = loaded.submission.source.modules
    assert [module.name for module in modules] == ["hw", "gated_cells"]
    (clip,) = [piece for piece in modules[0].pieces if "clip" in piece.names]
    assert modules[0].cells[clip.filename].split("\n")[clip.line - 1] == "def clip(x):"


MARIMO = '''import marimo

__generated_with = "0.17.0"
app = marimo.App(width="medium")

with app.setup:
    import numpy as np
    STEP = 1


@app.cell
def _(np, helper):
    print("not run")

    def clip(x):
        """Text
    at the left."""
        return helper(x)
    return (clip,)


@app.cell(hide_code=True)
def _(DEPTH):
    def helper(x):
        return x + STEP + 0 * DEPTH
    return (helper,)


@app.cell
def _():
    DEPTH = 2
    return (DEPTH,)


@app.function
def smooth(x):
    return x / 0


@app.class_definition
class GRUCell:
    def forward(self, x):
        return x + STEP


if __name__ == "__main__":
    app.run()
'''


def test_a_marimo_notebook_is_read_like_any_other(student):
    """Its cells are functions; what they define is global, in the order of what they need."""
    loaded = student.hand_in(hw_py=MARIMO)

    assert loaded.call("clip", 1) == 2
    line = MARIMO[: MARIMO.index("return x / 0")].count("\n") + 1
    assert _frames(loaded.call("smooth", 1)) == [("hw.py", line, "return x / 0")]
    assert isinstance(loaded.call("GRUCell"), wire.Handle)


@pytest.mark.parametrize(
    "text",
    [
        "app = make()\n@app.cell\ndef clip(x):\n    return x + 1\n",
        "import marimo\n@marimo.cell\ndef clip(x):\n    return x + 1\n",
    ],
)
def test_what_is_no_marimo_notebook_is_not_read_as_one(student, text):
    """Other tools have decorators of that name, too."""
    (piece,) = [
        piece
        for piece in student.hand_in(hw_py=text).submission.source.modules[0].pieces
        if "clip" in piece.names
    ]

    assert piece.code.startswith("@")


PERCENT = """# ---
# jupyter:
#   jupytext:
#     text_representation:
#       format_name: percent
# ---

# %% [markdown]
# # Clip

# %%
# %matplotlib inline
# !pip install x
%load_ext autoreload
STEP = 1

# %%
# %%time
def clip(x):
    return x + STEP
"""


def test_a_percent_script_is_read(student):
    """Its magics are comments; one that is not is left out like a notebook's."""
    assert student.hand_in(hw_py=PERCENT).call("clip", 1) == 2


NEWER = [
    ("type Grads = dict[str, int]\n", "3.12"),
    ("def smooth[T](x: T) -> T:\n    return x\n", "3.12"),
    ("def smooth[T = int](x: T) -> T:\n    return x\n", "3.13"),
    ("class GRUCell[T]:\n    size: T\n", "3.12"),
    ("def smooth(x):\n    d = {'a': 1}\n    return f\"{d[\"a\"]}\"\n", "3.12"),
    ("def smooth(x):\n    return f'''{\n        x  # the number\n    }'''\n", "3.12"),
    ("def smooth(x):\n    return f\"{'\\n'.join(x)}\"\n", "3.12"),
    ("def smooth(x):\n    return t'{x}'\n", "3.14"),
    ("def smooth(x):\n    try:\n        return x\n    except KeyError, ValueError:\n"
     "        return 0\n", "3.14"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "needs"), NEWER)
def test_code_for_a_newer_python_says_which(student, text, needs):
    """The rest is graded; on that Python itself, nothing of ours is in the way."""
    loaded = student.hand_in(hw_py=f"{text}{CLIP}")

    assert loaded.call("clip", 1) == 2
    if sys.version_info[:2] >= tuple(map(int, needs.split("."))):
        assert loaded.said == []
        return
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    (told,) = [one for one in loaded.submission.notes if one.key == "intake_newer"]
    assert (told.fields["detail"], told.fields["here"]) == (needs, here)
    if "smooth" in text:
        reply = loaded.call("smooth", 1)
        assert reply.key == "syntax_newer"
        assert (reply.fields["needs"], reply.fields["here"]) == (needs, here)


@pytest.mark.parametrize(
    "text",
    [
        "def smooth(x:\n    return x\n",
        "def smooth(x):\n    return f'{x'\n",
        "def smooth(x):\n    return f'{x[}'\n",
        'def smooth(x):\n    return f"{x["a""\n',
        "def smooth(x):\n    print 'x'\n",
        "def smooth(x):\n    try:\n        pass\n    except KeyError, e:\n        pass\n",
        "def smooth[x](y:\n    return y\n",
        "type smooth is x\n",
    ],
)
def test_a_flaw_is_not_called_new(student, text):
    """What no Python reads is a flaw, whatever else is in it."""
    loaded = student.hand_in(hw_py=f"{CLIP}{text}")

    assert [one for one in loaded.said if one != "no_exercise_file"] == ["intake_syntax"]


def test_a_submission_without_any_exercise_is_flagged(student):
    """It is not one that tried and failed."""
    assert student.hand_in(hw_py="def something_else():\n    return 1\n").said == [
        "no_exercise_file"
    ]


@pytest.mark.parametrize("text", [CLIP, "def clip(:\n", "from char_rnn import clip\n"])
def test_one_that_has_an_exercise_in_whatever_state_is_not(student, text):
    """Broken or imported, it was looked for in the right place."""
    assert "no_exercise_file" not in student.hand_in(hw_py=text).said
