"""The catalogue of known mistakes, and modules with one of them put in."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from grader.catalog import Assignment
from grader.errors import CatalogError
from grader.mistakes import load_mistakes, put_in
from grader.model import Exercise, Limits, Text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from grader.mistakes import Mistake

    Load = Callable[..., tuple[Mistake, ...]]

CLIP = Exercise("clip", "steps", 2, Text("Clip", "裁剪"), (), ("clip",))
BITS = Exercise("bits", "steps", 2, Text("Bits", "比特"), (), ("to_bits", "to_int"))

MODULE = '''\
"""Steps."""

import math

LIMIT = 3


@cached
@twice(
    3,
)
def clip(x):  # the first
    """Clip."""
    return min(x, LIMIT)

# Between.
class Cell:
    def clip(self):
        return "not this one"


def last(x): return [x]
# The end.
'''
BITS_MODULE = '''

def to_bits(n):
    """Bits."""
    return n


def to_int(b):
    return b
'''


CODE = """
def clip(x):
    return x
"""


def _entry(name: str, more: str = "", *, code: str = CODE, diff: str = "") -> str:
    did, ask = f'{{ en = "{name} did", zh = "做了" }}', '{ en = "ask", zh = "问" }'
    shown = f"diff = '''\n{diff}\n'''" if diff else f"code = '''{code}'''"
    return f"[{name}]\ndid = {did}\nask = {ask}\n{shown}\n{more}\n"


@pytest.fixture
def assignment(tmp_path: Path) -> Assignment:
    """Two exercises, one of them with two names; no mistake yet."""
    return Assignment(
        id="toy",
        title=Text("Toy", "玩具"),
        seed=1,
        exercises=(CLIP, BITS),
        limits=Limits(),
        given={},
        folder=tmp_path / "assignments" / "toy",
        solution=tmp_path / "solutions" / "toy",
        golden=tmp_path / "data" / "golden" / "toy.bin",
    )


@pytest.fixture
def load(assignment: Assignment) -> Load:
    """Write a reference and the catalogue of one exercise, and load it; None leaves a file out."""

    def write_and_load(
        catalogue: str | bytes, exercise: str = "clip", reference: str | None = MODULE + BITS_MODULE
    ) -> tuple[Mistake, ...]:
        assignment.mistakes.mkdir(parents=True, exist_ok=True)
        if reference is not None:
            (assignment.solution / "steps.py").write_text(reference, "utf-8")
        content = catalogue if isinstance(catalogue, bytes) else catalogue.encode()
        (assignment.mistakes / f"{exercise}.toml").write_bytes(content)
        return load_mistakes(assignment)[exercise]

    return write_and_load


def test_without_a_catalogue_there_are_no_mistakes(assignment: Assignment) -> None:
    """Every exercise is there all the same, in the assignment's order; no reference is needed."""
    assert load_mistakes(assignment) == {"clip": (), "bits": ()}
    assert list(load_mistakes(assignment)) == ["clip", "bits"]


def test_reads_texts_and_a_diff_of_the_reference(load: Load) -> None:
    """The definition is the reference's, decorators and comments included, without docstrings."""
    (mistake,) = load(_entry("upper_only", diff="- return min(x, LIMIT)\n+ return max(x, LIMIT)"))

    assert (mistake.id, mistake.exercise) == ("upper_only", "clip")
    assert mistake.explanation.did.en == "upper_only did"
    assert mistake.explanation.ask.in_language("zh") == "问"
    assert mistake.definitions == {
        "clip": "@cached\n@twice(\n    3,\n)\ndef clip(x):  # the first\n    return max(x, LIMIT)"
    }
    assert (mistake.helpers, mistake.ties, mistake.endless) == ("", (), False)


