"""File names from ids."""

from __future__ import annotations

from pathlib import PurePath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report import feedback_href, file_name


@pytest.mark.parametrize("name", ["ada", "s-123_4.b", "张伟", "Zoë"])
def test_a_safe_id_is_its_own_name(name: str) -> None:
    """Results are found by looking for the id."""
    assert file_name(name, ".html") == f"{name}.html"


@given(st.text(st.characters(), min_size=1))
def test_any_id_gives_one_path_component(name: str) -> None:
    """No id leaves the folder, hides its file or is too long for a file system."""
    made = file_name(name, ".html")

    assert PurePath(made).name == made
    assert PureWindowsPath(made).name == made
    assert not made.startswith(".")
    assert len(made.encode()) < 200


def test_ids_that_look_alike_have_files_of_their_own() -> None:
    """A digest keeps apart what the replacement would merge."""
    names = {file_name(name, ".json") for name in ("a b", "a/b", "a_b", "../a", ".a", "a")}

    assert len(names) == 6


def test_a_link_is_quoted() -> None:
    """No character of a name ends the attribute or the path."""
    assert feedback_href("张伟") == "feedback/%E5%BC%A0%E4%BC%9F.html"
    assert feedback_href('"><script>').startswith("feedback/_script_-")
