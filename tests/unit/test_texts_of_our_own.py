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
    assert all(
        entry["licence"] == ("MIT" if entry["source"].startswith("own") else "public domain")
        for entry in listed
    )


def test_the_songs_are_as_long_and_as_varied_as_the_course_text() -> None:
    """About 10,000 characters, some 900 different ones, and choruses that come three times."""
    text = (DATA / "songs_zh.txt").read_text("utf-8")
    songs = [song.split("\n") for song in text.strip().split("\n\n")]

    assert 9500 < len(text) < 10500
    assert 800 < len(set(text)) < 1100
    assert len(songs) == 31
    assert all(sum(song.count(line) >= 3 for line in set(song)) >= 4 for song in songs)


def test_the_sonnet_is_a_sonnet() -> None:
    """Fourteen lines, 628 characters in one line, 115 words."""
    lines = (DATA / "sonnet2.txt").read_text("utf-8").splitlines()

    assert len(lines) == 14
    assert (len(" ".join(lines)), len(" ".join(lines).split())) == (628, 115)


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
