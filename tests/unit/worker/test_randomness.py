"""Random choices are watched, and forced to turn out as a check wants them."""

from __future__ import annotations

import contextlib
import random
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from grader import wire
from grader.worker.randomness import DrawsUsedUpError, RandomWatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Served = Callable[..., Any]

WEIGHTS = [0.1, 0.2, 0.7]


@pytest.fixture
def watch() -> Iterator[RandomWatch]:
    """A watch in place, forcing symbol 2, then symbol 0."""
    with RandomWatch() as watch:
        watch.force([2, 0])
        yield watch


@pytest.mark.parametrize("population", [3, np.int64(3), [0, 1, 2], range(3), np.arange(3)])
def test_choice_gives_the_forced_symbol(watch: RandomWatch, population: Any) -> None:
    """A number, a list, a range or an array of symbols."""
    drawn = [int(np.random.choice(population, p=WEIGHTS)) for _ in range(2)]

    assert drawn == [2, 0]
    assert [list(offer) for offer in watch.offers] == [WEIGHTS, WEIGHTS]


def test_choice_takes_its_arguments_by_position(watch: RandomWatch) -> None:
    """``choice(a, size, replace, p)``, as numpy has it."""
    assert np.random.choice([0, 1, 2], 1, True, WEIGHTS).tolist() == [2]
    assert list(watch.offers[0]) == WEIGHTS


def test_choice_without_weights_offers_equal_ones(watch: RandomWatch) -> None:
    """As numpy draws."""
    np.random.choice(4)

    assert list(watch.offers[0]) == [0.25] * 4


@pytest.mark.parametrize(("size", "shape"), [(1, (1,)), ((1,), (1,)), ((1, 1), (1, 1))])
def test_choice_keeps_the_shape_asked_for(watch: RandomWatch, size: Any, shape: Any) -> None:
    """``size=1`` gives an array, as numpy does; one draw is used."""
    drawn = np.random.choice(3, size=size, p=WEIGHTS)

    assert (drawn.shape, drawn.ravel().tolist()) == (shape, [2])
    assert len(watch.offers) == 1


def test_offers_stand_in_the_order_of_the_symbols(watch: RandomWatch) -> None:
    """A population in the order of a dictionary is told in the order of its numbers."""
    symbols = list({"b": 2, "c": 0, "a": 1}.values())

    drawn = np.random.choice(symbols, p=[0.7, 0.1, 0.2])

    assert drawn == 2
    assert watch.offers[0].tolist() == WEIGHTS


def test_choice_of_texts_gives_the_text_at_the_forced_position(watch: RandomWatch) -> None:
    """Characters have no numbers, so their position counts."""
    assert np.random.choice(["x", "y", "z"], p=WEIGHTS) == "z"
    assert watch.offers[0].tolist() == WEIGHTS


@pytest.mark.parametrize(
    "draw",
    [
        lambda: np.random.choice(3, p=np.array(WEIGHTS).reshape(3, 1)),
        lambda: np.random.choice(2, p=[0.7, 0.7]),
        lambda: np.random.choice(3, p=[0.5, 0.5]),
        lambda: np.random.choice(0),
    ],
    ids=["column", "sum", "length", "empty"],
)
@pytest.mark.parametrize("forced", [False, True])
def test_what_numpy_refuses_is_refused_under_watch(
    draw: Any,
    forced: bool,
) -> None:
    """Code that stops with an error at home must not pass here."""
    with RandomWatch() as watch:
        watch.force([0] if forced else None)

        with pytest.raises(ValueError, match=r"."):
            draw()


def test_multinomial_counts_at_the_forced_symbol(watch: RandomWatch) -> None:
    """``multinomial(1, p)`` is a one-hot draw."""
    assert np.random.multinomial(1, WEIGHTS).tolist() == [0, 0, 1]
    assert np.random.multinomial(1, WEIGHTS, size=1).tolist() == [[1, 0, 0]]
    assert [offer.tolist() for offer in watch.offers] == [WEIGHTS, WEIGHTS]


@pytest.mark.parametrize(
    "options",
    [{"weights": WEIGHTS}, {"weights": [1, 2, 7]}, {"cum_weights": [1, 3, 10]}],
    ids=["probabilities", "weights", "cumulated"],
)
def test_choices_offers_normalised_weights(watch: RandomWatch, options: Any) -> None:
    """``random.choices`` takes any weights; what is offered are probabilities."""
    assert random.choices("abc", **options) == ["c"]
    assert watch.offers[0] == pytest.approx(WEIGHTS)


def test_a_name_bound_at_import_is_watched_too(served: Served) -> None:
    """``from numpy.random import choice`` binds the wrapper."""
    text = "from numpy.random import choice\ndef f(): return int(choice(3, p=[0.1, 0.2, 0.7]))"
    host = served(text)

    reply = host.call("f", draws=[1])

    assert wire.decode(reply.value_payload) == 1
    assert wire.decode(reply.offers_payload)[0].tolist() == WEIGHTS


def test_one_draw_too_many_says_how_many_were_foreseen(served: Served) -> None:
    """The message names the draw at which the code should have stopped."""
    text = "import numpy as np\ndef f(n): return [int(np.random.choice(3)) for _ in range(n)]"
    host = served(text)

    reply = host.call("f", 3, draws=[1, 2])

    assert reply.key == "too_many_draws"
    assert reply.fields["expected"] == "2"


def test_draws_are_used_up_beyond_the_last(watch: RandomWatch) -> None:
    """A draw that was not foreseen has no outcome."""
    np.random.choice(3)
    np.random.choice(3)

    with pytest.raises(DrawsUsedUpError, match="2"):
        np.random.choice(3)


def test_draws_of_one_call_do_not_reach_the_next(served: Served) -> None:
    """Forcing ends with the call, also when it raised."""
    text = """
    import numpy as np
    def f(fail):
        drawn = int(np.random.choice(1000))
        return 1 // 0 if fail else drawn
    """
    host = served(text)
    host.call("f", True, draws=[1, 2, 3])

    assert host.value("f", False, seed=4) == np.random.RandomState(4).choice(1000)


def test_unforced_choices_are_numpys_own() -> None:
    """While nothing is forced the wrappers change no outcome."""
    with RandomWatch():
        np.random.seed(5)
        random.seed(5)
        drawn = [np.random.choice(50, 4).tolist(), np.random.multinomial(9, WEIGHTS).tolist()]
        drawn.append(random.choices(range(50), k=3))
    generator = np.random.RandomState(5)
    expected = [generator.choice(50, 4).tolist(), generator.multinomial(9, WEIGHTS).tolist()]

    assert drawn == [*expected, random.Random(5).choices(range(50), k=3)]


def test_the_watch_leaves_the_modules_as_it_found_them() -> None:
    """Also after an exception."""
    before = (np.random.choice, np.random.multinomial, random.choices)

    with contextlib.suppress(ZeroDivisionError), RandomWatch() as watch:
        watch.force([1])
        raise ZeroDivisionError

    assert (np.random.choice, np.random.multinomial, random.choices) == before


@pytest.mark.parametrize(
    "expression",
    [
        "random.random()",
        "np.random.randn(3).tolist()",
        "torch.randn(3).tolist()",
        "int(np.random.choice(10**6))",
    ],
)
def test_code_that_forgets_to_seed_is_repeatable(served: Served, expression: str) -> None:
    """Every global generator starts from the request's seed."""
    host = served(f"import random, torch\nimport numpy as np\ndef f(): return {expression}")

    one, again, other = (host.value("f", seed=seed) for seed in (1 << 40, 1 << 40, 6))

    assert one == again
    assert one != other
