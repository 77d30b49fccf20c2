"""Whatever the text, reading it ends with pieces that parse."""

import ast
import json
import warnings

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader import wire
from grader.intake.files import read_file

EXERCISES = {"clip": ("clip",), "sample": ("sample",)}

FRAGMENTS = st.sampled_from(
    [
        "def clip(g):\n    return g\n",
        "class Cell:\n    def f(self):\n        raise NotImplementedError\n",
        "@dec\n", "@(\nx)\n", "x = 1", "; ", "\n", "\\\n", "    ", "\t", "(", ")", "[",
        "'''", '"""',
        "if x:\n", "else:\n", "try:\n", "except:\n", "    y = 2\n", "if __name__ == '__main__':\n",
        "    import a, b\n", "from . import *\n", "from .a import b\n", "%time x = 1\n", "!ls\n",
        "a?\n",
        "%%time\n", "é = '中'; z = 3\n", "x = !ls\n", "# GRADED FUNCTION: clip\n", "clip = 5\n",
        "\f", "print 'x'\n", ">>> ", "lambda: 0", "x += 1\n", "x[0] = 2\n", "\r",
        "\x0b", "\u2028", "\x00",
        "for i in x:\n", "await x\n", "match x:\n    case y:\n        pass\n",
        "elif y:\n    z = 1\n",
        "import marimo\napp = marimo.App()\n", "@app.cell\n",
        "def _(x):\n    y = x\n    return y\n",
        "with app.setup:\n", "@app.function\n", "get_ipython().run_line_magic('time', 'x = 1')\n",
        "get_ipython().run_cell_magic('time', '', 'def clip(g):\\n    return g\\n!ls')\n",
        "get_ipython().run_cell_magic('writefile', 'a.py', 'def f(:')\n", "%%writefile b.py\n",
        "%run a.py\n", "type X[T] = int\n", 'f"{x["a"]}"\n', "f'{x!r:>{y}}", "t'", "{", "}",
        "with x:\n", "while x:\n", "    print(\n 'é')\n", "    print(1); z = 4\n", "x = f(x)\n",
        "    def g(x): return x\n", "setattr(Cell, 'f', x)\n", "del max, x\n", "max = 1\n",
        "x.f(y)\n", "finally:\n", "    if y: print(y)\n", "clip = dec(clip)\n", "    f(x)\n",
    ]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(FRAGMENTS, max_size=25).map("".join))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "worksheets",
                    "cell_type",
                    "source",
                    "input",
                    "metadata",
                    "grader",
                    "exercise",
                ]
            ),
            inner | st.just("code"),
            max_size=5,
        )
    ),
    max_leaves=25,
)
FAST = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def _check(read, count_lines):
    for module in (read.module, *read.written):
        _check_module(module, count_lines)


def _check_module(module, count_lines):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for piece in module.pieces:
            ast.parse(piece.code)
            assert 1 <= piece.line <= count_lines(piece.filename)
    for left in module.left_out:
        assert 1 <= left.line <= count_lines(left.filename)
    source = wire.Source((module,))
    load = wire.Load(nonce=1, source=source, given=wire.Source(()), home="hw")
    assert wire.unpack_request(wire.pack(load)) == load


@FAST
@given(text=TEXTS)
def test_any_script_is_read(tmp_path, text):
    """Pieces parse, lines lie within the file, and the whole can be sent to a worker."""
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    path = tmp_path / "hw.py"
    path.write_bytes(b"\n\n" + text.encode())

    read = read_file(path, EXERCISES)

    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 3
    _check(read, lambda _: lines)


@FAST
@given(cells=st.lists(TEXTS, max_size=4))
def test_any_notebook_is_read(tmp_path, cells):
    """The same holds for the cells of a notebook, magics and all."""
    path = tmp_path / "hw.ipynb"
    written = [{"cell_type": "code", "source": text, "metadata": {}} for text in cells]
    path.write_text(json.dumps({"cells": written}))

    read = read_file(path, EXERCISES)

    cells = {name: text for one in (read.module, *read.written) for name, text in one.cells.items()}
    _check(read, lambda name: cells[name].count("\n") + 1)


@FAST
@given(cells=st.lists(JSON, max_size=4))
def test_any_json_with_cells_is_read(tmp_path, cells):
    """Nothing is taken for granted about what stands in a cell."""
    path = tmp_path / "hw.ipynb"
    path.write_text(json.dumps({"cells": cells}))

    assert read_file(path, EXERCISES).module.name == "hw"
