"""How many submissions are graded at a time unless told otherwise."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from grader.cli.processors import available_processors

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def groups(tmp_path: Path) -> Path:
    """A tree of control groups without bounds, in which this process is in /a/b."""
    (tmp_path / "groups" / "a" / "b").mkdir(parents=True)
    (tmp_path / "membership").write_text("0::/a/b\n")
    return tmp_path / "groups"


def count(groups: Path) -> int:
    """Count the processors that the groups and affinity leave."""
    return available_processors(groups, groups.parent / "membership")


def test_affinity_bounds(groups: Path) -> None:
    """As ``taskset`` sets it."""
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert count(groups) == 1
    finally:
        os.sched_setaffinity(0, before)

    assert count(groups) == len(before)


@pytest.mark.parametrize("where", [".", "a", "a/b"])
@pytest.mark.parametrize(("text", "expected"), [("100000 100000", 1), ("50000 100000", 1)])
def test_a_group_around_bounds(
    groups: Path, monkeypatch: pytest.MonkeyPatch, where: str, text: str, expected: int
) -> None:
    """As a container sets it, for our own group or any above; half a processor counts as one."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(64)))
    (groups / where / "cpu.max").write_text(text)

    assert count(groups) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("max 100000", 64), ("250000 100000", 3), ("nonsense", 64), ("", 64)]
)
def test_a_share_is_rounded_up_and_no_bound_is_none(
    groups: Path, monkeypatch: pytest.MonkeyPatch, text: str, expected: int
) -> None:
    """What cannot be read bounds nothing."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(64)))
    (groups / "a" / "cpu.max").write_text(text)

    assert count(groups) == expected


def test_the_first_version_of_groups_bounds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a mount for each kind of bound, and two files."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(64)))
    folder = tmp_path / "groups" / "cpu,cpuacct"
    folder.mkdir(parents=True)
    (folder / "cpu.cfs_quota_us").write_text("200000\n")
    (folder / "cpu.cfs_period_us").write_text("100000\n")
    (tmp_path / "membership").write_text("5:memory:/x\n4:cpu,cpuacct:/docker/0123\n0::/\n")

    assert count(tmp_path / "groups") == 2


def test_without_groups_there_is_no_bound(tmp_path: Path) -> None:
    """Nor an error."""
    assert count(tmp_path / "groups") == len(os.sched_getaffinity(0))
