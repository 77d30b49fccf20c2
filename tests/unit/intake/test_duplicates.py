"""Several definitions of one name, and stubs that are still stubs."""

import ast

import pytest

from grader.trees import is_unwritten

RIGHT = "def clip(g):\n    return 'right'"
OTHER = "def clip(g, temperature):\n    return 'other'"
STUB = "def clip(g):\n    '''Clip.'''\n    raise NotImplementedError"


def _kept(module, name="clip"):
    return [piece.code for piece in module.pieces if name in piece.names]


def test_the_last_definition_counts(reader, module):
    """As in Jupyter, a later definition takes the place of an earlier one."""
    submission = reader.notebook(OTHER, RIGHT)

    read = module(submission)
    assert _kept(read) == [RIGHT]
    assert [(left.names, left.reason, left.detail) for left in read.left_out] == [
        (("clip",), "shadowed", "hw.ipynb[cell 2]:1")
    ]
    assert submission.notes[0].key == "intake_shadowed"
    assert submission.notes[0].fields == {
        "name": "clip",
        "kept": "hw.ipynb[cell 2]",
        "kept_line": 1,
        "dropped": "hw.ipynb[cell 1]",
        "dropped_line": 1,
    }


def test_the_cell_marked_in_its_metadata_counts(reader, module):
    """A helper of the same name further down shadows nothing."""
    read = module(reader.notebook((RIGHT, {"grader": {"exercise": "clip"}}), OTHER))

    assert _kept(read) == [RIGHT]


@pytest.mark.parametrize(
    "mark",
    [
        "# GRADED FUNCTION: clip",
        "### graded function: CLIP",
        "# UNQ_C1 (UNIQUE CELL IDENTIFIER, DO NOT EDIT)\n# GRADED FUNCTION: sample, clip",
        "# UNQ_C3 GRADED FUNCTION clip",
        "  ## GRADED CLASS : clip",
    ],
)
def test_the_cell_marked_by_a_comment_counts(reader, module, mark):
    """Marks of the well-known courses are read in their spellings."""
    read = module(reader.notebook(f"import math\n{mark}\n{RIGHT}", OTHER))

    assert _kept(read) == [RIGHT]


def test_a_mark_in_a_script_is_for_the_definition_below_it(reader, module):
    """A notebook exported to a script keeps its marks."""
    read = module(reader.script(f"# GRADED FUNCTION: clip\n{RIGHT}\n\n# In[5]:\n{OTHER}\n"))

    assert _kept(read) == [RIGHT]


@pytest.mark.parametrize("metadata", [5, None, [], {"grader": 5}, {"grader": {"exercise": [1]}}])
def test_survives_metadata_of_any_type(reader, module, metadata):
    """Hostile metadata marks nothing."""
    read = module(reader.notebook((OTHER, metadata), (RIGHT, {"grader": {"exercise": "none"}})))

    assert _kept(read) == [RIGHT]


@pytest.mark.parametrize("cells", [(RIGHT, STUB), (STUB, RIGHT)], ids=["stub last", "stub first"])
def test_a_stub_never_wins_over_a_written_definition(reader, module, cells):
    """Not even in the cell marked for the exercise."""
    marked = [(cell, {"grader": {"exercise": "clip"}} if cell == STUB else {}) for cell in cells]

    read = module(reader.notebook(*marked))

    assert _kept(read) == [RIGHT]
    assert read.unwritten == ()


def test_tells_which_names_are_still_stubs(reader, module):
    """The worker prefers another file's definition to these."""
    read = module(reader.notebook(STUB, "def sample(): ...", "def helper(): pass"))

    assert read.unwritten == ("clip", "sample")


@pytest.mark.parametrize("later", ["clip = 5", "clip = 'dinos.txt'", "clip = {}\nclip['a'] = 1"])
def test_a_value_is_no_definition(reader, module, later):
    """A number of the same name does not take the function's place."""
    read = module(reader.notebook(RIGHT, later))

    assert _kept(read) == [RIGHT]


@pytest.mark.parametrize(
    "later",
    [
        "clip = lambda g: g",
        "clip = my_clip",
        "clip = np.clip",
        "clip = functools.partial(my_clip, 1)",
    ],
)
def test_other_ways_to_define_count(reader, module, later):
    """A lambda, an alias or a partial is a definition like any other."""
    first = "import functools\nimport numpy as np\ndef my_clip(g): return g"

    read = module(reader.notebook(first, RIGHT, later))

    assert _kept(read) == [later]


def test_classes_count_as_well(reader, module):
    """Classes follow the same rule as functions."""
    read = module(
        reader.notebook(
            "class GRUCell:\n    x = 1", "class GRUCell(Base):\n    def f(self):\n        pass"
        )
    )

    assert [piece.filename for piece in read.pieces] == ["hw.ipynb[cell 2]"]


def test_other_names_may_be_bound_twice(reader, module):
    """Helpers and constants are run in order, as Python would."""
    read = module(reader.notebook("n = 1\ndef f(): pass", "n = 2\ndef f(): return n"))

    assert len(read.pieces) == 4


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    pass",
        "def f(x):\n    ...",
        "def f(x):\n    'Text.'",
        "async def f(x):\n    'Text.'\n    raise NotImplementedError",
        "def f(x):\n    a, b = x.shape\n    c: int = 3\n    ...\n"
        "    raise NotImplementedError('x')",
        "class F:\n    'Text.'",
        "class F(Base):\n    def __init__(self):\n        self.x = 1\n"
        "    def forward(self, x):\n        raise NotImplementedError",
    ],
)
def test_knows_a_stub(text):
    """Nothing of substance stands in it."""
    assert is_unwritten(ast.parse(text).body[0])


@pytest.mark.parametrize(
    "text",
    [
        "def f(x):\n    return x",
        "def f(x):\n    None",
        "def f(x):\n    x += 1\n    raise NotImplementedError",
        "def f(x):\n    if x:\n        raise NotImplementedError\n    return x",
        "def f(x):\n    raise ValueError",
        "class F(Base):\n    pass",
        "class F(Base):\n    def __init__(self):\n        pass\n"
        "    def f(self, x):\n        return x",
        "f = 5",
    ],
)
def test_knows_what_somebody_has_written(text):
    """Any work of the student's own makes it theirs, right or wrong."""
    assert not is_unwritten(ast.parse(text).body[0])
