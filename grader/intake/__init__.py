"""Files, folders and notebooks -> `Submission`. Reads, never executes.

`syntax` parses and cuts what does not parse, `newer` says which Python would read it; `purity`,
`effects` and `stubs` judge single statements, `rules` tells what kind they are, `blocks` what can
be run of an ``if`` or ``try``, `cutting` cuts it out; `reads` and `work` say for whom work is run;
`pieces` sorts the statements of one module, `duplicates` chooses between definitions of one name;
`magics`, `notebook`, `exported` and `marimo` turn the cells of each tool into Python text, and
`origins` puts the texts of one file together; `lacking` names packages that are not there;
`files` reads one file; `zips`, `tars` and
`members` say what an archive holds and `archive` keeps what may be read of it; `folders` makes one
thing of folders on disk and in archives; `parts` and `kinds` tell files by their names; `walk`
finds the code of a submission, which `submission` reads; `layout` tells one submission from a
folder of many, which `collect` reads; `given` reads what the stubs hand out.
"""

from grader.intake.collect import Collected, collect
from grader.intake.files import read_text
from grader.intake.given import read_given
from grader.intake.layout import Layout
from grader.intake.notes import shown
from grader.intake.places import definition_of, definition_text, globals_read, parameters_of
from grader.intake.submission import Submission, read_submission
from grader.intake.syntax import parse

__all__ = [
    "Collected",
    "Layout",
    "Submission",
    "collect",
    "definition_of",
    "definition_text",
    "globals_read",
    "parameters_of",
    "parse",
    "read_given",
    "read_submission",
    "read_text",
    "shown",
]
