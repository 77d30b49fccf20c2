"""The NumPy references of hw8 are right: published numbers, finite differences, algebra."""

from __future__ import annotations

import copy
import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from types import ModuleType

FOLDER = Path(__file__).parents[2] / "solutions" / "hw8"
SIZES = {"Wax": ("a", "x"), "Waa": ("a", "a"), "Wya": ("x", "a"), "b": ("a", ""), "by": ("x", "")}
ALPHABET = {character: index for index, character in enumerate("\nabcdefghijklmnopqrstuvwxyz")}
MODULES = ("srn", "binary_addition", "char_rnn", "hello_ohlol", "gated_cells", "seq2seq")
BLOCK = re.compile(r"^( *)# BEGIN SOLUTION\n.*?^\1# END SOLUTION$", re.S | re.M)


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


char_rnn = load("char_rnn")


def published_draw(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Draw as the published notebooks do, from numpy's global generator."""
    return [np.random.randn(*shape) for shape in shapes]


def published_parameters() -> dict[str, np.ndarray]:
    """Draw the parameters of the published checks of `sample` and `optimize`."""
    return dict(
        zip(
            ("Wax", "Waa", "Wya", "b", "by"),
            published_draw((100, 27), (100, 100), (27, 100), (100, 1), (27, 1)),
            strict=True,
        )
    )


def draw_parameters(rng: np.random.Generator, n_a: int, vocab: int) -> dict[str, np.ndarray]:
    """Draw parameters large enough for every mistake to show."""
    length = {"a": n_a, "x": vocab, "": 1}
    return {
        name: rng.normal(0, 0.5, (length[rows], length[columns]))
        for name, (rows, columns) in SIZES.items()
    }


@pytest.mark.parametrize(
    ("max_value", "expected"),
    [
        (10, (10.0, -10.0, 0.2971381536101662, 10.0, 8.45833407)),
        (5, (5.0, -5.0, 0.2971381536101662, 5.0, 5.0)),
    ],
)
def test_clip_gives_the_published_numbers(max_value: float, expected: tuple[float, ...]) -> None:
    """Five entries, as printed in the course notebook."""
    np.random.seed(3)
    names = ("dWax", "dWaa", "dWya", "db", "dby")
    arrays = published_draw((5, 3), (5, 5), (2, 5), (5, 1), (2, 1))
    gradients = {name: 10 * array for name, array in zip(names, arrays, strict=True)}

    clipped = char_rnn.clip(gradients, max_value)

    entries = [("dWaa", 1, 2), ("dWax", 3, 1), ("dWya", 1, 2), ("db", 4, 0), ("dby", 1, 0)]
    actual = [clipped[name][row, column] for name, row, column in entries]
    assert actual == pytest.approx(expected, rel=1e-9)


def test_clip_changes_in_place_and_returns_the_same_arrays() -> None:
    """A caller that ignores the result is served as well."""
    gradients = {name: np.array([9.0]) for name in ("dWax", "dWaa", "dWya", "db", "dby")}

    clipped = char_rnn.clip(gradients, 5)

    assert all(clipped[name] is gradients[name] for name in gradients)


def test_sample_gives_the_published_word() -> None:
    """All 22 indices of the check with seed 24."""
    np.random.seed(24)
    expected = [23, 16, 26, 26, 24, 3, 21, 1, 7, 24, 15, 3, 25, 20, 6, 13, 10, 8, 20, 12, 2, 0]

    assert char_rnn.sample(published_parameters(), ALPHABET, 0) == expected


def test_sample_gives_the_older_published_word_up_to_rounding() -> None:
    """The first 43 indices of the check with seed 2; then rounding decides, so no more is known."""
    np.random.seed(2)
    expected = [12, 17, 24, 14, 13, 9, 10, 22, 24, 6, 13, 11, 12, 6, 21, 15, 21, 14, 3, 2, 1, 21]
    expected += [18, 24, 7, 25, 6, 25, 18, 10, 16, 2, 3, 8, 15, 12, 11, 7, 1, 12, 10, 2, 7]

    word = char_rnn.sample(published_parameters(), ALPHABET, 0)

    assert word[:43] == expected
    assert len(word) == 51


@pytest.mark.parametrize("last", ["a", "\n"])
def test_sample_appends_a_newline_after_fifty(monkeypatch: pytest.MonkeyPatch, last: str) -> None:
    """Also when the fiftieth character is a newline already, as in the published list."""
    char_to_ix = {"a": 0, "\n": 1, "b": 2}
    draws = iter([0] * 49 + [char_to_ix[last]])
    seeds: list[int] = []
    monkeypatch.setattr(np.random, "seed", seeds.append)
    monkeypatch.setattr(np.random, "choice", lambda *_args, **_options: next(draws))
    parameters = draw_parameters(np.random.default_rng(0), 4, 3)

    word = char_rnn.sample(parameters, char_to_ix, 7)

    assert len(word) == 51
    assert word[-2:] == [char_to_ix[last], 1]
    assert seeds == list(range(7, 107, 2))


def test_sample_stops_at_a_newline_of_any_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newline ends the word once, without another behind it."""
    draws = iter([0, 2, 1])
    monkeypatch.setattr(np.random, "choice", lambda *_args, **_options: next(draws))
    parameters = draw_parameters(np.random.default_rng(0), 4, 3)

    assert char_rnn.sample(parameters, {"a": 0, "\n": 1, "b": 2}, 0) == [0, 2, 1]


def test_optimize_gives_the_published_numbers() -> None:
    """Loss, gradients and state, to all printed digits."""
    np.random.seed(1)
    (a_prev,) = published_draw((100, 1))
    parameters = published_parameters()
    X, Y = [12, 3, 5, 11, 22, 3], [4, 14, 11, 22, 25, 26]  # noqa: N806  (the course's names)

    loss, gradients, a_last = char_rnn.optimize(X, Y, a_prev, parameters, 0.01)

    assert loss == pytest.approx(126.50397572165, abs=1e-11)
    assert gradients["dWaa"][1, 2] == pytest.approx(0.194709315347, abs=1e-12)
    assert np.argmax(gradients["dWax"]) == 93
    assert gradients["dWya"][1, 2] == pytest.approx(-0.007773876032, abs=1e-12)
    assert gradients["db"][4, 0] == pytest.approx(-0.06809825, abs=1e-8)
    assert gradients["dby"][1, 0] == pytest.approx(0.01538192, abs=1e-8)
    assert a_last[4, 0] == pytest.approx(-1.0, abs=1e-8)


@pytest.mark.parametrize("seed", [0, 1])
def test_rnn_backward_agrees_with_finite_differences(seed: int) -> None:
    """Every gradient, da_next (that of a0) included, within 1e-6 of central differences."""
    rng = np.random.default_rng(seed)
    values = {**draw_parameters(rng, 4, 6), "a_next": rng.normal(0, 0.5, (4, 1))}
    inputs, labels = [None, 2, 5, 0, 2], [2, 5, 0, 2, 1]

    def loss_of(changed: dict[str, np.ndarray]) -> float:
        return float(char_rnn.rnn_forward(inputs, labels, changed["a_next"], changed, 6)[0])

    parameters = {name: value for name, value in values.items() if name != "a_next"}
    _, cache = char_rnn.rnn_forward(inputs, labels, values["a_next"], parameters, 6)
    gradients, _ = char_rnn.rnn_backward(inputs, labels, parameters, cache)

    for name, value in values.items():
        numeric = np.zeros_like(value)
        for place in np.ndindex(value.shape):
            losses = []
            for step in (1e-5, -1e-5):
                moved = copy.deepcopy(values)
                moved[name][place] += step
                losses.append(loss_of(moved))
            numeric[place] = (losses[0] - losses[1]) / 2e-5
        error = np.linalg.norm(numeric - gradients[f"d{name}"]) / np.linalg.norm(numeric)
        assert error < 1e-6


def test_rnn_forward_is_additive_over_a_split_word() -> None:
    """Reading a word in two halves costs what reading it whole costs; a0 stays as it is."""
    rng = np.random.default_rng(5)
    parameters, a0 = draw_parameters(rng, 4, 6), rng.normal(size=(4, 1))
    before = a0.copy()
    inputs, labels = [None, 0, 3, 5], [0, 3, 5, 1]

    whole, _ = char_rnn.rnn_forward(inputs, labels, a0, parameters, 6)
    first, (_, a, _) = char_rnn.rnn_forward(inputs[:2], labels[:2], a0, parameters, 6)
    second, _ = char_rnn.rnn_forward(inputs[2:], labels[2:], a[1], parameters, 6)

    assert first + second == pytest.approx(whole, rel=1e-14)
    assert np.array_equal(a0, before)


def test_optimize_clips_and_moves_the_callers_parameters() -> None:
    """The step is the clipped gradient times the rate, in the dictionary that came in."""
    rng = np.random.default_rng(6)
    parameters = {name: 40 * value for name, value in draw_parameters(rng, 4, 6).items()}
    before = copy.deepcopy(parameters)

    _, gradients, _ = char_rnn.optimize([None, 2, 3], [2, 3, 0], np.ones((4, 1)), parameters, 0.5)

    assert max(float(np.abs(gradient).max()) for gradient in gradients.values()) == 5
    for name, value in before.items():
        np.testing.assert_array_equal(parameters[name], value - 0.5 * gradients[f"d{name}"])


def test_names_are_read_from_any_file(tmp_path: Path) -> None:
    """Capitals become small, blanks and empty lines go; the order stays."""
    path = tmp_path / "mine.txt"
    path.write_bytes(b"Rex\r\n\n  Yi \nanzu")

    assert char_rnn.load_names(str(path)) == ["rex", "yi", "anzu"]


def test_model_carries_the_state_from_name_to_name() -> None:
    """Written out for three iterations on two names, with the state of each handed on."""
    parameters = char_rnn.initialize_parameters(4, 27, 27)
    state, loss, expected = np.zeros((4, 1)), 9 * np.log(27), []
    np.random.seed(0)
    order = np.random.permutation(2)
    for name in [("ab", "c")[order[0]], ("ab", "c")[order[1]], ("ab", "c")[order[0]]]:
        word = [ALPHABET[character] for character in name]
        current, _, state = char_rnn.optimize([None, *word], [*word, 0], state, parameters, 0.01)
        loss = 0.999 * loss + 0.001 * current
        expected.append(loss)

    maps = ({index: character for character, index in ALPHABET.items()}, ALPHABET)
    trained, losses = char_rnn.model(["ab", "c"], *maps, 3, 4, 9)

    assert losses == pytest.approx(expected, rel=1e-14)
    for name, value in parameters.items():
        np.testing.assert_allclose(trained[name], value, rtol=1e-14)


@pytest.mark.parametrize("module", MODULES)
def test_without_the_solutions_a_module_still_loads(module: str) -> None:
    """Every block can be replaced by a raise: what stays is the stub, and holds no solution."""
    text = (FOLDER / f"{module}.py").read_text(encoding="utf-8")

    stub, blocks = BLOCK.subn(r"\1raise NotImplementedError", text)
    names: dict[str, object] = {"__name__": module}
    exec(compile(stub, module, "exec"), names)  # noqa: S102  (our own text)

    assert blocks == text.count("# BEGIN SOLUTION") == stub.count("raise NotImplementedError")
    assert "SOLUTION" not in stub
