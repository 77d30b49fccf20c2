"""The references of hw8 learn what they are there for, as well as they were measured to."""

from __future__ import annotations

import hashlib
import importlib.util
import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

pytestmark = pytest.mark.learning

ROOT = Path(__file__).parents[2]
OWN_NAMES = ROOT / "data" / "dinos.txt"
PUBLISHED_SHA256 = "ad646562"  # how that of the course's file begins
CHARACTERS = "\nabcdefghijklmnopqrstuvwxyz"
IX_TO_CHAR = dict(enumerate(CHARACTERS))
CHAR_TO_IX = {character: index for index, character in IX_TO_CHAR.items()}
PAIRS = [
    ["man", "women"],
    ["black", "white"],
    ["king", "queen"],
    ["girl", "boy"],
    ["up", "down"],
    ["high", "low"],
]


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"solutions/hw8/{name}.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> Iterator[None]:
    """Take sums in the same order on every machine; for nets this small it is faster, too."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def draw(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Take the parameters that torch has just drawn for a module."""
    return {name: value.detach() for name, value in module.named_parameters()}


def sample_names(char_rnn: ModuleType, parameters: dict[str, Any], seeds: range) -> list[str]:
    """Let the network write a name for each seed."""
    words = (char_rnn.sample(parameters, CHAR_TO_IX, seed) for seed in seeds)
    return [char_rnn.get_sample(word, IX_TO_CHAR) for word in words]


def test_the_character_model_gives_the_published_losses_and_names() -> None:
    """On the course's own list: six digits of the loss, and all seven names, at iteration 2000."""
    path = os.environ.get("GRADER_DINOS")
    if not path:
        pytest.skip("GRADER_DINOS does not name the course's file of dinosaur names")
    assert hashlib.sha256(Path(path).read_bytes()).hexdigest().startswith(PUBLISHED_SHA256)
    char_rnn = load("char_rnn")

    parameters, losses = char_rnn.model(char_rnn.load_names(path), IX_TO_CHAR, CHAR_TO_IX, 2001)

    assert [f"{losses[at]:.6f}" for at in (0, 1000, 2000)] == [
        "23.087336",
        "28.712699",
        "27.884160",
    ]
    assert sample_names(char_rnn, parameters, range(7)) == [
        "Liusskeomnolxeros\n",
        "Hmdaairus\n",
        "Hytroligoraurus\n",
        "Lecalosapaus\n",
        "Xusicikoraurus\n",
        "Abalpsamantisaurus\n",
        "Tpraneronxeros\n",
    ]


def test_the_character_model_writes_names_like_those_it_has_read() -> None:
    """On our own list: recorded losses, and as many names in -saurus as the list has.

    Two hundred names from disjoint seeds are a sample; three standard deviations of a binomial
    count are allowed. Losses are exact while rounding has no time to grow, for 2,000 iterations;
    after 4,000, right programs differ in the fourth decimal.
    """
    char_rnn = load("char_rnn")
    names = char_rnn.load_names(str(OWN_NAMES))
    share = sum(name.endswith("saurus") for name in names) / len(names)

    parameters, losses = char_rnn.model(names, IX_TO_CHAR, CHAR_TO_IX, 4001)

    assert [f"{losses[at]:.6f}" for at in (0, 2000)] == ["23.090633", "28.161560"]
    assert losses[4000] == pytest.approx(26.086502, abs=5e-4)
    count = 200
    written = sample_names(char_rnn, parameters, range(0, 102 * count, 102))  # 51 draws, 2 apart
    ending = sum(name.endswith("saurus\n") for name in written) / count
    assert abs(ending - share) < 3 * math.sqrt(share * (1 - share) / count)


@pytest.mark.parametrize("seed", range(10))
def test_hello_becomes_ohlol(seed: int) -> None:
    """Fifty epochs are enough from any start that torch draws."""
    hello_ohlol = load("hello_ohlol")
    torch.manual_seed(seed)
    layers = torch.nn.ModuleDict({"rnn": torch.nn.RNN(4, 8), "fc": torch.nn.Linear(8, 4)})

    text, losses = hello_ohlol.hello_train(draw(layers), 50)

    assert text == "ohlol"
    assert losses[-1] < 0.01


def test_words_are_translated() -> None:
    """After 500 epochs all seven translations are right, that of the unknown mans too."""
    seq2seq = load("seq2seq")
    torch.manual_seed(0)
    parameters = draw(seq2seq.Seq2Seq(29, 128))

    trained, losses = seq2seq.seq2seq_train(PAIRS, parameters, 500)

    assert losses[-1] < 0.02
    words = {**dict(PAIRS), "mans": "women"}
    assert {word: seq2seq.translate(word, trained) for word in words} == words
