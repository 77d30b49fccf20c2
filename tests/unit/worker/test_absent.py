"""Modules that are not there: what can be had of them, and who is named for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from grader import wire

if TYPE_CHECKING:
    from collections.abc import Callable

    ModuleOf = Callable[..., wire.Module]
    Served = Callable[..., Any]


IMPORTS = [
    ("import rnn_utils", "rnn_utils.softmax(x)"),
    ("import rnn_utils as u", "u.softmax(x)"),
    ("from rnn_utils import *", "softmax(x)"),
    ("from rnn_utils import softmax", "softmax(x)"),
]


@pytest.mark.parametrize(("line", "use"), IMPORTS)
def test_a_given_name_is_had_of_a_file_that_is_missing(
    served: Served, module: ModuleOf, line: str, use: str
) -> None:
    """Every way to import it comes to the same."""
    given = module("def softmax(x): return x + 1")

    assert served(f"{line}\ndef f(x): return {use}", given=[given]).value("f", 1) == 2


@pytest.mark.parametrize(("line", "use"), [*IMPORTS, ("", "__import__('rnn_utils').softmax(x)")])
def test_an_upstream_put_in_is_had_of_a_file_that_is_missing(
    served: Served, line: str, use: str
) -> None:
    """So a caller of the missing file is carried forward, whichever way it imports."""

    def ask(question: wire.Asked) -> wire.Supplied:
        return wire.Supplied(wire.encode(40), question.args_payload)

    text = f"{line}\ndef f(x): return {use} + 2"
    if not line:
        text = "def f(x):\n    from rnn_utils import softmax\n    return softmax(x) + 2"

    assert served(text, supplied={"softmax": "(x)"}, ask=ask).value("f", 1) == 42


def test_the_submissions_own_definition_is_had_too(served: Served) -> None:
    """A notebook that has taken the file's functions over still calls them by the file."""
    assert (
        served("import utils\ndef helper(): return 5\ndef f(): return utils.helper()").value("f")
        == 5
    )


def test_a_wrapper_of_the_same_name_does_not_call_itself(served: Served) -> None:
    """The module is named rather than that recursion has no end."""
    reply = served("import utils as u\ndef f(x): return u.f(x)").call("f", 1)

    assert (reply.key, reply.fields) == (
        "import_failed",
        {"module": "utils", "where": "answers.py:1"},
    )


@pytest.mark.parametrize(
    ("line", "use", "named"),
    [
        ("import no_such as u", "u.x", "no_such"),
        ("import no_such.part as u", "u.x()", "no_such"),
        ("import no_such.part", "no_such.part.x()", "no_such"),
        ("from no_such import part as p", "p.x", "no_such"),
        ("from no_such.part import *", "x", "no_such"),
        ("", "__import__('no_such')", "no_such"),
    ],
)
def test_the_missing_module_is_named_by_its_own_name(
    served: Served, line: str, use: str, named: str
) -> None:
    """Not by the alias, which the student made up."""
    reply = served(f"{line}\ndef f(): return {use}\ndef g(): return 1").call("f")

    assert reply.key in {"import_failed", "import_star_failed"}
    assert reply.fields["module"] == named


def test_a_missing_name_of_a_module_that_is_there_is_told_as_it_is(served: Served) -> None:
    """``numpy`` is not missing because it has no such function."""
    host = served("import numpy as np\ndef f(): return np.no_such\ndef g(): return 1")

    assert isinstance(host.call("f"), wire.Raised)
    assert host.value("g") == 1


def test_the_way_out_that_a_submission_has_itself_is_taken(served: Served) -> None:
    """``try: import`` goes to its handler, as it does at home without the package."""
    text = (
        "try:\n    import no_such as xp\nexcept ImportError:\n    import math as xp\n"
        "def f(): return xp.floor(2.5)"
    )

    assert served(text).value("f") == 2


@pytest.mark.parametrize(
    "decorator", ["@njit", "@numba.njit", "@numba.jit(nopython=True)", "@typed(check=numba.check)"]
)
def test_a_definition_counts_without_the_decorator_of_a_missing_package(
    served: Served, decorator: str
) -> None:
    """Compilers and type checkers leave the result as it is."""
    text = (
        "import numba\nfrom numba import njit, typed\nimport functools\n"
        f"@functools.cache\n{decorator}\ndef f(x):\n    return x + 1\n"
    )

    assert served(text).value("f", 1) == 2


def test_a_decorator_that_fails_by_itself_is_told(served: Served) -> None:
    """Only what a missing package would have provided is done without."""
    reply = served("def twice(f): return f.no_such\n@twice\ndef f(x): return x").call("f", 1)

    assert (reply.key, reply.fields["exception"]) == ("raised_loading", "AttributeError")


def test_methods_are_added_to_a_class_as_the_d2l_book_does(served: Served) -> None:
    """Its decorator is three lines long, and stands in every such notebook."""
    text = (
        "import torch\nfrom d2l import torch as d2l\nclass Cell:\n    pass\n"
        "@d2l.add_to_class(Cell)\ndef forward(self, x):\n    return x + 1\n"
        "def f(x): return Cell().forward(x)\ndef g(): return d2l.Vocab(3)"
    )
    host = served(text)

    assert host.value("f", 1) == 2
    reply = host.call("g")
    assert (reply.key, reply.fields["module"]) == ("import_failed", "d2l")


def in_folder(module: ModuleOf, text: str) -> wire.Module:
    """Make a module that was handed in as part/helper.py."""
    return msgspec.structs.replace(module(text, name="helper"), origin="part/helper.py")


@pytest.mark.parametrize(
    ("line", "use"),
    [
        ("from part import helper", "helper.helper(x)"),
        ("from part import helper as h", "h.helper(x)"),
        ("import part.helper", "part.helper.helper(x)"),
        ("import part.helper as h", "h.helper(x)"),
        ("import part", "part.helper.helper(x)"),
        ("from part.helper import helper", "helper(x)"),
        ("from part.helper import *", "helper(x)"),
    ],
)
def test_a_folder_of_the_submission_is_a_package(
    served: Served, module: ModuleOf, line: str, use: str
) -> None:
    """A file in it is what a package has under its name, before a function of that name."""
    own = in_folder(module, "def helper(x): return x + 1")

    assert served(f"{line}\ndef f(x): return {use}", own).value("f", 1) == 2


def test_a_file_is_no_part_of_another_package(served: Served, module: ModuleOf) -> None:
    """What a library of another name lacks is not taken from a file that is called so."""
    own = in_folder(module, "x = 1")

    reply = served("import other\ndef f(): return other.helper", own).call("f")

    assert (reply.key, reply.fields["module"]) == ("import_failed", "other")
