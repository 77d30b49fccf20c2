"""Text that does not parse: healthy functions of the same file survive."""

import pytest


def _defined(module):
    return [name for piece in module.pieces for name in piece.names]


BROKEN = {
    "leftover None": "def broken(g):\n    return g\n        None\n",
    "random(n)": "def broken(n):\n    for j in random(n)\n        pass\n",
    "unclosed bracket": "def broken(x):\n    y = (x + (1\n    return y\n",
    "python 2 print": "def broken(x):\n    print 'loss', x\n",
    "mixed tabs": "def broken(x):\n        if x:\n\treturn 1\n",
    "unclosed docstring": 'def broken(x):\n    """Text.\n    return x\n',
    "missing value": "def broken(x):\n    s_t0 = \n    return x\n",
    "no body": "def broken(x):\n",
    "decorated": "@decorate(\ndef broken(x):\n    return x\n",
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
def test_keeps_the_functions_around_a_broken_one(reader, module, broken):
    """A flaw costs the function in which it stands and no other."""
    before = 'def clip(g):\n    """Doc.\n\ntext at column 0 (\n"""\n    return g\n\n'
    after = "\n@torch.no_grad()\n# why\ndef sample(p):\n    return [\n1,\n2\n]\nSIZE = (\n3)\n"

    read = module(reader.script(before + broken + after))

    assert [name for name in _defined(read) if name != "broken"] == ["clip", "sample", "SIZE"]
    (left,) = [left for left in read.left_out if left.names]
    assert (left.names, left.reason) == (("broken",), "syntax")
    assert 8 <= left.line <= 7 + broken.count("\n") + 1
    assert left.detail
    sample = next(piece for piece in read.pieces if piece.names == ("sample",))
    lines = (before + broken + after).split("\n")
    assert lines[sample.line - 1] == "@torch.no_grad()"


def test_says_where_and_why_it_does_not_parse(reader):
    """The note quotes Python's own complaint, with file and line."""
    submission = reader.script("x = 1\n\ndef clip(g):\n    return g g\n")

    (note,) = submission.notes
    assert note.key == "intake_syntax"
    assert note.fields == {
        "where": "hw.py",
        "line": 4,
        "names": "clip",
        "detail": "invalid syntax",
    }


def test_reads_a_python_2_file(reader, module):
    """Of a file for Python 2, what is also Python 3 is graded."""
    text = (
        "import sys\nreload(sys)\nprint 'start'\ndef sigmoid(x):\n    return 1/(1+exp(-x))\n"
        "for j in xrange(10):\n    print j\n    err = j\ndef clip(g):\n    raise Error, 'no'\n"
    )

    read = module(reader.script(text))

    assert _defined(read) == ["sys", "sigmoid"]
    assert [left.names for left in read.left_out if left.reason == "syntax"] == [
        (),
        ("err",),
        ("clip",),
    ]


def test_cuts_each_cell_by_itself(reader, module):
    """A flaw in one cell leaves line numbers of all cells right."""
    read = module(
        reader.notebook(
            "x = = 1\ndef clip(g):\n    return g", "y = 2", "def sample(:\n pass\nz = 3"
        )
    )

    assert [(piece.names, piece.filename[8:], piece.line) for piece in read.pieces] == [
        (("clip",), "[cell 1]", 2),
        (("y",), "[cell 2]", 1),
        (("z",), "[cell 3]", 3),
    ]
    assert [left.names for left in read.left_out] == [("x",), ("sample",)]


def test_leaves_magic_lines_of_a_script_out(reader, module):
    """A notebook pasted or exported into a script keeps its functions."""
    text = "%matplotlib inline\nget_ipython().magic('ls')\ndef clip(g):\n    !ls\n    return g\n"

    read = module(reader.script(text))

    assert [(piece.code, piece.line) for piece in read.pieces] == [
        ("def clip(g):\n    pass\n    return g", 3)
    ]
    assert {left.reason for left in read.left_out} == {"magic"}


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5000 + ")" * 5000,
        "x = " + "-" * 100_000 + "1",
        "x = 1" + "+1" * 100_000,
        "x = a" + ".b" * 100_000,
        "".join(" " * depth + "if x:\n" for depth in range(120)) + " " * 120 + "x = 1",
        "x = " + "9" * 10_000,
    ],
    ids=["brackets", "signs", "sum", "attributes", "ifs", "digits"],
)
def test_survives_deeply_nested_source(reader, module, text):
    """What exhausts the parser is a flaw like any other."""
    read = module(reader.script(f"{text}\ndef clip(g):\n    return g\n"))

    assert _defined(read) == ["clip"]
    assert read.left_out[0].reason == "syntax"


@pytest.mark.parametrize("line", ["(", "x = '''", "x y", "@a", "else:", '"""'])
def test_bounds_the_work_on_broken_text(reader, line):
    """Thousands of flaws are read in one sweep rather than in their square."""
    submission = reader.script(f"{line}\n" * 15_000)

    assert submission.source is not None


def test_gives_up_cutting_text_with_too_many_places_to_cut(reader, module):
    """Beyond twenty thousand places the text is left out as a whole."""
    read = module(reader.script("def clip(g): return g\n" + "x y\n" * 20_001))

    (left,) = read.left_out
    assert (left.names, left.reason) == (("clip",), "syntax")
