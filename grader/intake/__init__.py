"""Files, folders and notebooks -> `Submission`. Reads, never executes.

`syntax` parses and cuts what does not parse, and says which Python would read it; `effects` judges
single expressions, `rules` tells what kind statements are, `blocks` what can be run of an ``if`` or
``try``, and cuts it out; `work` says for whom work is run; `pieces` sorts the statements of one
module, `duplicates` chooses between definitions of one name; `magics`, `notebook` and `marimo` turn
the cells of each tool into Python text, and `origins` puts the texts of one file together;
`lacking` names packages that are not there; `files` reads one file; `misnamed` one whose name says
something else; `members` says what an archive holds and `archive` keeps what may be read of it;
`folders` makes one thing of folders on disk and in archives, `platforms`, `metadata` and
`downloads` of what a course platform has packed; `kinds` tells files by their names; `walk` finds
the code of a submission, which `submission` reads, and `rivals` chooses between files that have the
same; `layout` tells one submission from a folder of many, which `collect` reads; `given` reads what
the stubs hand out, `places` where a submission has what; `executable` puts notebooks in the order
in which they are run. Texts of what is found are in `notes`.

Not imported here, since a student has no class: `grader.intake.collect.collect`,
`grader.intake.executable.notebooks_of` and `grader.intake.layout.Layout`.
"""

from grader.intake.files import read_text
from grader.intake.given import read_given
from grader.intake.magics import Cleaner
from grader.intake.notes import called, shown
from grader.intake.places import (
    definition_of,
    definition_text,
    globals_read,
    listing_of,
    parameters_of,
    place_in,
)
from grader.intake.submission import (
    Delivery,
    Submission,
    read_notebook,
    read_submission,
    safe_id,
)
from grader.intake.syntax import names_in

__all__ = [
    "Cleaner",
    "Delivery",
    "Submission",
    "called",
    "definition_of",
    "definition_text",
    "globals_read",
    "listing_of",
    "names_in",
    "parameters_of",
    "place_in",
    "read_given",
    "read_notebook",
    "read_submission",
    "read_text",
    "safe_id",
    "shown",
]
