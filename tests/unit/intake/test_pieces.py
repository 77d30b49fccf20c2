"""Which statements are run, and what is said of the rest."""

import ast

import pytest


def _names(module, kind):
    return [name for piece in module.pieces if piece.kind == kind for name in piece.names]


def test_keeps_imports_definitions_and_constants_in_order(reader, module):
    """Each top-level statement is one piece, with its line in the file."""
    text = "import math\n\n\n@decorate\n@twice\ndef clip(x):\n    return x\n\nSIZE = 3\n"

    pieces = module(reader.script(text)).pieces

    assert [(piece.kind, piece.names, piece.line) for piece in pieces] == [
        ("import", ("math",), 1),
        ("definition", ("clip",), 4),
        ("constant", ("SIZE",), 9),
    ]
    assert pieces[1].code == "@decorate\n@twice\ndef clip(x):\n    return x"


def test_cuts_statements_that_share_a_line(reader, module):
    """Columns count bytes, so text before a statement may hold any letter."""
    pieces = module(reader.script('s = "é中"; t = "ü" ; u = [\n 1]; print(s)\n')).pieces

    assert [piece.code for piece in pieces] == ['s = "é中"', 't = "ü"', "u = [\n 1]"]
    assert [piece.line for piece in pieces] == [1, 1, 1]


def test_a_form_feed_is_no_indent(reader, module):
    """Some editors put one before each function, to begin a page there."""
    (piece,) = module(reader.script("\f\fdef clip(x):\n    return x\n")).pieces

    assert (piece.code, piece.line) == ("def clip(x):\n    return x", 1)


def test_runs_each_import_by_itself(reader, module):
    """One missing package takes no other along, and relative imports find their sibling."""
    text = "import numpy as np, seaborn.x\nfrom .cells import gru as g\nfrom utils import *\n"

    pieces = module(reader.script(text)).pieces

    assert [(piece.code, piece.names) for piece in pieces] == [
        ("import numpy as np", ("np",)),
        ("import seaborn.x", ("seaborn",)),
        ("from cells import gru as g", ("g",)),
        ("from utils import *", ()),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "[1, 2.0, 'x', None]",
        "{c: i for i, c in enumerate(sorted(set(chars)))}",
        "len(data) + 1 if data else -1",
        "f'{name}.txt'",
        "np.zeros((3, 1))[0].astype(float)",
        "torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
        "nn.CrossEntropyLoss()",
        "'abc'.lower().split()",
        "collections.Counter(words).most_common(5)",
        "os.path.join('data', 'dinos.txt')",
        "partial(step, 3)",
        "names['a'].shape",
    ],
)
def test_keeps_assignments_without_effects(reader, module, value):
    """Literals, arithmetic, comprehensions and calls of pure functions are constants."""
    imports = "import numpy as np, torch, collections, os\nfrom torch import nn\n"
    imports += "from functools import partial\n"

    read = module(reader.script(f"{imports}x = {value}\n"))

    assert _names(read, "constant") == ["x"]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("open('dinos.txt').read()", "outside"),
        ("np.random.randn(3)", "call"),
        ("np.loadtxt('x')", "outside"),
        ("torch.manual_seed(0)", "call"),
        ("torch.hub.load('a', 'b')", "outside"),
        ("rand(3)", "call"),
        ("requests.get('http://x')", "outside"),
        ("train(data)", "call"),
        ("sum(train())", "call"),
        ("[train(d) for d in data]", "call"),
        ("input()", "outside"),
        ("(y := 3)", "call"),
        ("Net()", "call"),
        ("len(3)", "call"),
    ],
)
def test_leaves_assignments_with_effects_out(reader, module, value, reason):
    """Files, draws, the student's own calls: left out under their names and with their text."""
    text = "import numpy as np, torch, requests\nfrom torch import rand\n"
    text += f"def len(x): ...\nx, (a, *b) = {value}\n"

    read = module(reader.script(text))

    (left,) = read.left_out
    assert set(left.names) >= {"x", "a", "b"}
    assert (left.reason, left.line, left.detail) == (reason, 4, f"x, (a, *b) = {value}")


def test_names_what_blocks_would_bind(reader, module):
    """Targets of for and with count, those of comprehensions do not."""
    text = "with open('f') as f:\n    data = [z for z in f]\nfor i, c in data:\n    n = i\n"

    left_out = module(reader.script(text)).left_out

    assert [left.names for left in left_out] == [("f", "data"), ("i", "c", "n")]


