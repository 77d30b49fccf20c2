"""Whose submissions are, and who has a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.course import Deadline, Extension, Joined, Person, join
from grader.intake import Delivery, Submission
from grader.model import LANGUAGES, Late, Owner
from grader.texts import render
from tests.unit.course.test_late import deadline

FREE = Deadline.of(Late())
JANE = Person(2, "1", "Jane Doe")


def handed(id: str, *owners: Owner, platform: str = "", at: str = "", **more: Any) -> Submission:  # noqa: A002 - the field's own name
    """Hand something in."""
    delivery = Delivery(platform, owners, at, **more)
    return Submission(id, more.pop("name", id), Path(id), None, delivery=delivery)


def names(joined: Joined) -> list[tuple[str, str, list[str]]]:
    """List id and name of each row, and what is the student's."""
    return [
        (one.id, one.name, [attempt.submission for attempt in one.attempts])
        for one in joined.students
    ]


def keys(joined: Joined) -> list[tuple[str, Any]]:
    """List what is said, each with its names."""
    for told in joined.notes:
        for lang in LANGUAGES:
            assert "{" not in render(told, lang)
    return [(told.key, told.fields.get("names", told.fields.get("name"))) for told in joined.notes]


def test_without_a_roster_a_submission_is_a_row() -> None:
    """And nothing is said."""
    joined = join([handed("ada"), handed("bob", Owner("Bob", "7"))], FREE)

    assert names(joined) == [("ada", "ada", ["ada"]), ("bob", "Bob", ["bob"])]
    assert keys(joined) == []
    assert joined.graded == {"ada", "bob"}


def test_who_is_missing_and_who_is_unknown() -> None:
    """Each has a row, and is told of."""
    roster = [Person(2, "1", "Ada L"), Person(3, "2", "Bob M")]

    joined = join([handed("1"), handed("zoe")], FREE, roster)

    assert names(joined) == [
        ("1", "Ada L", ["1"]),
        ("Bob_M_2", "Bob M", []),
        ("zoe", "zoe", ["zoe"]),
    ]
    assert keys(joined) == [("course_unknown", "zoe"), ("course_missing", "Bob M")]


def test_if_everybody_is_there_nothing_is_said() -> None:
    """Each sentence has its reason."""
    joined = join([handed("1")], FREE, [Person(2, "1", "Ada L")])

    assert keys(joined) == []


@pytest.mark.parametrize(
    ("owner", "platform", "person"),
    [
        (Owner("j", "104"), "Canvas", Person(2, "", "Doe, Jane", numbers={"Canvas": "104"})),
        (Owner("doejane", "104"), "Canvas", Person(2, "s7", "Doe, Jane")),
        (Owner("doejane", "104"), "Canvas", Person(2, "s7", "Jane Doe")),
        (Owner("Jane Doe", "2231"), "Moodle", Person(2, "s7", "Doe, Jane")),
        (Owner("J", "s7"), "Gradescope", Person(2, "S7", "Jane Doe")),
        (Owner("J", "", "Jane@X.org"), "Gradescope", Person(2, "s7", "Jane", email="jane@x.org")),
        (Owner("ann-lee", "ann-lee"), "Classroom 50", Person(2, "s7", "Ann", login="Ann-Lee")),
        (Owner("müllerjörg", "104"), "Canvas", Person(2, "s7", "Müller, Jörg")),
        # As macOS packs names, in wide forms, and with what is not seen.
        (Owner("mu\u0308llerjo\u0308rg", "104"), "Canvas", Person(2, "s7", "Müller, Jörg")),
        (Owner("Müller Jörg", "2"), "Moodle", Person(2, "s7", "Mu\u0308ller, Jo\u0308rg")),
        (Owner("\uff44\uff4fejane", "104"), "Canvas", Person(2, "s7", "Doe\uff0cJane")),
        (Owner("J", "\u200e\uff12026\u200b"), "Gradescope", Person(2, "2026", "Jane Doe")),
        (Owner("علی\u200cرضا\u200f", "2"), "Moodle", Person(2, "s7", "علیرضا")),  # noqa: RUF001
        (Owner("Ada 👩\u200d💻 Li", "2"), "Moodle", Person(2, "s7", "Li, Ada")),
    ],
)  # fmt: skip
def test_people_are_recognised(owner: Owner, platform: str, person: Person) -> None:
    """By number, address, account or name, as each platform writes it."""
    joined = join([handed("x", owner, platform=platform)], FREE, [person])

    assert names(joined) == [("x", person.name, ["x"])]
    assert keys(joined) == []


@pytest.mark.parametrize(
    ("owner", "platform", "roster"),
    [
        # Two of one name, and no number that the roster knows.
        (Owner("Jane Doe", "5"), "Moodle", [JANE, Person(3, "2", "Jane Doe")]),
        # The name is on the roster, with another number.
        (Owner("Jane Doe", "5"), "Moodle", [Person(2, "1", "Jane Doe", numbers={"Moodle": "6"})]),
        (Owner("Jane Doe", "5"), "Gradescope", [JANE]),
        # Names that differ in a vowel, which Devanagari writes as a mark.
        (Owner("राम", "5"), "Moodle", [Person(2, "1", "रमा")]),
    ],
)  # fmt: skip
def test_nobody_is_guessed(owner: Owner, platform: str, roster: list[Person]) -> None:
    """The submission has a row of its own, and the people on the roster are missing."""
    joined = join([handed("x", owner, platform=platform)], FREE, roster)

    assert len(joined.students) == len(roster) + 1
    assert [key for key, _ in keys(joined)] == ["course_unknown", "course_missing"]


