"""From a student's text to the value of a call: what is run, for whom, and what is said if not."""

import pytest
import torch  # noqa: F401 - as in a worker, where it is there before any file is read

CLIP = "def clip(x):\n    return x + 1\n"


def code(text, kind="code"):
    """Write a cell."""
    return {"cell_type": kind, "source": text, "metadata": {}}


NEEDED = [
    "import logging\nlog = logging.getLogger(__name__)\nlog.setLevel(10)\n"
    "def clip(x):\n    log.debug('x')\n    return x + 1\n",
    "from types import SimpleNamespace\nC = SimpleNamespace(step=1)\n"
    "def clip(x):\n    return x + C.step\n",
    "class Config:\n    def __init__(self, step):\n        self.step = step\nC = Config(1)\n"
    "def clip(x):\n    return x + C.step\n",
    "def one():\n    return 1\nONE = one()\nTWO = ONE + 1\n"
    "def clip(x, by=TWO):\n    return x + by - 1\n",
    "class Vocab:\n    def __init__(self): self.n = 0\n    def build(self, t): self.n = len(t)\n"
    "v = Vocab()\nv.build('a')\ndef clip(x):\n    return x + v.n\n",
    "import numpy as np\nrng = np.random.default_rng(0)\nW = rng.integers(1, 2, size=(1,))\n"
    "def clip(x):\n    return x + int(W[0])\n",
    "import numpy as np\nnp.random.seed(3)\nA = np.random.randn()\nnp.random.seed(3)\n"
    "B = np.random.randn()\ndef clip(x):\n    return x + int(A == B)\n",
    "def base():\n    class Base:\n        step = 1\n    return Base\nB = base()\n"
    "class Step(B): pass\ndef clip(x):\n    return x + Step.step\n",
    "def helper():\n    return STEP\ndef make():\n    return 1\nSTEP = make()\n"
    "def clip(x):\n    return x + helper()\n",
]


@pytest.mark.parametrize("text", NEEDED)
def test_what_a_graded_definition_needs_is_run(student, text):
    """A constant made by a call, and whatever it takes to make it, in order."""
    assert student.hand_in(char_rnn_py=text).call("clip", 1) == 2


def test_what_is_drawn_while_a_file_is_read_is_the_same_each_time(student):
    """A table of random numbers gives each of a submission's workers the same answers."""
    text = (
        "import random, torch\nimport numpy as np\nW = [np.random.rand(), random.random(),\n"
        "    float(torch.rand(1))]\ndef clip(x):\n    return W\n"
    )

    first = student.hand_in(char_rnn_py=text).call("clip", 1)

    assert student.hand_in().call("clip", 1) == first


@pytest.mark.parametrize("text", NEEDED[2:5])
def test_what_is_needed_is_run_in_whatever_order_names_are_asked_for(student, text):
    """Another exercise, asked for first, leaves it for the one that needs it."""
    loaded = student.hand_in(char_rnn_py=f"{text}\ndef smooth(x):\n    return x\n")

    assert loaded.call("smooth", 3) == 3
    assert loaded.call("clip", 1) == 2


def test_what_nobody_needs_is_not_run(student):
    """A local variable of the same name needs nothing; neither does who only looks like it."""
    text = (
        "def make():\n    1 / 0\nx = make()\nlosses = [make()]\nplots = make()\n"
        "def show():\n    return plots\ndef clip(x):\n    losses = [x + 1]\n    return losses[0]\n"
    )

    loaded = student.hand_in(char_rnn_py=text)

    assert loaded.call("clip", 1) == 2
    assert loaded.said == ["intake_calls"]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("data = open('dinos.txt').read()", "global_outside"),
        ("data = load()", "global_outside"),
        ("data = open('x').read(); data = data.lower()", "global_outside"),
        ("data = smooth(1)", "global_tried"),
        ("data = train()", "global_tried"),
        ("data, n = through(2), 1", "global_tried"),
        ("with open('x') as f:\n    data = f.read()", "global_outside"),
        ("for data in range(3):\n    smooth(data)", "global_missing"),
    ],
)
def test_what_is_not_run_even_so_is_told_with_its_reason(student, line, key):
    """Files, training, and trying out what is graded."""
    text = (
        "from pathlib import Path\nimport torch\n"
        "def load():\n    return Path('x').read_text()\n"
        "def smooth(x):\n    return x\ndef through(x):\n    return smooth(x)\n"
        "def train():\n    loss = torch.ones(1)\n    loss.backward()\n"
        f"{line}\ndef clip(x):\n    return data\n"
    )

    reply = student.hand_in(char_rnn_py=text).call("clip", 1)

    assert (reply.key, reply.fields["name"]) == (key, "data")
    assert reply.fields["where"] == "char_rnn.py:12"
    assert reply.fields["reason_line"] in line.partition("\n")[0]


