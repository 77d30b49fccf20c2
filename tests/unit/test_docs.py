"""What the texts name exists: files, modules, commands, options, targets, links and headings."""

from __future__ import annotations

import ast
import contextlib
import functools
import io
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import pytest
import yaml

from grader.author.autograder import GITHUB, GITLAB, GRADESCOPE
from grader.author.new import new_files
from grader.cli.main import parser
from grader.report import FORMATS
from tests.unit.documents import HELP, OURS, commands_of, options_of, targets

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
SAMPLES: Final = sorted(ROOT.glob("tests/*/submissions/README.md"))
ALL: Final = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *SAMPLES])
# A changelog and a decision tell what was so on their day; what they link to is there all the same.
TODAY: Final = [
    path for path in ALL if path.name != "CHANGELOG.md" and not path.match("docs/adr/0*.md")
]
# These name files as students call them.
ABOUT_HOMEWORK: Final = (DOCS / "submissions.md", *SAMPLES)

_FENCE: Final = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"(?<!`)`([^`\n]+(?:\n[^`\n]+)?)`(?!`)")
_LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING: Final = re.compile(r"^#+ +(.+)$", re.MULTILINE)
_PATH: Final = re.compile(r"\.?[\w-]+(?:[./][\w-]+)*/?")
_ENDINGS: Final = frozenset({"csv", "html", "json", "md", "py", "sqlite", "toml", "txt", "yml"})
_MODULE: Final = re.compile(r"[a-z]\w*(?:\.\w+)+")
# Folders that a path in a text may begin in.
_BASES: Final = (
    "", "grader", "data", "tests", "tests/e2e",
    *(
        path.relative_to(ROOT).as_posix()
        for part in (
            "assignments/*", "assignments/*/demos", "solutions/*", "tests/*/submissions"
        )
        for path in sorted(ROOT.glob(part))
    ),
)  # fmt: skip
# Options in the texts that are other programs'.
_OTHERS: Final = {
    "--pdb": "pytest", "--collect-only": "pytest", "--fixtures": "pytest",
    "--disable-plugin-autoload": "pytest", "--all": "pip", "--exclude-editable": "pip",
    "--strict": "mypy", "--security-opt": "docker", "--scope": "systemd-run",
    "--user": "systemd-run", "--nthreads": "dask", "--resources": "dask", "--gpus-per-task": "srun",
    "--tmpfs": "podman", "--volume": "podman", "--time": "podman",
}  # fmt: skip


class Text(NamedTuple):
    """A document taken apart: what stands in fences, in code spans, and all else."""

    fences: list[tuple[str, str]]
    spans: list[str]
    prose: str


@functools.cache
def read(path: Path) -> Text:
    """Take a document apart."""
    text = path.read_text("utf-8")
    fences = [(match[1], match[2]) for match in _FENCE.finditer(text)]
    rest = _FENCE.sub("", text)
    spans = [" ".join(match[1].split()) for match in _SPAN.finditer(rest)]
    return Text(fences, spans, _SPAN.sub("", rest))


def slug(heading: str) -> str:
    """Return a heading's anchor, as GitHub and the site make it."""
    plain = re.sub(r"[^\w\s-]", "", heading.lower()).strip()
    return re.sub(r"\s", "-", plain)


