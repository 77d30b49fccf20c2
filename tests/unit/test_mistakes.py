"""The catalogue of known mistakes, and modules with one of them put in."""

from __future__ import annotations

import ast
import textwrap
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


def _entry(name: str, more: str = "") -> str:
    did, ask = f'{{ en = "{name} did", zh = "做了" }}', '{ en = "ask", zh = "问" }'
    return f"[{name}]\ndid = {did}\nask = {ask}\n{more}\n"


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
    """Write the catalogue of one exercise and load it; None leaves a file out."""

    def write_and_load(
        code: str | bytes | None, texts: str | bytes | None, exercise: str = "clip"
    ) -> tuple[Mistake, ...]:
        assignment.mistakes.mkdir(parents=True, exist_ok=True)
        for suffix, content in ((".py", code), (".toml", texts)):
            if content is not None:
                data = content if isinstance(content, bytes) else textwrap.dedent(content).encode()
                (assignment.mistakes / f"{exercise}{suffix}").write_bytes(data)
        return load_mistakes(assignment)[exercise]

    return write_and_load


def test_without_a_catalogue_there_are_no_mistakes(assignment: Assignment) -> None:
    """Every exercise is there all the same, in the assignment's order."""
    assert load_mistakes(assignment) == {"clip": (), "bits": ()}
    assert list(load_mistakes(assignment)) == ["clip", "bits"]


def test_reads_code_and_texts(load: Load) -> None:
    """A wrong version is renamed to what it replaces, and only its head is."""
    code = """
        '''Known mistakes in clip.'''

        def upper_only(x):
            return min(x, LIMIT) if x != "upper_only" else x
        """

    (mistake,) = load(code, _entry("upper_only"))

    assert (mistake.id, mistake.exercise) == ("upper_only", "clip")
    assert mistake.explanation.did.en == "upper_only did"
    assert mistake.explanation.ask.in_language("zh") == "问"
    assert mistake.definitions == {
        "clip": 'def clip(x):\n    return min(x, LIMIT) if x != "upper_only" else x'
    }
    assert (mistake.helpers, mistake.ties, mistake.endless) == ("", (), False)


def test_decorators_belong_to_a_wrong_version(load: Load) -> None:
    """Whatever stands above the def is put in with it."""
    code = "@cached\n@limited(\n    3,\n)\ndef slow(x):\n    return x\n"

    (mistake,) = load(code, _entry("slow", "endless = true"))

    assert mistake.definitions["clip"] == code.replace("slow", "clip").rstrip("\n")
    assert mistake.endless


def test_helpers_are_shared_and_come_in_order(load: Load) -> None:
    """Imports, constants and private definitions, decorators included; not the docstring."""
    code = """
        '''Known mistakes.'''
        import random
        _BIG = 9

        def one(x):
            return _help(x)

        @cached
        def _help(x):
            return x + _BIG

        class two:
            pass
        """

    one, two = load(code, _entry("one") + _entry("two"))

    assert one.helpers == two.helpers
    assert one.helpers == "import random\n_BIG = 9\n@cached\ndef _help(x):\n    return x + _BIG"
    assert two.definitions == {"clip": "class clip:\n    pass"}


def test_one_mistake_may_replace_several_names(load: Load) -> None:
    """``ID__NAME`` says which; definitions of one id belong together."""
    code = """
        def reversed__to_bits(n): return n
        def short__to_int(b): return b
        def reversed__to_int(b): return -b
        """

    both, short = load(code, _entry("reversed") + _entry("short"), "bits")

    assert both.definitions == {
        "to_bits": "def to_bits(n): return n",
        "to_int": "def to_int(b): return -b",
    }
    assert short.definitions == {"to_int": "def to_int(b): return b"}


def test_a_tie_is_declared_on_both_sides_with_the_reason(load: Load) -> None:
    """Then each knows the other."""
    code = "def a(x): return 1\ndef b(x): return 1.0\n"
    texts = _entry("a", 'ties = ["b"]\nwhy = "equal"') + _entry("b", 'ties = ["a"]\nwhy = "equal"')

    a, b = load(code, texts)

    assert (a.ties, b.ties) == (("b",), ("a",))


ONE = "def one(x): return x\n"
TWO = ONE + "def two(x): return x\n"


@pytest.mark.parametrize(
    ("code", "texts", "message"),
    [
        (ONE, None, r"the mistakes of clip cannot be read: .*No such file.*clip\.toml"),
        (None, _entry("one"), r"the mistakes of clip cannot be read: .*No such file.*clip\.py"),
        (b"s = '\xff'", _entry("one"), "the mistakes of clip cannot be read: 'utf-8'"),
        (ONE, b"did = '\xff'", "the mistakes of clip cannot be read: 'utf-8'"),
        ("def one(x)", _entry("one"), r"clip\.py: expected ':'"),
        ("def one(x): return '\0'", _entry("one"), r"clip\.py: .*null bytes"),
        (ONE, "[one", r"clip\.toml: "),
        (ONE, '[one]\ndid = { en = "a", zh = "b" }', r"clip\.toml: .*`ask`"),
        (ONE, _entry("one", 'note = "x"'), r"clip\.toml: .*`note`"),
        (ONE, _entry("two"), r"clip\.py and clip\.toml do not hold the same .*'one', 'two'"),
        (TWO, _entry("one"), r"do not hold the same mistakes: \['two'\]"),
        (TWO, _entry("two") + _entry("one"), "do not hold the same mistakes: the order differs"),
        (
            ONE.replace("one", "one__clop"),
            _entry("one"),
            r"clip\.py: one__clop replaces nothing of clip; call it one__clip$",
        ),
        (TWO, _entry("one", 'ties = ["two"]\nwhy = "w"') + _entry("two"), "one and two tie: both"),
        (ONE, _entry("one", 'ties = ["two"]\nwhy = "w"'), "one and two tie: both say so, and why"),
        (
            TWO,
            _entry("one", 'ties = ["two"]') + _entry("two", 'ties = ["one"]'),
            "one and two tie: both say so, and why",
        ),
    ],
)  # fmt: skip
def test_a_broken_catalogue_is_refused(
    load: Load, code: str | bytes | None, texts: str | bytes | None, message: str
) -> None:
    """The message names the file, and what is wrong in it."""
    with pytest.raises(CatalogError, match=message):
        load(code, texts)


def test_a_name_is_needed_where_an_exercise_has_several(load: Load) -> None:
    """The message lists what the wrong version could be called."""
    with pytest.raises(CatalogError, match="call it one__to_bits, one__to_int"):
        load(ONE, _entry("one"), "bits")


@pytest.mark.parametrize("suffix", [".py", ".toml"])
def test_a_file_of_no_exercise_is_refused(assignment: Assignment, suffix: str) -> None:
    """A misspelt name would silently lose every mistake in it; other files may lie there."""
    assignment.mistakes.mkdir(parents=True)
    (assignment.mistakes / "README.md").write_text("no mistake")
    assert load_mistakes(assignment)["clip"] == ()

    (assignment.mistakes / f"clap{suffix}").write_text("")

    with pytest.raises(CatalogError, match=rf"clap{suffix}: toy has no exercise clap"):
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