def test_ignores_statements_that_do_nothing(reader, module):
    """Docstrings, values to display, pass and bare annotations are not worth a word."""
    read = module(reader.script('"""Text."""\n5\nx\nx.shape\n(1, 2)\npass\ny: int\n'))

    assert (read.pieces, read.left_out) == ((), ())


def test_follows_changes_to_own_objects_alone(reader, module):
    """A dict may be filled and a counter raised; other people's modules stay as they are."""
    text = "import os\nd = {}\nd['a'] = 1\nd['b'].c += 2\nn = 0\nn += 1\n"
    text += "m += 1\nos.environ['A'] = 'b'\n"

    read = module(reader.script(text))

    assert [piece.line for piece in read.pieces] == [1, 2, 3, 4, 5, 6]
    assert [left.line for left in read.left_out] == [7, 8]


def test_does_not_delete(reader, module):
    """A deleted name may still be read by a function, so deleting is left out."""
    read = module(reader.script("x = 1\ndel x\n"))

    assert _names(read, "constant") == ["x"]
    assert [left.detail for left in read.left_out] == ["del x"]


def test_takes_lambdas_for_definitions(reader, module):
    """What stands inside of a lambda runs only when it is called."""
    read = module(reader.script("clip = lambda g, m: print(g)\n"))

    assert _names(read, "definition") == ["clip"]


def test_keeps_constants_of_a_main_guard_for_last(reader, module):
    """What a main guard sets may be read as a global; what it runs is not run."""
    text = (
        "if __name__ == '__main__':\n    n_class = 5\n    sizes = [\n        1]\n"
        "    def helper():\n        '''Text\n    here'''\n        return 1\n"
        "    train()\n    for i in range(3):\n        total = i\nx = 1\n"
    )

    read = module(reader.script(text))

    assert [(piece.kind, piece.names, piece.line) for piece in read.pieces] == [
        ("constant", ("x",), 12),
        ("fallback", ("n_class",), 2),
        ("fallback", ("sizes",), 3),
        ("fallback", ("helper",), 4),
    ]
    assert [left.names for left in read.left_out] == [(), ("i", "total")]
    helper = ast.parse("\n" * 3 + read.pieces[3].code).body[0].body[0]
    assert helper.lineno == 5


def test_keeps_the_whole_of_a_guarded_import(reader, module):
    """``try`` around imports, constants and definitions is one piece."""
    text = "try:\n    import torch\nexcept ImportError:\n    torch = None\nelse:\n    ok = True\n"

    (piece,) = module(reader.script(text)).pieces

    assert (piece.kind, piece.names) == ("import", ("torch", "ok"))


def test_saves_the_imports_of_a_try_that_does_more(reader, module):
    """A handler that prints costs nobody the import."""
    text = (
        "try:\n    import torch\n    x = load()\nexcept ImportError:\n    print('no')\n    y = 1\n"
    )

    read = module(reader.script(text))

    assert [(piece.kind, piece.names) for piece in read.pieces] == [("import", ("torch", "y"))]
    assert [left.names for left in read.left_out] == [("x",), ()]


def test_keeps_an_if_that_only_sets_names(reader, module):
    """An ``if`` with effects in its test or body is left out with its names."""
    text = (
        "import torch\nif torch.cuda.is_available():\n    d = 'cuda'\nelif d:\n    import a\n"
        "else:\n    d = 'cpu'\nif check():\n    e = 1\nif d:\n    f = run()\n"
    )

    read = module(reader.script(text))

    assert [(piece.kind, piece.names) for piece in read.pieces] == [
        ("import", ("torch",)),
        ("constant", ("d", "a")),
    ]
    assert [left.names for left in read.left_out] == [("e",), ("f",)]


def test_counts_what_was_not_run(reader):
    """Calls are many, so one note tells how many."""
    submission = reader.script("print(1)\nprint(2)\nclip = len\n")

    assert [(note.key, note.fields) for note in submission.notes] == [
        ("intake_calls", {"file": "hw.py", "count": 2})
    ]


def test_refuses_more_statements_than_anybody_writes(reader):
    """The work on one file is bounded."""
    submission = reader.script("x=1\n" * 20_001)

    assert submission.problem is not None
    assert submission.problem.key == "intake_too_many_statements"