def typed(path: Path) -> Iterator[str]:
    """Yield the lines that a reader is told to type, without comments."""
    for kind, content in read(path).fences:
        joined = content.replace("\\\n", " ")
        for line in joined.splitlines():
            if kind == "console" and line.lstrip().startswith("$ "):
                yield re.split(r"\s+#\s", line.strip()[2:])[0]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    """To a file that is there, and to a heading of it."""
    broken = []
    for link in _LINK.findall(_FENCE.sub("", path.read_text("utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        if not target.exists():
            broken.append(link)
        elif anchor and target.suffix == ".md":
            headings = _HEADING.findall(_FENCE.sub("", target.read_text("utf-8")))
            if anchor not in {slug(heading) for heading in headings}:
                broken.append(link)

    assert broken == []


def _written_by_commands() -> frozenset[str]:
    """Name what is not in a checkout: what commands write, and what a tutorial makes on its way."""
    new = {part for name in new_files("hw1") for part in (name, Path(name).name)}
    released = {
        "hw1.ipynb",
        "hw1.zh.ipynb",
        "hw1.zip",
        "hw8.zip",
        "assignments/hw1/probabilities.py",
        "worksheet.csv",  # what Moodle lets one download
    }
    formats = {form.file_name for form in FORMATS.values()} | {GITHUB, GITLAB, GRADESCOPE}
    return frozenset(
        new | released | formats
        | {"gradebook.sqlite", "gradebook.toml", "grades.csv", "index.html"}
        | {"results/", "json/", "feedback/"}
        | {"hidden/test_probabilities_hidden.py", "mistakes/softmax.toml", "hidden/", "mistakes/"}
    )  # fmt: skip


def _is_path(span: str) -> bool:
    if not _PATH.fullmatch(span):
        return False
    is_placeholder = any(re.search(r"[A-Z]{2}", part) for part in Path(span).parts)
    known = span.startswith(("README", "CHANGELOG", "CONTRIBUTING", "SECURITY", "LICENSE"))
    stem, _, ending = span.rpartition(".")
    looks = "/" in span or (bool(stem) and ending in _ENDINGS)
    return looks and (known or not is_placeholder)


@pytest.mark.parametrize("path", TODAY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_are_named_are_there(path: Path) -> None:
    """In the checkout, or a command writes them."""
    missing = [
        span
        for span in read(path).spans
        if _is_path(span)
        and ("/" in span or path not in ABOUT_HOMEWORK)
        and span not in _written_by_commands()
        and not span.startswith(("results/", "report/", "work/", "course/", "class/", ".alice/"))
        and not any((ROOT / base / span).exists() for base in _BASES)
    ]

    assert missing == []


def _defines(name: str) -> bool:
    """Tell whether ``room.module`` or ``room.module.name`` is one of ours."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        place = ROOT / "grader" / Path(*parts[:count])
        rest = parts[count:]
        file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
        if file.is_file():
            if not rest:
                return True
            named = {
                getattr(node, "name", "") or getattr(node, "id", "")
                for node in ast.walk(ast.parse(file.read_text("utf-8")))
            }
            return len(rest) == 1 and rest[0] in named
    return False


@pytest.mark.parametrize("path", TODAY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_modules_that_are_named_are_there(path: Path) -> None:
    """``suite.closing``, ``clock.Meter``: by the room that comes first."""
    rooms = {file.stem for file in (ROOT / "grader").iterdir() if not file.name.startswith("_")}
    named = [span.removeprefix("grader.") for span in read(path).spans if _MODULE.fullmatch(span)]
    wrong = [
        name
        for name in named
        if name.partition(".")[0] in rooms
        and name.rpartition(".")[2] not in _ENDINGS
        and not _defines(name)
    ]

    assert wrong == []


@pytest.mark.parametrize("path", TODAY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_that_are_named_are_there(path: Path) -> None:
    """Those of ``grader``, with options that each takes, and targets of the Makefile."""
    text = read(path)
    fenced = [line.strip() for _, content in text.fences for line in content.splitlines()]
    wrong = []
    for line in [*text.spans, *fenced, *typed(path)]:
        words = line.removeprefix("$ ").removeprefix("- run: ").split()
        if words[:1] == ["make"] and len(words) > 1 and "=" not in words[1]:
            wrong += [] if words[1] in targets() else [line]
        elif (
            words[:1] == ["grader"] and len(words) > 1 and words[1].isalpha() and words[1].islower()
        ):
            given = {word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)}
            is_there = words[1] in commands_of() and given <= options_of(words[1]) | HELP
            wrong += [] if is_there else [line]

    assert wrong == []


@pytest.mark.parametrize("path", TODAY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_options_that_are_named_are_there(path: Path) -> None:
    """Where an option stands alone, some command of ours takes it, or it is another program's."""
    options = {
        word.rstrip(",;:").partition("=")[0]
        for span in read(path).spans
        for word in span.split()
        if word.startswith("--") and len(word) > 2
    }

    assert options - OURS - _OTHERS.keys() == set()


@pytest.mark.parametrize("path", TODAY, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_to_type_are_understood(path: Path) -> None:
    """Each is parsed as the shell and the command would."""
    wrong = []
    for line in typed(path):
        words = shlex.split(line)
        if words[0] == "grader":
            with contextlib.redirect_stderr(io.StringIO()) as said:
                try:
                    parser().parse_args(words[1:])
                except SystemExit:
                    wrong.append((line, said.getvalue()))

    assert wrong == []


def test_both_readmes_have_the_same_commands() -> None:
    """In the same order."""
    english, chinese = (
        [line.replace(".zh.ipynb", ".ipynb") for line in typed(ROOT / name)]
        for name in ("README.md", "README.zh.md")
    )

    assert english == chinese


def test_every_page_is_reached() -> None:
    """By the site's menu; a decision by the list of decisions."""

    def pages(entry: object) -> Iterator[str]:
        if isinstance(entry, str):
            yield entry
        elif isinstance(entry, list | dict):
            for part in entry.values() if isinstance(entry, dict) else entry:
                yield from pages(part)

    menu = set(pages(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    decisions = set(re.findall(r"\((\d{4}[^)]+)\)", (DOCS / "adr" / "index.md").read_text("utf-8")))

    there = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    assert menu | {f"adr/{name}" for name in decisions} == there


def test_the_makefile_says_what_it_makes() -> None:
    """Each target that `make help` prints is there, and CONTRIBUTING names it."""
    printed = set(re.findall(r'@echo "make (\w+)', (ROOT / "Makefile").read_text("utf-8")))

    assert printed <= targets()
    for target in printed:
        assert f"make {target}" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_no_option_of_another_program_is_one_of_ours() -> None:
    """So that none is excepted for nothing."""
    assert not OURS & _OTHERS.keys()
