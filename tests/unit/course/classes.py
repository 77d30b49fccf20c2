"""Classes of forty students as platforms give them out, awkward in every way that was seen.

Half of them hand in something plain. Names are not English, hyphenated, with underscores, shared,
one letter long, or formulas; files are late, twice, of a wrong kind, packed, or not there.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

RIGHT = "probabilities.py"
AWKWARD = (
    ("Zoë", "Müller-Lüdenscheidt"), ("张", "三"), ("Jane", "Doe"), ("Jane", "Doe"), ("O", "N"),
    ("Seán", "O'Brien"), ("=HYPERLINK", "Max"), ("@Ada", "Cmd"), ("-Minus", "Sign"),
    ("Ana", "de la Cruz"), ("Van_Der", "Berg"), ("Ñandú", "Ibáñez"), ("Иван", "Петров"),
    ("محمد", "علي"), ("Jean-Luc", "Picard"), ("+Plus", "Sign"), ("李", "小龙"),
    ("Björk", "Guðmundsdóttir"), ("Sam", "10"), ("X Æ", "A-12"),
)  # fmt: skip
COUNT = 40
WRONG_KIND = {7: "hw.pdf", 8: "hw.docx", 9: "photo.png"}
MISSING = frozenset({10, 30, 39})
LATE = frozenset({3, 13, 23})
TWICE = frozenset({5, 15})
PACKED = frozenset({6, 16})


class Pupil(NamedTuple):
    """One of them."""

    at: int
    first: str
    last: str

    @property
    def name(self) -> str:
        """As Moodle and Gradescope write it."""
        return f"{self.first} {self.last}"

    @property
    def sortable(self) -> str:
        """As Canvas writes it."""
        return f"{self.last}, {self.first}"

    @property
    def number(self) -> str:
        """The school's."""
        return f"{2026000 + self.at:08}"

    @property
    def email(self) -> str:
        """The address."""
        return f"s{self.at}@example.org"

    @property
    def has_file(self) -> bool:
        """Whether there is anything that could be graded."""
        return self.at not in MISSING and self.at not in WRONG_KIND

    def files(self, code: str, pack: Callable[[dict[str, str]], bytes]) -> dict[str, bytes]:
        """Return what is handed in, under the names that its author has given."""
        if self.at in MISSING:
            return {}
        if self.at in WRONG_KIND:
            return {WRONG_KIND[self.at]: b"%PDF or so"}
        if self.at in PACKED:
            return {"work.zip": pack({RIGHT: code})}
        return {RIGHT: f"{code}\n# {self.at}\n".encode()}


CLASS = tuple(
    Pupil(at, *(AWKWARD[at] if at < len(AWKWARD) else (f"Student{at}", f"Name{at}")))
    for at in range(COUNT)
)


def canvas_name(pupil: Pupil) -> str:
    """Return a name as Canvas's zips have it: small, and without what is no letter."""
    return "".join(char for char in pupil.sortable.lower() if char.isalnum() or char == "_")


def canvas_files(code: str, pack: Callable[[dict[str, str]], bytes]) -> dict[str, bytes]:
    """Return the members of Canvas's zip."""
    members: dict[str, bytes] = {}
    for pupil in CLASS:
        late = "_LATE" if pupil.at in LATE else ""
        start = f"{canvas_name(pupil)}{late}_{500 + pupil.at}_"
        for name, data in pupil.files(code, pack).items():
            stem, _, ending = name.rpartition(".")
            if pupil.at in TWICE:
                members[f"{start}{81000 + pupil.at}_{name}"] = (
                    b"def softmax(scores):\n    return 0\n"
                )
                members[f"{start}{82000 + pupil.at}_{stem}-1.{ending}"] = data
            else:
                members[f"{start}{80000 + pupil.at}_{name}"] = data
    return members


def canvas_gradebook() -> str:
    """Return Canvas's export of its gradebook."""
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 7 (3000)",
         "tiny homework (3001)", "Current Score"],
        ["", "", "", "", "", "", "Manual Posting", ""],
        ["    Points Possible", "", "", "", "", "10.00", "100.00", "(read only)"],
    ]  # fmt: skip
    rows += [
        [
            p.sortable, str(500 + p.at), p.number, p.email, "A",
            "-1.50" if p.at == 1 else "8.00", "", "80.00",
        ]
        for p in CLASS
    ]  # fmt: skip
    return written(rows, "\n")


def moodle_files(code: str, pack: Callable[[dict[str, str]], bytes]) -> dict[str, bytes]:
    """Return the members of Moodle's zip, a folder a student."""
    return {
        f"{p.name.replace('_', ' ')}_{2200 + p.at}_assignsubmission_file_/{name}": data
        for p in CLASS
        for name, data in p.files(code, pack).items()
    }


def moodle_worksheet() -> str:
    """Return Moodle's grading worksheet, with a comma for decimals."""
    rows = [[
        "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade",
        "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
        "Feedback comments",
    ]]  # fmt: skip
    for p in CLASS:
        day = 3 if p.at in LATE else 1
        time = "-" if p.at in MISSING else f"Sunday, {day} March 2026, 10:15 PM"
        status = "No submission" if p.at in MISSING else "Submitted for grading"
        rows.append([
            f"Participant {2200 + p.at}", p.name, p.email, status, "", "100,00", "Yes", time, "-",
            "seen" if p.at == 2 else "",
        ])  # fmt: skip
    return written(rows, "\n")


def gradescope_files(code: str, pack: Callable[[dict[str, str]], bytes]) -> dict[str, bytes]:
    """Return the members of Gradescope's export: some in pairs, some twice."""
    members: dict[str, bytes] = {}
    told = []
    for p in CLASS:
        if p.at % 10 == 1:  # hands in together with the one before
            continue
        partners = [p, *([CLASS[p.at + 1]] if p.at % 10 == 0 and p.at + 1 < COUNT else [])]
        for again in range(2 if p.at in TWICE else 1):
            folder = f"submission_{9000 + 2 * p.at + again}"
            files = p.files(code, pack)
            if not files:
                continue
            members |= {f"{folder}/{name}": data for name, data in files.items()}
            told.append(f"{folder}:\n  :submitters:")
            told += [
                f"  - :name: {quoted(one.name)}\n    :sid: '{one.number}'\n    :email: {one.email}"
                for one in partners
            ]
            day = 3 if p.at in LATE or again else 1
            told.append(f"  :created_at: 2026-03-0{day} 13:15:00 -08:00")
    members["submission_metadata.yml"] = ("\n".join(told) + "\n").encode()
    return {f"assignment_77_export/{name}": data for name, data in members.items()}


def quoted(text: str) -> str:
    """Write a text as YAML."""
    return "'" + text.replace("'", "''") + "'"


def written(rows: list[list[str]], end: str) -> str:
    """Write a table."""
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows(rows)
    return text.getvalue()
