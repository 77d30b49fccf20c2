"""What a kernel knows of its notebook, as the notebook would be if it were saved now."""

from __future__ import annotations

import json
from typing import Any

from grader.study.cells import as_saved_now
from grader.study.messages import Ran

CLIP = "def clip(x):\n    return x"
NEW = "def clip(x):\n    return -x"


def texts(ran: list[Ran], saved: str | None = None) -> list[str]:
    """Return the texts of the code cells."""
    cells = json.loads(as_saved_now(ran, saved))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def file(*cells: str, ids: bool = True) -> str:
    """Write a notebook with an exercise's cell for each text."""
    made: list[dict[str, Any]] = [{"cell_type": "markdown", "metadata": {}, "source": "# text"}]
    for number, text in enumerate(cells):
        cell = {
            "cell_type": "code",
            "metadata": {"grader": {"exercise": "clip"}},
            "source": text.splitlines(keepends=True),
        }
        made.append(cell | ({"id": f"cell{number}"} if ids else {}))
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4})


class TestWithoutAFile:
    """Only what was run is known."""

    def test_cells_are_counted_as_the_notebook_counts_them(self) -> None:
        """So a report's cell 3 is the one with ``In [3]``."""
        assert texts([Ran(3, CLIP), Ran(5, "x = 1")]) == ["", "", CLIP, "", "x = 1"]

    def test_a_cell_that_was_run_again_counts_once(self) -> None:
        """With what it holds now, also where that defines nothing any more."""
        assert texts([Ran(1, CLIP, "a"), Ran(2, "pass", "a")]) == ["", "pass"]

    def test_two_cells_that_define_the_same_are_two(self) -> None:
        """Which of them counts is for intake to say."""
        assert texts([Ran(1, CLIP, "a"), Ran(2, NEW, "b")]) == [CLIP, NEW]

    def test_where_cells_have_no_ids_a_new_definition_replaces_the_old_one(self) -> None:
        """Broken ones too: else the old one would be taken for what is there."""
        broken = "def clip(x:\n    return -x"

        assert texts([Ran(1, CLIP), Ran(2, broken)]) == ["", broken]

    def test_what_defines_more_than_that_stays(self) -> None:
        """A helper in the same cell may still be needed."""
        both = "def helper(x): return x\n" + CLIP

        assert texts([Ran(1, both), Ran(2, NEW)]) == [both, NEW]

    def test_nothing_was_run(self) -> None:
        """Then there is no cell."""
        assert texts([]) == []


class TestWithAFile:
    """What was run takes the place of what was saved."""

    def test_a_cell_is_found_by_its_id(self) -> None:
        """What was not run is as it was saved."""
        saved = file(CLIP, "def other(): pass")

        assert texts([Ran(1, NEW, "cell0")], saved) == [NEW, "def other(): pass"]

    def test_a_new_cell_comes_last(self) -> None:
        """Its id tells that it is not in the file, whatever it defines."""
        assert texts([Ran(1, NEW, "abc-1")], file(CLIP)) == [CLIP, NEW]

    def test_ids_of_another_tool_tell_nothing(self) -> None:
        """VS Code calls cells by addresses of its own: then what they define decides."""
        address = "vscode-notebook-cell:/home/hw8.ipynb#W3sZmlsZQ"

        assert texts([Ran(1, NEW, address)], file("x = 1", CLIP)) == ["x = 1", NEW]

    def test_an_older_notebook_has_no_ids(self) -> None:
        """A cell that was run as it was saved is that cell."""
        saved = file("print(1)", CLIP, ids=False)

        assert texts([Ran(1, "print(1)", "abc"), Ran(2, NEW, "def")], saved) == ["print(1)", NEW]

    def test_what_marks_a_cell_stays(self) -> None:
        """The exercise that the cell is for."""
        cells = json.loads(as_saved_now([Ran(1, NEW, "cell0")], file(CLIP)))["cells"]

        assert cells[1]["metadata"] == {"grader": {"exercise": "clip"}}

    def test_a_file_that_is_no_notebook_is_as_none(self) -> None:
        """Half written, or something else."""
        for saved in ("{", "[]", '{"cells": 3}', "[" * 100_000):
            assert texts([Ran(1, CLIP)], saved) == [CLIP]