def test_docstrings_are_no_part_of_what_a_diff_changes(load: Load) -> None:
    """Nor comments below them; one that is all there is stays, and other texts do."""
    reference = '''
class clip:
    """return 1"""

    # First.
    @property
    def low(self):
        """return 1

        return 1
        """
        return 1

    def high(self):
        """return 1, and more."""

    text = """return 1"""
'''

    (mistake,) = load(_entry("one", diff="- return 1\n+ return 2"), reference=reference)

    assert mistake.definitions["clip"].split("\n") == [
        "class clip:",
        "    @property",
        "    def low(self):",
        "        return 2",
        "",
        "    def high(self):",
        '        """return 1, and more."""',
        "",
        '    text = """return 1"""',
    ]


def test_reads_a_whole_definition_and_what_it_needs(load: Load) -> None:
    """Imports, constants and private definitions, in order; decorators belong to what follows."""
    code = """
import random
_BIG = 9

@cached
@limited(
    3,
)
def clip(x):
    return _help(x)

@cached
def _help(x):
    return x + _BIG
"""

    one, two = load(_entry("one", "endless = true", code=code) + _entry("two"))

    assert one.definitions == {
        "clip": "@cached\n@limited(\n    3,\n)\ndef clip(x):\n    return _help(x)"
    }
    assert one.helpers == "import random\n_BIG = 9\n@cached\ndef _help(x):\n    return x + _BIG"
    assert two.definitions == {"clip": "def clip(x):\n    return x"}
    assert (one.endless, two.endless, two.helpers) == (True, False, "")


def test_one_mistake_may_replace_several_names(load: Load) -> None:
    """In the order of the exercise's names; by a diff, as a whole, or one so and one so."""
    diff = "- return b\n+ return -b\n\n- return n\n+ return -n"
    whole = "code = '''\ndef to_int(b): return 1\n'''"

    first, mixed, short = load(
        _entry("first", diff=diff)
        + _entry("mixed", whole, diff="- return n\n+ return 0")
        + _entry("short", code="def to_int(b): return 2"),
        "bits",
    )

    assert list(first.definitions.items()) == [
        ("to_bits", "def to_bits(n):\n    return -n"),
        ("to_int", "def to_int(b):\n    return -b"),
    ]
    assert list(mixed.definitions.items()) == [
        ("to_bits", "def to_bits(n):\n    return 0"),
        ("to_int", "def to_int(b): return 1"),
    ]
    assert short.definitions == {"to_int": "def to_int(b): return 2"}


def test_a_tie_is_declared_on_both_sides_with_the_reason(load: Load) -> None:
    """Then each knows the other."""
    texts = _entry("a", 'ties = ["b"]\nwhy = "equal"') + _entry("b", 'ties = ["a"]\nwhy = "equal"')

    a, b = load(texts)

    assert (a.ties, b.ties) == (("b",), ("a",))


ONE, TWO = _entry("one"), _entry("two")


