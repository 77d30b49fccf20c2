"""The reference names everything that there is to look up, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
import pytest

from grader import catalog, mistakes
from grader.model import Demo, Exercise, Late, Limits, Notebook, Rule, Status, Verdict
from grader.report import FORMATS
from grader.report.csv import HEADER
from grader.service import Keys, Quota, make_app
from grader.suite import fixtures
from grader.suite.pair import Options
from grader.texts import words_of
from tests.unit.documents import commands_of, options_of, options_of_pytest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

REFERENCE: Final = Path(__file__).parents[2] / "docs" / "reference"
COMMON: Final = frozenset({"--lang", "--root"})


def section(page: str, heading: str) -> str:
    """Return what stands below a second-level heading of a page."""
    text = (REFERENCE / f"{page}.md").read_text("utf-8")
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"{page}.md has no section {heading}"
    return found[1]


def rows(page: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of the first table of a section, by the name in the first cell."""
    table: dict[str, list[str]] = {}
    for line in section(page, heading).splitlines():
        if table and not line:
            break
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| `"):
            table[cells[0]] = cells[1:]
    return table


def names(page: str, heading: str) -> list[str]:
    """Return the names in the first column of a section's table, without arguments."""
    return [re.split(r"[(` ]", cell.strip("`"))[0] for cell in rows(page, heading)]


def _options(cells: Iterable[str]) -> set[str]:
    return {option for cell in cells for option in re.findall(r"(?<![\w-])--?[a-z-]+", cell)}


def test_each_command_has_a_section() -> None:
    """And no section is of a command that is gone."""
    text = (REFERENCE / "commands.md").read_text("utf-8")

    assert set(re.findall(r"^## grader (\w+)$", text, re.MULTILINE)) == set(commands_of())


@pytest.mark.parametrize("command", list(commands_of()))
def test_each_option_of_a_command_has_a_row(command: str) -> None:
    """And each row is of an option that is there."""
    assert _options(rows("commands", f"grader {command}")) == options_of(command) - COMMON


@pytest.mark.parametrize("command", list(commands_of()))
def test_choices_and_arguments_are_named(command: str) -> None:
    """What an option takes if it does not take just anything, and what has no option's name."""
    actions: list[argparse.Action] = commands_of()[command]._actions  # noqa: SLF001 - no other way
    told = section("commands", f"grader {command}")

    for action in actions:
        if action.option_strings and action.option_strings[0] not in {*COMMON, "-h"}:
            choices = [] if "as for `grader grade`" in told else list(action.choices or ())
            assert [choice for choice in choices if f"`{choice}`" not in told] == []
        elif not action.option_strings:
            assert str(action.metavar or action.dest.upper()) in told


def test_common_options_are_taken_by_every_command() -> None:
    """As the page says above all sections."""
    assert all(options_of(command) >= COMMON for command in commands_of())


def test_each_option_of_pytest_has_a_row() -> None:
    """Those of ours."""
    assert _options(rows("commands", "pytest")) == options_of_pytest()


@pytest.mark.parametrize(
    ("heading", "struct"),
    [
        ("[assignment]", catalog._Heading),  # noqa: SLF001 - the fields that a file may have
        ("[[exercise]]", Exercise),
        ("[limits]", Limits),
        ("[late]", Late),
        ("[notebook]", Notebook),
        ("[rules.NAME]", Rule),
        ("demos.toml", Demo),
        ("Known mistakes", mistakes._Entry),  # noqa: SLF001 - as above
    ],
)
def test_each_field_has_a_row(heading: str, struct: type[msgspec.Struct]) -> None:
    """In the order of the code."""
    assert sorted(names("exercises", heading)) == sorted(struct.__struct_fields__)


def test_limits_have_the_defaults_that_are_told() -> None:
    """To the number."""
    told = {
        name.strip("`"): float(cells[0]) for name, cells in rows("exercises", "[limits]").items()
    }

    assert told == {name: float(value) for name, value in msgspec.to_builtins(Limits()).items()}


def test_each_mark_has_a_row() -> None:
    """As `pytest --markers` shows them."""
    assert names("suites", "Marks") == [mark.partition("(")[0] for mark in fixtures.MARKS]


def test_each_fixture_has_a_row() -> None:
    """Those of the plugin."""
    known = {
        name for name, value in vars(fixtures).items() if type(value).__name__.startswith("Fixture")
    }

    assert set(names("suites", "Fixtures")) == known


def test_each_option_of_check_is_named() -> None:
    """In the table below the fixtures."""
    told = section("suites", "Fixtures")

    for field in Options.__struct_fields__:
        assert f"\n| `{field}` | " in told


def test_each_verdict_and_status_has_a_row() -> None:
    """What may stand in a report."""
    assert names("results", "Verdicts") == [verdict.value for verdict in Verdict]
    assert set(names("results", "Status")) == {status.value for status in Status} | {"no_exercise"}


def test_each_format_has_a_row_with_its_file() -> None:
    """And the command line offers the same."""
    told = {
        name.strip("`"): cells[0].strip("`") for name, cells in rows("results", "Formats").items()
    }
    (offered,) = [
        action.choices
        for action in commands_of()["ci"]._actions  # noqa: SLF001 - no other way
        if "--format" in action.option_strings
    ]

    assert told == {name: form.file_name for name, form in FORMATS.items()}
    assert set(offered or ()) == set(FORMATS)


def test_columns_of_the_table_are_named() -> None:
    """In their order."""
    told = rows("results", "Files of grader grade")["`grades.csv`"][-1]

    assert tuple(re.findall(r"`(\w+)`", told)) == HEADER


def test_each_problem_and_request_of_the_service_has_a_row() -> None:
    """And each row is of one that it tells, or takes."""
    said = set(words_of("service", "en").templates)
    app = make_app({}, Keys("x" * 40), Quota(), hosts=frozenset(), lang="en")
    routes = {
        f"{method} {route.path}".replace("{assignment}", "ASSIGNMENT").replace("{id}", "ID")
        for route in app._app.routes  # type: ignore[attr-defined]  # noqa: SLF001 - no other way
        for method in route.methods - {"HEAD"}
    }

    assert set(names("service", "Problems")) == said
    assert {row.strip("`") for row in rows("service", "Requests")} == routes
