"""Who takes a course, when homework is due, and which attempt counts. Only `tables` reads files.

`tables` reads a CSV file, `times` what is written of dates in one, `roster` who its lines are
about, whichever platform has written it; `matching` tells whose a submission is, `joining` makes
the rows of everybody, and `late` says how late each attempt is and which may count, with the
`extensions` of single students.
"""

from grader.course.extensions import Extension, read_extensions
from grader.course.joining import Joined, join
from grader.course.late import Deadline
from grader.course.matching import Finder
from grader.course.roster import Person, is_of_canvas, is_of_moodle, people_of, read_roster
from grader.course.tables import Table, read_table

__all__ = [
    "Deadline",
    "Extension",
    "Finder",
    "Joined",
    "Person",
    "Table",
    "is_of_canvas",
    "is_of_moodle",
    "join",
    "people_of",
    "read_extensions",
    "read_roster",
    "read_table",
]
