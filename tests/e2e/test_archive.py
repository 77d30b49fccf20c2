"""The archive that students get: what is in it, and what it earns when it is handed in whole."""

from __future__ import annotations

import csv
import io
import json
import re
import shlex
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.author.cells import cut_cells
from grader.author.release import student_archive
from grader.author.stubs import read_solution
from grader.author.wheel import wheel_name, zipped
from grader.catalog import all_assignments
from grader.model import LANGUAGES

if TYPE_CHECKING:
    from grader.catalog import Assignment

# Several batches, and what they prove changes with the archive alone.
pytestmark = pytest.mark.proof

ROOT = Path(__file__).parents[2]
MOST_BYTES = 1_500_000
LEND = (
    "import pathlib, sysconfig; "
    "pathlib.Path(sysconfig.get_path('purelib'), 'lent.pth').write_text({!r})"
)
# It goes on until somebody ends it: here, once it has told of an exercise.
WATCH = """\
grader() {
  [ "$1" = watch ] || { command grader "$@"; return; }
  command grader "$@" < /dev/null > watched.txt &
  until grep -q EXERCISE: watched.txt; do sleep 0.2; kill -0 $! || return; done
  kill $!
}
"""


@pytest.fixture(scope="module", params=all_assignments(ROOT), ids=lambda assignment: assignment.id)
def homework(request: pytest.FixtureRequest) -> Assignment:
    """Each homework of this repository."""
    found: Assignment = request.param
    return found


@pytest.fixture(scope="module")
def handed_out(homework: Assignment) -> dict[str, bytes]:
    """What the archive holds, by path."""
    archive = student_archive(homework)
    assert len(archive) < MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


@pytest.fixture(scope="module")
def rows(
    homework: Assignment, handed_out: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, str]]:
    """The rows of a batch: the archive as it is, and filled in in each of the three places."""
    home = f"assignments/{homework.id}"
    solved = {
        f"{home}/{name}.py": read_solution(homework, name)[0].encode() for name in homework.modules
    }
    archives = {
        "as_handed_out": handed_out,
        "in_modules": handed_out | solved,
        "in_notebook": handed_out | _filled(homework, handed_out, ".ipynb"),
        "in_chinese_notebook": handed_out | _filled(homework, handed_out, ".zh.ipynb"),
    }
    folder = tmp_path_factory.mktemp("archives")
    (folder / "in").mkdir()
    for name, files in archives.items():
        (folder / "in" / f"{name}.zip").write_bytes(zipped(files))
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", "grade", homework.id, str(folder / "in"),
         "-o", str(folder / "out"), "--root", str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with (folder / "out" / "grades.csv").open(encoding="utf-8-sig", newline="") as table:
        return {row["id"]: row for row in csv.DictReader(table)}


def _filled(homework: Assignment, handed_out: dict[str, bytes], ending: str) -> dict[str, bytes]:
    """Put the references into the cells of a notebook."""
    texts = {module: read_solution(homework, module)[0] for module in homework.modules}
    answers = cut_cells(texts, homework.exercises).exercises
    path = f"assignments/{homework.id}/{homework.id}{ending}"
    notebook = json.loads(handed_out[path])
    for cell in notebook["cells"]:
        exercise = cell["metadata"].get("grader", {}).get("exercise")
        if exercise is not None:
            cell["source"] = answers[exercise]
    return {path: json.dumps(notebook).encode()}


def test_nothing_that_is_not_needed_is_in_it(handed_out: dict[str, bytes]) -> None:
    """Each notebook once, the figures, the suites, stored values, and what checks the work."""
    assert wheel_name() in handed_out
    assert not [name for name in handed_out if name.endswith(".html")]


def test_handed_in_as_it_is_it_earns_nothing(rows: dict[str, dict[str, str]]) -> None:
    """Neither the ready-made code nor the package in it counts for anything."""
    assert rows["as_handed_out"]["status"] == "graded"
    assert float(rows["as_handed_out"]["score"]) == 0


@pytest.mark.parametrize("place", ["in_modules", "in_notebook", "in_chinese_notebook"])
def test_filled_in_and_handed_in_whole_it_earns_all(
    homework: Assignment, rows: dict[str, dict[str, str]], place: str
) -> None:
    """Stubs that lie beside the written version take nothing away."""
    assert float(rows[place]["score"]) == sum(exercise.points for exercise in homework.exercises)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_readme_leads_from_nothing_to_a_verdict(
    homework: Assignment, handed_out: dict[str, bytes], tmp_path: Path, lang: str
) -> None:
    """Its commands, word by word, in a fresh environment and a folder that holds nothing else.

    What the package requires is taken from the environment that runs this test.
    """
    for name, content in handed_out.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    readme = (tmp_path / "README.md").read_text("utf-8")
    parts = readme.split("\n# ")
    blocks = re.findall(r"^```bash\n(.*?)^```$", parts[lang == "zh"], re.S | re.M)
    install, check = blocks
    lend = f"python -c {shlex.quote(LEND.format(sysconfig.get_path('purelib')))}\n"
    first = homework.exercises[0]
    words = re.sub("EXERCISE|练习名", first.id, WATCH + check)
    pytest_too = 'pytest() { python -m pytest "$@"; }\n'  # it is lent, but for its command
    script = f"set -e\n{install}{lend}{pytest_too}which grader\nset +e\n{words}"

    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=tmp_path,
        env={
            "PATH": f"{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin",
            "LANG": lang,
            "PYTHONUTF8": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_DEPS": "1",
            "PIP_NO_INDEX": "1",
            "PIP_QUIET": "1",
            "PYTEST_ADDOPTS": f"-k {first.id} -p no:hypothesispytest",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    told = done.stdout
    assert done.returncode == 0, done.stderr + told
    assert f"{first.id}:" in (tmp_path / "watched.txt").read_text("utf-8")
    assert told.startswith(f"{tmp_path}/.venv/bin/grader\n")
    row = rf"(?:points\): |分\uff09\uff1a)(?:\w+, )*{first.id}\b"
    assert len(re.findall(row, told)) == 2  # not written: in the files, and in the notebook
    hint = first.hints[0].in_language(lang)
    assert told.rstrip().endswith(hint)
