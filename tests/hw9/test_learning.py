"""The references of hw9 learn what they are there for, as well as they were measured to.

The text is Shakespeare's second sonnet: 628 characters, 32 of them different. Perplexities jump
about while a network learns, so the smallest one over the epochs counts, and a network from scratch
is trained no further once it has come below its bound.
"""

from __future__ import annotations

import importlib.util
import itertools
import math
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import torch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

pytestmark = pytest.mark.learning

ROOT = Path(__file__).parents[2]
TEXT = " ".join((ROOT / "data" / "sonnet2.txt").read_text("utf-8").split()).lower()
BATCH, STEPS, HIDDEN = 4, 16, 64
SEEDS = pytest.mark.parametrize("seed", range(3))

Parameters = dict[str, torch.Tensor]
Batches = list[tuple[torch.Tensor, torch.Tensor]]


def load(name: str) -> ModuleType:
    """Load one reference module by its path."""
    spec = importlib.util.spec_from_file_location(name, ROOT / f"solutions/hw9/{name}.py")
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


def read_text() -> tuple[list[int], int]:
    """Number the characters of the sonnet."""
    indices, _, _, vocab_size = load("corpus").load_corpus(TEXT, len(TEXT))
    return indices, vocab_size


def train_by_hand(net: str, seed: int) -> Iterator[float]:
    """Train a network from scratch, the state beginning anew in every epoch; yield perplexities."""
    corpus, language_model = load("corpus"), load("language_model")
    indices, vocab_size = read_text()
    kind = net.removesuffix("_after")
    torch.manual_seed(seed)
    params = language_model.get_params(kind, vocab_size, HIDDEN)
    batches = corpus.data_iter_consecutive(indices, BATCH, STEPS)
    while True:
        state = language_model.init_state(kind, BATCH, HIDDEN)
        params, _, value = language_model.train_epoch(
            net, params, state, batches, 100.0, 0.01, False
        )
        yield value


def train_layers(seed: int, epochs: int, *sizes: Any) -> tuple[Parameters, list[float]]:
    """Train an RNNModel of kind, length of state, layers and directions."""
    corpus, deep_networks = load("corpus"), load("deep_networks")
    indices, vocab_size = read_text()
    kind, hidden, *rest = sizes
    torch.manual_seed(seed)
    model = deep_networks.RNNModel(kind, vocab_size, hidden, *rest)
    start = {name: value.detach() for name, value in model.named_parameters()}
    batches = corpus.data_iter_consecutive(indices, BATCH, STEPS)
    parameters, perplexities = deep_networks.train_model(kind, start, batches, epochs)
    return parameters, perplexities


def unigram_perplexity() -> float:
    """Return what a model reaches that knows how often each character comes, and nothing else."""
    counts = Counter(TEXT).values()
    return math.exp(-sum(count * math.log(count / len(TEXT)) for count in counts) / len(TEXT))


def test_the_text_is_the_one_that_was_measured() -> None:
    """628 characters, 32 different ones, and a unigram perplexity of 18.92."""
    assert (len(TEXT), len(set(TEXT))) == (628, 32)
    assert round(unigram_perplexity(), 2) == 18.92


@SEEDS
@pytest.mark.parametrize(
    ("net", "epochs", "bound"),
    [("rnn", 150, 2.0), ("gru", 100, 1.3), ("gru_after", 100, 1.3), ("lstm", 100, 1.5)],
)
def test_networks_from_scratch_learn_the_sonnet(
    net: str, epochs: int, bound: float, seed: int
) -> None:
    """Either convention of the reset gate learns: perplexity tells none of them apart."""
    perplexities = itertools.islice(train_by_hand(net, seed), epochs)

    assert next(perplexities) > 20
    assert any(value < bound for value in perplexities)


@SEEDS
@pytest.mark.parametrize(
    ("kind", "layers", "epochs", "bound"), [("gru", 1, 40, 1.2), ("lstm", 2, 60, 1.5)]
)
def test_layers_of_torch_learn_the_sonnet_faster(
    kind: str, layers: int, epochs: int, bound: float, seed: int
) -> None:
    """One GRU layer, and two LSTM layers, need less than half of the epochs."""
    _, perplexities = train_layers(seed, epochs, kind, HIDDEN, layers)

    assert min(perplexities) < bound


@SEEDS
def test_six_layers_learn_the_frequencies_of_the_characters(seed: int) -> None:
    """After 60 epochs, the perplexity is that of the unigrams, up to one part in twenty."""
    _, perplexities = train_layers(seed, 60, "lstm", HIDDEN, 6)

    assert perplexities[-1] == pytest.approx(unigram_perplexity(), rel=0.05)


@SEEDS
def test_both_directions_know_the_answers_inside_a_window(seed: int) -> None:
    """In windows next to perfect; one character at a time, more than twenty times as surprised."""
    parameters, perplexities = train_layers(seed, 20, "gru", HIDDEN // 2, 1, True)

    report = load("deep_networks").leak_report("gru", parameters, read_text()[0], STEPS)

    assert perplexities[-1] < 1.1
    assert report["ratio"] > 20
    assert report["inside"] < report["last"]


def test_one_direction_has_nothing_to_leak() -> None:
    """A GRU that reads forward alone is about as good one character at a time."""
    parameters, _ = train_layers(0, 40, "gru", HIDDEN)

    report = load("deep_networks").leak_report("gru", parameters, read_text()[0], STEPS)

    assert report["ratio"] < 1.5
