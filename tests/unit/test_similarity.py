"""Shared passages: found under other names, and not where everybody has them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from grader import wire
from grader.similarity import Comparison, Pair

if TYPE_CHECKING:
    from collections.abc import Mapping

OPERATORS = ("+", "-", "*", "/", "@", "%", "**", "//")


def written(seed: int, lines: int = 30, name: str = "value") -> str:
    """Return a function that somebody has written by themselves."""
    rng = random.Random(seed)
    body = [f"def work({name}):"]
    for _ in range(lines):
        terms = [
            rng.choice((f"{name}[{rng.randrange(9)}]", "f(x)", "(y, z)", "[a]")) for _ in range(4)
        ]
        signs = [rng.choice(OPERATORS) for _ in range(3)]
        line = terms[0] + "".join(
            f" {sign} {term}" for sign, term in zip(signs, terms[1:], strict=True)
        )
        body.append(f"    {rng.choice(('t', 'u[0]', 'v.w'))} = {line}")
    return "\n".join(body)


def source(*codes: str) -> wire.Source:
    """Return what intake makes of pieces of code."""
    pieces, line = [wire.Piece("import numpy", "x.py", 1, "import", ("numpy",))], 2
    for code in codes:
        pieces.append(wire.Piece(code, "x.py", line, "definition", ("work",)))
        line += code.count("\n") + 2
    return wire.Source((wire.Module("x", "x.py", tuple(pieces)),))


def shares(
    sources: Mapping[str, wire.Source], handout: str = "", common: int = 5
) -> dict[str, float]:
    """Return how much each pair shares that shares anything."""
    found = Comparison(sources, [handout] if handout else [], common).similarity(0.01)
    return {f"{pair.one} {pair.other}": pair.share for pair in found.pairs}


def test_a_copy_under_other_names_is_found() -> None:
    """Renamed, and with other comments."""
    copied = written(1, name="renamed").replace("\n", "  # mine\n")
    sources = {"ada": source(written(1)), "bob": source(copied), "cy": source(written(2))}

    found = shares(sources)

    assert found["ada bob"] > 0.9
    assert found.get("ada cy", 0) < 0.2
    assert found.get("bob cy", 0) < 0.2


def test_what_was_handed_out_does_not_count() -> None:
    """However much of it there is."""
    given = written(3, lines=60)
    sources = {
        "ada": source(given, written(1)),
        "bob": source(given, written(2)),
    }

    assert shares(sources)["ada bob"] > 0.5
    assert shares(sources, given).get("ada bob", 0) < 0.2


def test_what_many_have_does_not_count() -> None:
    """The natural solution of an exercise is nobody's."""
    natural = written(4)
    sources = {
        name: source(natural, written(number)) for number, name in enumerate("abcdef", start=10)
    }

    assert min(shares(sources, common=6).values()) > 0.3
    assert max(shares(sources, common=5).values(), default=0) < 0.2


def test_a_small_submission_in_a_large_one_is_found() -> None:
    """The share is of the smaller one's code."""
    sources = {"ada": source(written(1)), "bob": source(written(1), *map(written, range(5, 12)))}

    assert shares(sources)["ada bob"] > 0.9


def test_members_of_a_group_are_not_compared() -> None:
    """They have handed in the same."""
    sources = {"ada": source(written(1)), "bob": source(written(1)), "cy": source(written(1))}

    found = Comparison(sources, []).similarity(
        0.5, lambda one, other: {one, other} == {"ada", "bob"}
    )

    assert [(pair.one, pair.other) for pair in found.pairs] == [("ada", "cy"), ("bob", "cy")]
    assert found.compared == 2


def test_too_little_code_is_left_out_by_name() -> None:
    """A few lines are alike by chance."""
    sources = {"ada": source("def f(): return 1"), "bob": source("def f(): return 1")}

    found = Comparison(sources, []).similarity(0.0)

    assert (found.pairs, found.left_out, found.median) == ((), ("ada", "bob"), 0.0)


def test_shared_lines_are_marked_where_they_stand() -> None:
    """And no others."""
    own, copied = written(1), written(2)
    compared = Comparison({"ada": source(own, copied), "bob": source(copied)}, [])

    left, right = compared.beside("ada", "bob")

    first, second = left
    assert len(first.shared) <= 3
    assert len(second.shared) >= 28
    assert min(second.shared) >= second.first
    assert len(right[0].shared) >= 28
    assert "".join(part.text for part in left) == own + copied


def test_the_order_of_submissions_changes_nothing() -> None:
    """Pairs come with the largest share first, then by name."""
    sources = {name: source(written(number % 3)) for number, name in enumerate("abcdef")}

    forth = Comparison(sources, []).similarity(0.2)
    back = Comparison(dict(reversed(sources.items())), []).similarity(0.2)

    assert forth == back
    assert forth.pairs[0] == Pair("a", "d", 1.0)