def test_a_needed_constant_that_fails_tells_its_own_error(student):
    """With the line in which it rose."""
    text = "def make():\n    return 1 / 0\n\nSTEP = make()\ndef clip(x):\n    return x + STEP\n"

    reply = student.hand_in(char_rnn_py=text).call("clip", 1)

    assert (reply.key, reply.fields) == (
        "global_failed",
        {
            "name": "STEP", "exception": "ZeroDivisionError",
            "text": "division by zero", "where": "char_rnn.py:2",
        },
    )  # fmt: skip


def test_what_is_not_run_needs_nothing(student):
    """A method called on a namesake, or training: what they read is not run for their sake."""
    text = (
        "def boom():\n    return 1 / 0\n"
        "callback = boom()\nother = boom()\n"
        "def model(x):\n    return x + 1\nmodel.fit(1, callbacks=[callback])\n"
        "class Net:\n    pass\nnet = Net()\nnet.fit(other)\n"
        "def clip(x):\n    return model(x) + 0 * len(vars(net))\n"
    )

    modules = student.hand_in(char_rnn_py=text).submission.source.modules

    put_off = [piece.names for piece in modules[0].pieces if piece.needed_by]
    assert put_off == [("net",)]
    assert student.call("clip", 1) == 2


def test_another_file_has_all_that_it_sets(student):
    """Who imports a name needs it, whether it is read in its own file or not."""
    loaded = student.hand_in(
        char_rnn_py="from config import C\nfrom gated_cells import D\n"
        "def clip(x):\n    return x + C.step + D.step\n",
        config_py="class Config:\n    step = 1\nC = Config()\ndef helper():\n    return C\n",
        gated_cells_py="class Depth:\n    step = 0\nD = Depth()\nclass GRUCell:\n    d = D\n",
    )

    assert loaded.call("clip", 1) == 2


BLOCKS = [
    f"if True:\n    print('a')\n    {CLIP.replace(chr(10), chr(10) + '    ')}",
    f"import torch\nwith torch.no_grad():\n    print(\n        'a',\n    ); STEP = 1\n{CLIP}",
    "import sys\nif sys.platform == 'no such':\n    def clip(x):\n        return 0\nelse:\n"
    "    print('b')\n    def clip(x):\n        return x + 1\n",
    "try:\n    import no_such\n    print('there')\nexcept ImportError:\n    print('not there')\n"
    "    def helper(x):\n        return x + 1\ndef clip(x):\n    return helper(x)\n",
    "try:\n    print('a')\n    def clip(x):\n        return x + 1\nfinally:\n    print('b')\n",
    "import no_such\nif no_such.check():\n    def clip(x):\n        return x + 1\nelse:\n"
    "    def clip(x):\n        return 0\n",
    "with open('log') as f:\n    def clip(x):\n        '''Text\n    here.'''\n        "
    "return x + 1\n",
    "for i in range(2):\n    print(i)\n    def clip(x):\n        return x + 1\n",
    "if __name__ == '__main__':\n    print('a')\n    def clip(x):\n        return x + 1\n",
    "if __name__ == '__main__':\n    if True:\n        print('a')\n        STEP = 1\n"
    "def clip(x):\n    return x + STEP\n",
    "table = {}\nfor c in 'ab':\n    table[c] = len(table)\n    print(c)\n"
    "def clip(x):\n    return x + table['b']\n",
    "import warnings\nwith warnings.catch_warnings():\n    warnings.simplefilter('ignore')\n"
    "    def clip(x):\n        return x + 1\n",
]


@pytest.mark.parametrize("text", BLOCKS)
def test_a_definition_in_a_block_is_kept_whatever_else_is_in_it(student, text):
    """Of ``if``, ``try``, ``with`` and loops, only what does work is left out."""
    assert student.hand_in(char_rnn_py=text).call("clip", 1) == 2


def test_lines_stay_what_they_were_where_parts_are_left_out(student):
    """A traceback names the line that the student knows."""
    text = (
        "if True:\n    print(\n        'é',\n    ); STEP = 1\n"
        "    def clip(x):\n        return x / 0\n"
    )

    reply = student.hand_in(char_rnn_py=text).call("clip", 1)

    assert [(frame.line, frame.text) for frame in reply.frames] == [(6, "return x / 0")]


def test_a_handler_that_only_prints_does_not_hide_what_is_missing(student):
    """The missing package is named, not a name that nothing defines."""
    text = (
        "try:\n    import no_such as ns\n    from no_such import part\nexcept ImportError:\n"
        "    print('install it')\n"
        "def clip(x):\n    return part(x)\ndef smooth(x):\n    return ns.f(x)\n"
    )
    loaded = student.hand_in(char_rnn_py=text)

    replies = [loaded.call(name, 1) for name in ("clip", "smooth")]

    assert [(reply.key, reply.fields["module"]) for reply in replies] == [
        ("import_failed", "no_such")
    ] * 2