@pytest.mark.parametrize(
    ("catalogue", "message"),
    [
        (b"did = '\xff'", r"clip\.toml: 'utf-8' codec can't decode"),
        ("[one", r"clip\.toml: "),
        ("one = 1", r"clip\.toml: Expected `object`"),
        (ONE + ONE, r"clip\.toml: Cannot declare"),
        ('[one]\ndid = { en = "a", zh = "b" }', r"clip\.toml: one: .*`ask`"),
        (_entry("one", 'note = "x"'), r"clip\.toml: one: .*`note`"),
        (_entry("one", code=""), r"clip\.toml: one: give its code, as a diff of the reference or"),
        (_entry("one", code="import math"), r"clip\.toml: one: give its code"),
        (_entry("one", code="def clip(x)"), r"clip\.toml: one: .*expected ':': 'def clip\(x\)'"),
        (_entry("one", code=CODE + CODE), r"clip\.toml: one: its code defines clip twice"),
        (
            _entry("one", code=CODE + "LIMIT = 9"),
            r"one: its code sets LIMIT, .*other exercises too; begin it with an underscore",
        ),
        (_entry("one", code="def clap(x): pass"), r"one: its code sets clap, .*no name of clip"),
        (_entry("one", diff="- return 1\n+ return 2"), r"clip\.toml: one: no line of clip reads"),
        (_entry("one", 'ties = ["two"]\nwhy = "w"') + TWO, r"clip\.toml: one and two tie: both"),
        (_entry("one", 'ties = ["two"]\nwhy = "w"'), "one and two tie: both say so, and why"),
        (
            _entry("one", 'ties = ["two"]') + _entry("two", 'ties = ["one"]'),
            "one and two tie: both say so, and why",
        ),
    ],
)  # fmt: skip
def test_a_broken_catalogue_is_refused(load: Load, catalogue: str | bytes, message: str) -> None:
    """The message names the file, the mistake, and what is wrong in it."""
    with pytest.raises(CatalogError, match=message):
        load(catalogue)


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        (None, r"No such file.*steps\.py"),
        ("def clip(x)", r"steps\.py: expected ':'"),
        ("s = '\0'", r"steps\.py: .*null bytes"),
        ("def clap(x): pass", r"clip\.toml: one: no line of its definitions reads 'return 1'"),
    ],
)
def test_a_broken_reference_is_told(load: Load, reference: str | None, message: str) -> None:
    """By its own path, unless it lacks what the mistake changes."""
    with pytest.raises(CatalogError, match=message):
        load(_entry("one", diff="- return 1\n+ return 2"), reference=reference)


def test_a_file_of_no_exercise_is_refused(assignment: Assignment) -> None:
    """A misspelt name would silently lose every mistake in it; other files may lie there."""
    assignment.mistakes.mkdir(parents=True)
    (assignment.mistakes / "README.md").write_text("no mistake")
    assert load_mistakes(assignment)["clip"] == ()

    (assignment.mistakes / "clap.toml").write_text("")

    with pytest.raises(CatalogError, match=r"clap\.toml: toy has no exercise clap"):
        load_mistakes(assignment)


def test_puts_in_one_definition_and_keeps_every_other_line() -> None:
    """Decorators go with what is replaced; comments around it stay."""
    changed = put_in(MODULE, {"clip": "def clip(x):\n    return x"})

    before, _, after = MODULE.partition("@cached")
    assert changed == (
        f"{before}def clip(x):\n    return x\n{after.partition('LIMIT)' + chr(10))[2]}"
    )


def test_puts_in_several_with_the_helpers_before_the_first() -> None:
    """First is what stands first in the module, whatever the order of the definitions."""
    changed = put_in(
        MODULE,
        {"last": "def last(x): return 1", "clip": "def clip(x): return 2"},
        "import random\n_BIG = 9",
    )

    assert "LIMIT = 3\n\n\nimport random\n_BIG = 9\n\n\ndef clip(x): return 2\n\n# Bet" in changed
    assert changed.endswith("\n\n\ndef last(x): return 1\n# The end.\n")
    assert changed.count("import random") == 1


def test_a_method_of_that_name_is_left_alone() -> None:
    """Only what stands at the top of the module is replaced."""
    changed = put_in(MODULE, {"clip": "clip = None"})

    assert '    def clip(self):\n        return "not this one"' in changed


def test_a_name_that_the_module_does_not_define_is_refused() -> None:
    """A mistake for a function that was renamed shows at once; all such names are listed."""
    with pytest.raises(CatalogError, match=r"the module defines no clap, walk$"):
        put_in(MODULE, {"walk": "", "clip": "", "clap": ""})


@pytest.mark.parametrize("name", ["clip", "Cell", "last"])
def test_putting_in_what_is_there_changes_nothing(name: str) -> None:
    """A definition replaced by its own text leaves the module as it was."""
    node = next(
        node
        for node in ast.parse(MODULE).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name
    )
    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
    own = "\n".join(MODULE.split("\n")[first - 1 : node.end_lineno])

    assert put_in(MODULE, {name: own}) == MODULE
