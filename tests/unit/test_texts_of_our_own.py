"""The texts in data/ are what their manifest says, and fit for training."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

DATA = Path(__file__).parents[2] / "data"
NAMES = (DATA / "dinos.txt").read_text("utf-8")


def test_the_manifest_lists_every_text_with_its_sum() -> None:
    """A text changes together with its line in the manifest."""
    listed = tomllib.loads((DATA / "MANIFEST.toml").read_text("utf-8"))["file"]

    assert {entry["name"]: entry["sha256"] for entry in listed} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in DATA.glob("*.txt")
    }
    assert all(entry["source"].startswith("own") and entry["licence"] == "MIT" for entry in listed)


def test_the_names_are_lower_case_one_a_line() -> None:
    """Nothing but the letters a to z, and a newline behind each name, the last one too."""
    assert re.fullmatch(r"([a-z]+\n)+", NAMES)


def test_the_names_are_ordered_and_none_stands_there_twice() -> None:
    """By length and then by the alphabet, an order that is ours."""
    names = NAMES.split()

    assert names == sorted(set(names), key=lambda name: (len(name), name))


def test_there_are_names_enough_and_most_end_as_names_of_dinosaurs_do() -> None:
    """A thousand at least, some two fifths of them in -saurus."""
    names = NAMES.split()

    assert len(names) >= 1000
    assert 0.35 < sum(name.endswith("saurus") for name in names) / len(names) < 0.5
