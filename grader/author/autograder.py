"""What a platform is given so that it grades each submission by itself.

All of it comes out of the checkout, solutions and hidden suites included: it is for a place that
students cannot read.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution, version
from typing import TYPE_CHECKING, Final

from grader.author.wheel import wheel_bytes, wheel_name, zipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grader.catalog import Assignment

GRADESCOPE: Final = "autograder.zip"
GITHUB: Final = "grade.yml"
GITLAB: Final = ".gitlab-ci.yml"

_REQUIREMENT: Final = re.compile(r"[A-Za-z0-9._-]+")
_CACHES: Final = frozenset({"__pycache__", ".pytest_cache", ".ipynb_checkpoints"})

_SETUP: Final = """\
#!/usr/bin/env bash
# Run once, when Gradescope builds the image: needs Python 3.11, as its image of Ubuntu 24.04 has.
# pip takes a torch with CUDA; for the small CPU build, set PIP_EXTRA_INDEX_URL to the index that
# the PyTorch site names.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install --yes --no-install-recommends python3-venv bubblewrap
cd "${{AUTOGRADER:-/autograder}}/source"
python3 -m venv ../venv
../venv/bin/pip install {wheel} -r requirements.txt
"""

_RUN: Final = """\
#!/usr/bin/env bash
# Run for each submission. What the grader says is in the log, which students do not see.
set -uo pipefail
root="${{AUTOGRADER:-/autograder}}"
grader="$root/venv/bin/grader"
[[ -x $grader ]] || grader=grader
cd "$root"
mkdir -p results
exec "$grader" ci {assignment} "$root/submission" --root "$root/source" \\
  --format gradescope -o "$root/results"
"""

_WORKFLOW: Final = """\
# Grades each push to a student's repository. The student can change this file, and the token can
# read the course: for a mark that counts, run it from a repository of your own.
# To be set: OWNER/COURSE, and a secret COURSE with a token that can read it.
name: grade
on: push
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    timeout-minutes: 30
    steps:
      - uses: actions/checkout@v6
        with:
          path: work
      - uses: actions/checkout@v6
        with:
          repository: OWNER/COURSE
          path: course
          token: ${{{{ secrets.COURSE }}}}
      - uses: actions/setup-python@v6
        with:
          python-version: "3.12"
      - name: Install
        run: pip install './course[grade]' -c course/constraints.txt
      - name: Grade
        working-directory: work
        run: grader ci {assignment} . --root ../course -o ../report
      - uses: actions/upload-artifact@v6
        if: always()
        with:
          name: report
          path: report
"""

_PIPELINE: Final = """\
# Grades each push to a student's project. The student can change this file: for a mark that counts,
# include it from a project of your own. To be set: COURSE, the address of the course's repository,
# as a masked variable, with a token that can read it.
grade:
  image: python:3.12
  timeout: 30 minutes
  script:
    - git clone --depth 1 "$COURSE" ../course
    - pip install '../course[grade]' -c ../course/constraints.txt
    - grader ci {assignment} . --root ../course -o report
  artifacts:
    when: always
    paths:
      - report
    reports:
      junit: report/junit.xml
      codequality: report/gl-code-quality-report.json
"""


def gradescope_zip(assignment: Assignment) -> bytes:
    """Pack an autograder for Gradescope.

    Parameters
    ----------
    assignment : Assignment
        With its solutions.

    Returns
    -------
    bytes
        A zip with ``setup.sh``, ``run_autograder``, this package as a wheel, what it needs in the
        versions of this environment, and the assignment as it lies here. The same files give the
        same bytes.
    """
    files = {
        "setup.sh": _SETUP.format(wheel=wheel_name()).encode(),
        "run_autograder": _RUN.format(assignment=assignment.id).encode(),
        "requirements.txt": "".join(f"{line}\n" for line in sorted(_requirements())).encode(),
        wheel_name(): wheel_bytes(),
        **_course(assignment),
    }
    return zipped(files)


def workflow(assignment: Assignment) -> str:
    """Write a workflow for GitHub Actions, to be put into ``.github/workflows``."""
    return _WORKFLOW.format(assignment=assignment.id)


def pipeline(assignment: Assignment) -> str:
    """Write a pipeline for GitLab."""
    return _PIPELINE.format(assignment=assignment.id)


def _course(assignment: Assignment) -> Mapping[str, bytes]:
    """Return the assignment's own files, by their paths from the root."""
    root = assignment.folder.parent.parent
    stored = (assignment.golden, assignment.known_mistakes, *assignment.data)
    paths = [path for path in stored if path.is_file()]
    for folder in (assignment.folder, assignment.solution):
        paths += [
            path
            for path in folder.rglob("*")
            if path.is_file() and not _CACHES & set(path.relative_to(folder).parts)
        ]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def _requirements() -> Iterator[str]:
    """Yield what grading needs of other packages, in the versions that are installed here."""
    for told in distribution("grader").requires or ():
        requirement, _, condition = told.partition(";")
        if condition and 'extra == "grade"' not in condition.replace("'", '"'):
            continue
        found = _REQUIREMENT.match(requirement.strip())
        if found is not None:
            yield f"{found[0]}=={version(found[0]).partition('+')[0]}"
