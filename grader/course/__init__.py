"""Who takes a course, when homework is due, and which attempt counts. Only `tables` reads files.

`tables` reads a CSV file, `columns` knows what these are called in several languages, `times` reads
what is written of dates in one, `roster` who its lines are about, whichever platform has written
it; `matching` tells whose a submission is, `joining` makes the rows of everybody, and `late` says
how late each attempt is and which may count, with the `extensions` of single students.
"""

from grader.course.columns import told_columns, worksheet_of
from grader.course.extensions import Extension, extensions_of, read_extensions
from grader.course.joining import Joined, join
from grader.course.late import Deadline
from grader.course.matching import Finder
from grader.course.roster import Person, is_of_canvas, people_of, read_roster
from grader.course.tables import Table, read_table

__all__ = [
    "Deadline",
    "Extension",
    "Finder",
    "Joined",
    "Person",
    "Table",
    "extensions_of",
    "is_of_canvas",
    "join",
    "people_of",
    "read_extensions",
    "read_roster",
    "read_table",
    "told_columns",
    "worksheet_of",
]