def test_repositories_and_files_are_called_after_accounts() -> None:
    """The one account that a name ends with."""
    roster = [Person(2, "1", "Ann", login="ann-lee"), Person(3, "2", "Lee", login="lee")]

    joined = join([handed("hw8-bob-lee"), handed("hw8_ann-lee")], FREE, roster[:1])
    assert names(joined)[1] == ("hw8_ann-lee", "Ann", ["hw8_ann-lee"])

    both = join([handed("hw8-ann-lee")], FREE, roster)  # which of the two is not known
    assert [key for key, _ in keys(both)] == ["course_unknown", "course_missing"]


def test_who_stands_on_the_roster_twice() -> None:
    """The first line counts, and it is told; two of one name with numbers are two."""
    roster = [
        Person(2, "1", "Ada"), Person(3, "1", "Ada again"), Person(4, "2", "Eve"),
        Person(5, "3", "Eve"),
    ]  # fmt: skip

    joined = join([handed("1"), handed("2"), handed("3")], FREE, roster)

    assert [name for _, name, _ in names(joined)] == ["Ada", "Eve", "Eve"]
    assert keys(joined) == [("course_listed_twice", "Ada again")]


def test_a_group_shares_what_one_of_it_hands_in() -> None:
    """By the platform, and by the roster."""
    pair = handed("submission_1", Owner("A", "1"), Owner("B", "2"), platform="Gradescope")
    assert names(join([pair], FREE)) == [
        ("A_1", "A", ["submission_1"]), ("B_2", "B", ["submission_1"]),
    ]  # fmt: skip

    roster = [Person(2, "1", "A", group="G"), Person(3, "2", "B", group="G"), Person(4, "3", "C")]
    joined = join([handed("2"), handed("3")], FREE, roster)
    assert names(joined) == [("3", "C", ["3"]), ("A_1", "A", ["2"]), ("B_2", "B", ["2"])]
    assert keys(joined) == []


def test_ids_are_never_shared() -> None:
    """Also where names are, and on systems where letter case does not count."""
    roster = [Person(2, "7", "ada"), Person(3, "", "Ada_7"), Person(4, "", "x", login="x")]

    ids = [one.id.casefold() for one in join([handed("ada_7"), handed("X")], FREE, roster).students]

    assert len(set(ids)) == len(ids) == 3


class TestTimes:
    """Attempts, due dates, extensions."""

    def twice(self, *times: str) -> list[Submission]:
        """Hand in several times."""
        return [handed(f"a{at}", Owner("A", "1"), platform="Gradescope", at=time)
                for at, time in enumerate(times)]  # fmt: skip

    def test_the_newest_in_time_counts(self) -> None:
        """The others are kept and not graded."""
        joined = join(self.twice("2026-03-03T10:00:00Z", "2026-03-01T10:00:00Z"), deadline())

        (row,) = joined.students
        assert row.id == "A_1"
        assert joined.graded == {"a1"}
        assert [(one.submission, one.counts) for one in row.attempts] == [
            ("a1", True),
            ("a0", False),
        ]
        assert keys(joined) == []

    def test_the_newest_has_the_name(self) -> None:
        """Who has changed it in between is one person."""
        old, new = self.twice("2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z")
        renamed = handed(
            "a1", Owner("New", "1"), platform="Gradescope", at=new.delivery.handed_in_at
        )

        assert [one.name for one in join([renamed, old], FREE).students] == ["New"]

    def test_without_times_all_are_graded(self) -> None:
        """And that is told."""
        joined = join(self.twice("", ""), FREE)

        assert joined.graded == {"a0", "a1"}
        assert keys(joined) == [("course_handed_in_twice", "A")]

    def test_a_due_date_without_times_is_told(self) -> None:
        """Nobody is late by a guess; with a time, nothing is said."""
        assert keys(join([handed("a"), handed("b", at="2026-03-01 10:00")], deadline())) == [
            ("course_no_times", "a")
        ]
        assert keys(join([handed("a"), handed("b")], deadline())) == [
            ("course_no_times_at_all", None)
        ]
        assert keys(join([handed("b", at="2026-03-01 10:00")], deadline())) == []
        assert keys(join([handed("a")], FREE)) == []

    def test_the_roster_may_tell_when(self) -> None:
        """As Moodle's worksheet does."""
        person = Person(2, "1", "Ada", handed_in_at="Tuesday, 3 March 2026, 9:00 AM")

        (row,) = join([handed("1")], deadline(), [person]).students

        assert row.attempts[0].lateness is not None
        assert row.attempts[0].lateness.days == 2

    def test_an_extension_is_one_persons(self) -> None:
        """Found by whatever the table knows; who is nobody is told."""
        rules = deadline()
        more = rules.later(days=2)
        assert more is not None
        extensions = [
            Extension(Person(2, email="ada@x.org"), more), Extension(Person(3, "99"), more),
        ]  # fmt: skip
        roster = [Person(2, "1", "Ada", "ada@x.org"), Person(3, "2", "Bob")]
        late = "2026-03-03T10:00:00Z"

        joined = join([handed("1", at=late), handed("2", at=late)], rules, roster, extensions)

        found = [one.attempts[0].lateness for one in joined.students]
        assert [(one.days, one.extended) for one in found if one] == [(0, True), (2, False)]
        assert keys(joined) == [("course_extension_unknown", "99")]