BUILT = [
    "def logged(f):\n    def inner(*a):\n        return f(*a)\n    return inner\n"
    f"{CLIP}clip = logged(clip)\n",
    f"{CLIP}first = clip\ndef clip(x):\n    return first(x)\n",
    f"import functools\n{CLIP}clip = functools.lru_cache(clip)\n",
    f"import numpy as np\n{CLIP}clip = np.vectorize(clip)\n",
    f"{CLIP}@(lambda f, g=clip: g)\ndef clip(x):\n    return 0\n",
    "class Clip:\n    def __init__(self, f): self.f = f\n"
    "    def __call__(self, x): return self.f(x)\n"
    f"{CLIP}clip = Clip(clip)\n",
    f"{CLIP}_old = clip\ndel clip\ndef clip(x):\n    return _old(x)\n",
]


@pytest.mark.parametrize("text", BUILT)
def test_a_definition_built_on_an_earlier_one_of_its_name_has_both(student, text):
    """Wrapped, decorated, or called under another name."""
    loaded = student.hand_in(char_rnn_py=text)

    assert int(loaded.call("clip", 1)) == 2
    assert "intake_shadowed" not in loaded.said


def test_an_earlier_version_that_nothing_is_built_on_is_dropped(student):
    """Only the chain that ends in the definition that counts stays."""
    text = f"def clip(x):\n    return 0\nbad = clip\n{CLIP}def smooth(x):\n    return clip(x)\n"

    loaded = student.hand_in(char_rnn_py=f"def clip(x):\n    return 5\n{text}")

    assert loaded.call("clip", 1) == 2
    assert loaded.said.count("intake_shadowed") == 1


CELLS = [
    ["class GRUCell:\n    pass", "def forward(self, x):\n    return x + 1",
     "setattr(GRUCell, 'forward', forward)"],
    ["class GRUCell:\n    def forward(self, x):\n        raise NotImplementedError",
     "def forward(self, x):\n    return x + 1\nGRUCell.forward = forward"],
    ["class GRUCell:\n    def __init__(self):\n        self.n = 1",
     "class GRUCell(GRUCell):\n    def forward(self, x):\n        return x + self.n"],
    ["def add(owner):\n    def put(f):\n        setattr(owner, f.__name__, f)\n    return put\n"
     "class GRUCell:\n    pass", "@add(GRUCell)\ndef forward(self, x):\n    return x + 1"],
]  # fmt: skip


@pytest.mark.parametrize("cells", CELLS)
def test_a_class_may_be_written_over_several_cells(student, cells):
    """Methods that come later count, and the class is not a stub for lacking them."""
    cells = [*cells, "def clip(x):\n    return GRUCell().forward(x)"]

    loaded = student.hand_in(hw_ipynb=[code(cell) for cell in cells])

    assert loaded.call("clip", 1) == 2
    assert loaded.submission.source.modules[0].unwritten == ()


def test_the_package_of_a_decorator_that_is_not_there_is_named(student):
    """Its definition counts, and the note says that the grader did without the package."""
    text = f"import no_such as ns\n\n@ns.jit(fast=True)\n{CLIP}"

    loaded = student.hand_in(char_rnn_py=text)

    assert loaded.call("clip", 1) == 2
    (told,) = loaded.submission.notes
    assert (told.key, told.fields) == (
        "intake_undecorated",
        {"where": "char_rnn.py", "line": 3, "names": "clip", "detail": "no_such"},
    )


@pytest.mark.parametrize(
    "line", ["import functools as ns", "import helper as ns", "import torch as ns"]
)
def test_of_a_decorator_that_is_there_nothing_is_said(student, line):
    """Python's own, the submission's own, and that of an installed package."""
    helper = "def jit(f):\n    return f\n"
    text = f"{line}\n@ns.jit\ndef smooth(x):\n    return x\n{CLIP}"

    assert student.hand_in(char_rnn_py=text, helper_py=helper).said == []


def test_a_deleted_name_of_python_is_pythons_again(student):
    """``max = 5`` in one cell and ``del max`` in the next leave no trace."""
    cells = ["max = 5\nkept = 1\ndel kept", "del max", "def clip(x):\n    return max(x, 1) + kept"]

    assert student.hand_in(hw_ipynb=[code(cell) for cell in cells]).call("clip", 1) == 2


def test_work_is_bounded(student):
    """A file of nothing but calls is read in no time, and none of them is followed up."""
    text = "def f(x):\n    return x\n" + "".join(f"v{i} = f(v{i - 1})\n" for i in range(1, 6_000))

    loaded = student.hand_in(char_rnn_py=f"{text}def clip(x):\n    return v5999\n")

    assert loaded.call("clip", 1).key == "global_missing"
