"""Folders that nobody would hand in; `python tests/fuzz/folders.py` tries many more of them."""

from __future__ import annotations

import time

import pytest

from tests.fuzz import folders

NUMBERS = [one * 7919 for one in range(24)]


@pytest.mark.parametrize("number", NUMBERS)
def test_any_folder_is_read_and_left_as_it_was(number):
    """Each entry is a row or named, twice the same, within bounds; nothing raises or is written."""
    tried = folders.Tried()

    folders.attempt(number, None, tried)

    assert tried.folders == 1


def test_the_folders_hold_much_that_can_be_read():
    """What is drawn is not all damaged, or the readers would never be reached."""
    tried = folders.Tried()

    for number in NUMBERS[:12]:
        folders.attempt(number, None, tried)

    assert 0 < tried.unreadable < tried.rows


def _sleep():
    time.sleep(60)
    return 0, 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (lambda: (1 / 0, 0), "ZeroDivisionError"),
        (lambda: (len(bytearray(folders.MEMORY_MIB << 20)), 0), "MemoryError"),
        (_sleep, "does not end"),
    ],
    ids=["raises", "takes memory", "hangs"],
)
def test_what_goes_wrong_is_found(wrong, said):
    """The search itself can fail: an exception, memory beyond the bound, a process that stays."""
    with pytest.raises(folders.WrongError, match=said):
        folders.apart(wrong, 2.0, alone=True)
