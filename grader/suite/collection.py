"""From collected pytest items to the cases of assignments."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, TypeVar

from grader.catalog import Assignment, load_assignment
from grader.errors import CatalogError
from grader.model import Visibility
from grader.suite.case import Case
from grader.suite.sharing import assignment_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import pytest

T = TypeVar("T")
STOPWATCH: Final = "stopwatch"


class Cases:
    """The cases among the collected items, with their assignments.

    Parameters
    ----------
    items : iterable of pytest.Item
        Everything that was collected.
    """

    def __init__(self, items: Iterable[pytest.Item]) -> None:
        self._assignments: dict[Path, Assignment] = {}
        self._cases: dict[str, tuple[Assignment, Case]] = {}
        self.foreign = 0
        for item in items:
            folder = assignment_folder(item.path)
            if folder is None or item.get_closest_marker("exercise") is None:
                self.foreign += 1
                continue
            if folder not in self._assignments:
                self._assignments[folder] = self._load(folder)
            assignment = self._assignments[folder]
            case = _case(item, assignment)
            if any(case.id == other.id for other in self.of(assignment)):
                raise CatalogError(f"two cases of {assignment.id} are called {case.id}")
            self._cases[item.nodeid] = (assignment, case)

    def get(self, item: pytest.Item) -> tuple[Assignment, Case] | None:
        """Return an item's assignment and case; None for an ordinary test."""
        return self._cases.get(item.nodeid)

    def __iter__(self) -> Iterator[tuple[Assignment, Case]]:
        """Yield every case with its assignment, in order."""
        return iter(self._cases.values())

    def keep_exercise(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Where ``-k`` is an exercise's id, drop cases of others that it matches by name.

        ``-k clip`` means the exercise clip, not also optimize's test of clipped gradients.
        """
        wanted = str(config.option.keyword).strip()
        owners = {item.nodeid: self._cases.get(item.nodeid) for item in items}
        if not any(owner and owner[1].exercise.id == wanted for owner in owners.values()):
            return
        dropped = [
            item
            for item in items
            if (owner := owners[item.nodeid]) and owner[1].exercise.id != wanted
        ]
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item not in dropped]
        for item in dropped:
            del self._cases[item.nodeid]

    def _load(self, folder: Path) -> Assignment:
        loaded = load_assignment(folder)
        for other in self.assignments:
            if other.id == loaded.id:
                raise CatalogError(
                    f"{other.folder} and {loaded.folder} are both called {loaded.id}; "
                    "run one of them at a time"
                )
        return loaded

    @property
    def assignments(self) -> list[Assignment]:
        """The assignments, in order of first appearance."""
        return list(self._assignments.values())

    def of(self, assignment: Assignment) -> list[Case]:
        """List an assignment's cases, in suite order."""
        return [case for owner, case in self._cases.values() if owner.id == assignment.id]

    def order(self, item: pytest.Item) -> tuple[str, int, bool]:
        """Sort key: an upstream before what uses it, public cases before hidden ones.

        So no worker that has seen a hidden case serves a visible one, whose feedback could then
        carry the hidden inputs out.
        """
        found = self._cases.get(item.nodeid)
        if found is None:
            return ("", 0, False)
        assignment, case = found
        return (assignment.id, assignment.exercises.index(case.exercise), case.suite == "hidden")


def _case(item: pytest.Item, assignment: Assignment) -> Case:
    exercise = assignment.exercise(_argument(item, "exercise"))
    hidden = "solutions" in {parent.name for parent in item.path.parents} and (
        item.path.parent.name == "hidden"
    )
    visible = Visibility.HIDDEN if hidden else Visibility.VISIBLE
    test = f"{item.path.name}::{getattr(item, 'originalname', item.name)}"
    return Case(
        id=f"{item.path.name}::{item.name}",
        test=test,
        exercise=exercise,
        suite="hidden" if hidden else "public",
        visibility=_converted(item, "visibility", Visibility, visible),
        weight=_converted(item, "points", Fraction, Fraction(1)),
        timeout_s=_converted(item, "timeout_s", float, None),
        timed=STOPWATCH in getattr(item, "fixturenames", ()),
    )


def _converted(item: pytest.Item, mark: str, kind: Callable[[Any], T], default: T) -> T:
    """Read a mark's argument; raises `CatalogError` for one that makes no sense."""
    if item.get_closest_marker(mark) is None:
        return default
    argument = _argument(item, mark)
    try:
        return kind(argument)
    except (TypeError, ValueError, ZeroDivisionError) as error:
        raise CatalogError(f"{item.nodeid}: {mark}({argument!r}): {error}") from error


def _argument(item: pytest.Item, mark: str) -> Any:
    found = item.get_closest_marker(mark)
    if found is None or len(found.args) != 1:
        raise CatalogError(f"{item.nodeid}: the mark {mark} takes one argument")
    return found.args[0]
