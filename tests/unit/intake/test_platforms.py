"""Downloads of course platforms: one row for each student, by name and number."""

from __future__ import annotations

import io
import tarfile
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake.collect import collect
from grader.intake.metadata import MalformedError, read_metadata
from grader.model import Owner

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CODE = "def clip(g):\n    return g\n"
GRU = "def gru():\n    return 1\n"
CANVAS = {
    "doejane_LATE_104_2231_hw8-2.py": CODE,
    "roejim_105_2232_dinos.py": CODE,
    "roejim_105_2233_rnn_step.py": GRU,
}
MOODLE = {
    "Jane Doe_2231_assignsubmission_file_/hw8.py": CODE,
    "Jim O'Roe_2232_assignsubmission_file_/sub/dinos.py": CODE,
    "Jim O'Roe_2232_assignsubmission_onlinetext_/onlinetext.html": "<p>hello</p>",
}
GRADESCOPE = {
    "submission_11/dinos.py": CODE,
    "submission_12/dinos.py": CODE,
    "submission_metadata.yml": """\
submission_11:
  :submitters:
  - :name: A Person
    :sid: '007'
    :email: a@example.org
  :created_at: 2026-03-01 01:59:59 -08:00
  :score: 3.0
  :results:
    :tests:
    - :name: nobody
      :sid: 3
submission_12:
  :submitters:
  - :name: B Person
""",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write files below a folder."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def packed(path: Path, files: dict[str, str], prefix: str = "") -> Path:
    """Write a zip of files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(prefix + name, text)
    return path


def collected(path: Path, **options: Any) -> Any:
    """Collect the submissions to hw8."""
    exercises = {"clip": ("clip",), "cell": ("gru",)}
    modules = ("dinos", "rnn_step")
    return collect(path, modules=modules, exercises=exercises, assignment="hw8", **options)


def rows(found: Any) -> list[tuple[str, str, list[str]]]:
    """List id, name and the files that were read of each submission."""
    return [
        (one.id, one.name, [module.origin for module in one.source.modules] if one.source else [])
        for one in found.submissions
    ]


def keys(notes: Iterable[Any]) -> list[str]:
    """List the keys of notes."""
    return [note.key for note in notes]


class TestCanvas:
    """doejane_LATE_104_2231_hw8-2.ipynb."""

    EXPECTED = (
        ("doejane_104", "doejane", ["hw8-2.py"]),
        ("roejim_105", "roejim", ["dinos.py", "rnn_step.py"]),
    )

    def test_several_files_of_one_student_are_one_row(self, tmp_path: Path) -> None:
        """Under the names that students gave them, and what is late is noted."""
        found = collected(write(tmp_path, CANVAS))

        assert rows(found) == list(self.EXPECTED)
        assert keys(found.notes) == ["intake_platform"]
        assert keys(found.submissions[0].notes) == ["intake_late"]
        assert [module.name for module in found.submissions[1].source.modules] == [
            "dinos",
            "rnn_step",
        ]
        assert found.submissions[1].notes == ()

    def test_packed_it_is_the_same(self, tmp_path: Path) -> None:
        """As the platform gives it out."""
        assert rows(collected(packed(tmp_path / "submissions.zip", CANVAS))) == list(self.EXPECTED)

    def test_the_latest_attempt_counts(self, tmp_path: Path) -> None:
        """The number at the end is the platform's; the name before it is the file's own."""
        files = {
            "doejane_104_2231_hw8.py": "def clip(g):\n    return 1\n",
            "doejane_104_2245_hw8-10.py": "def clip(g):\n    return 2\n",
            "doejane_104_2239_hw8-9.py": "def clip(g):\n    return 3\n",
            "roejim_105_2232_dinos-1.py": CODE,
        }

        jane, jim = collected(write(tmp_path, files)).submissions

        assert "return 2" in jane.source.modules[0].pieces[0].code
        assert [note.fields["dropped"] for note in jane.notes] == ["hw8-9.py", "hw8.py"]
        assert set(keys(jane.notes)) == {"intake_rivals_attempt"}
        assert jim.source.modules[0].name == "dinos"

    def test_a_zip_of_one_student(self, tmp_path: Path) -> None:
        """Is looked into, beside what else there is."""
        write(tmp_path, {"roejim_105_2232_hw8.py": CODE})
        packed(tmp_path / "doejane_104_2231_work.zip", {"dinos.py": CODE})

        assert rows(collected(tmp_path)) == [
            ("doejane_104", "doejane", ["work.zip/dinos.py"]),
            ("roejim_105", "roejim", ["hw8.py"]),
        ]

    @pytest.mark.parametrize(
        ("name", "number", "shown", "late"),
        [
            ("van_der_berg_anna_104_2231_hw8.py", "104", "van_der_berg_anna", False),
            ("van_der_berg_LATE_104_2231_hw8.py", "104", "van_der_berg", True),
            ("müllerjörg_104_2231_hw_9_12345_8.py", "104", "müllerjörg", False),
            ("张三_LATE_104_2231_hw8.py", "104", "张三", True),
            ("_104_2231_hw8.py", "104", "", False),
            ("anon_aB3xZ_2231_hw8.py", "", "aB3xZ", False),
            ("LATE_anon_aB3xZ_2231_hw8.py", "", "aB3xZ", True),
        ],
    )
    def test_names_as_canvas_writes_them(
        self, tmp_path: Path, name: str, number: str, shown: str, late: bool
    ) -> None:
        """With underscores, in any script, without one letter that is left, or hidden."""
        write(tmp_path, {name: CODE, "roejim_105_2232_dinos.py": CODE})

        found = {one.delivery.owners[0]: one for one in collected(tmp_path).submissions}

        assert found[Owner(shown, number)].delivery.marked_late == late
        assert found[Owner(shown, number)].delivery.entries == (name,)

    def test_what_was_typed_in_is_a_row(self, tmp_path: Path) -> None:
        """Text and links have no number of a file, and are no code."""
        files = CANVAS | {"poesam_106_text.html": "<p>", "lowann_LATE_107_link.html": "<p>"}

        found = collected(write(tmp_path, files))

        assert {(one.id, one.source is None) for one in found.submissions} == {
            ("doejane_104", False), ("roejim_105", False),
            ("poesam_106", True), ("lowann_107", True),
        }  # fmt: skip

    @pytest.mark.parametrize(
        "names",
        [
            ["alice_104_2231_hw8.py"],
            ["lab_3_1_alice.py", "lab_3_2_bob.py"],
            ["lab_10_2231_alice.py", "lab_10_2231_bob.py"],
            ["alice_104_2231_a.py", "bob_104_2232_a.py"],
            ["alice_104_2231_a.py", "bob_105_2232_a.py", "c.py", "d.py", "e.py"],
        ],
    )
    def test_names_that_only_look_so_are_left_alone(self, tmp_path: Path, names: list[str]) -> None:
        """One alone, short numbers, numbers that are no file's own, people of one number."""
        found = collected(write(tmp_path, dict.fromkeys(names, CODE)))

        assert [name for _, name, _ in rows(found)] == [name[:-3] for name in names]
        assert found.notes == ()

    def test_a_file_that_was_added_by_hand_is_a_row(self, tmp_path: Path) -> None:
        """As is one of the wrong kind, under its student's name."""
        files = CANVAS | {"late_by_mail.py": CODE, "poesam_106_2240_hw8.pdf": "%PDF"}

        found = collected(write(tmp_path, files))

        assert [row[0] for row in rows(found)] == [
            "doejane_104", "poesam_106", "roejim_105", "late_by_mail",
        ]  # fmt: skip
        assert found.submissions[1].problem.key == "intake_is_pdf"

    def test_it_can_be_turned_off(self, tmp_path: Path) -> None:
        """Each entry is a row then."""
        found = collected(write(tmp_path, CANVAS), layout="many")

        assert [row[1] for row in rows(found)] == [name[:-3] for name in sorted(CANVAS)]
        assert found.notes == ()


class TestMoodle:
    """Jane Doe_2231_assignsubmission_file_."""

    def test_a_folder_for_each_student(self, tmp_path: Path) -> None:
        """By name and number; what was typed into the platform belongs to the same row."""
        found = collected(write(tmp_path, MOODLE))

        assert [row[:2] for row in rows(found)] == [
            ("Jane_Doe_2231", "Jane Doe"), ("Jim_O_Roe_2232", "Jim O'Roe"),
        ]  # fmt: skip
        assert all(one.source for one in found.submissions)

    def test_a_lone_student_is_recognised(self, tmp_path: Path) -> None:
        """Nobody writes that marker by chance; around it there may be a folder."""
        files = {"hw8/Jane Doe_2231_assignsubmission_file_/hw.py": CODE}

        assert [row[0] for row in rows(collected(write(tmp_path, files)))] == ["Jane_Doe_2231"]

    def test_flat_files(self, tmp_path: Path) -> None:
        """As it packs them without folders."""
        files = {
            "Jane Doe_2231_assignsubmission_file_dinos.py": CODE,
            "Jane Doe_2231_assignsubmission_file_rnn_step.py": GRU,
            "张三_2232_assignsubmission_file_hw_1.py": CODE,
        }

        assert rows(collected(packed(tmp_path / "all.zip", files))) == [
            ("Jane_Doe_2231", "Jane Doe", ["dinos.py", "rnn_step.py"]),
            ("张三_2232", "张三", ["hw_1.py"]),
        ]


def test_blackboard(tmp_path: Path) -> None:
    """Each attempt is a submission of its own; the receipt beside it is nobody's homework."""
    start = "Homework 8_jd123_attempt_"
    files = {
        f"{start}2026-03-01-10-15-00_hw8.py": "def clip(g):\n    return 1\n",
        f"{start}2026-03-02-09-00-00_hw8.py": "def clip(g):\n    return 2\n",
        f"{start}2026-03-02-09-00-00.txt": "Name: Jane Doe",
    }

    first, second = collected(write(tmp_path, files)).submissions

    assert [first.id, second.id] == ["jd123_2026-03-01T10_15_00", "jd123_2026-03-02T09_00_00"]
    assert first.delivery.handed_in_at == "2026-03-01T10:15:00"
    assert first.delivery.owners == second.delivery.owners == (Owner("jd123"),)
    assert "return 2" in second.source.modules[0].pieces[0].code


@pytest.mark.parametrize("title", ["Homework 8", "hw_8"])
@pytest.mark.parametrize("names", [("a_doe", "j_doe"), ("jd123", "j_doe")])
def test_blackboard_names_may_hold_underscores(
    tmp_path: Path, title: str, names: tuple[str, str]
) -> None:
    """Two people are two rows; the title, which may hold some as well, is what all begin with."""
    files = {f"{title}_{name}_attempt_2026-03-01-10-15-00_hw8.py": CODE for name in names}

    found = collected(write(tmp_path, files))

    assert [one.delivery.owners for one in found.submissions] == [
        (Owner(name),) for name in sorted(names)
    ]


@pytest.mark.parametrize(
    ("own", "theirs", "ids"),
    [
        (
            "Homework 8_mal_attempt_2026-03-01-10-15-00_",
            "Homework 8_jd123_attempt_2099-03-01-10-15-00_",
            ["jd123", "mal"],
        ),
        (
            "Mal_99_assignsubmission_file_",
            "Jane Doe_2231_assignsubmission_file_",
            ["Jane_Doe_2231", "Mal_99"],
        ),
        ("mal_105_2232_", "doejane_104_2231_", ["doejane_104", "mal_105"]),
    ],
    ids=["Blackboard", "Moodle", "Canvas"],
)
def test_no_file_can_be_called_as_somebody_elses(
    tmp_path: Path, own: str, theirs: str, ids: list[str]
) -> None:
    """What follows the platform's own marker is its author's choice, another marker included."""
    files = {f"{theirs.replace('2099', '2026')}dinos.py": CODE, f"{own}x_{theirs}dinos.py": GRU}

    found = collected(write(tmp_path, files))

    assert [one.id for one in found.submissions] == ids
    read = [one.source.modules for one in found.submissions if one.source]
    assert [len(modules) for modules in read] == [1, 1]
    assert read[0][0].pieces[0].names == ("clip",)


class TestClassroom50:
    """Clones called CLASSROOM-ASSIGNMENT-USERNAME, with a file that says the first two."""

    MARK = 'schema: "classroom50/repo-config/v1"\nclassroom: "CS-1"\nassignment: "hw8"\n'

    def clones(self, *logins: str, mark: str = MARK) -> dict[str, str]:
        """Write the files of some clones."""
        return {
            f"cs-1-hw8-{login}/{name}": text
            for login in logins
            for name, text in ((".classroom50.yaml", mark), ("dinos.py", CODE))
        }

    def test_rows_are_called_after_the_accounts(self, tmp_path: Path) -> None:
        """Whatever hyphens there are; as a folder and packed."""
        files = self.clones("ann-lee", "ann-ray", "bob")

        for path in (write(tmp_path / "all", files), packed(tmp_path / "all.zip", files)):
            found = collected(path)
            assert [row[0] for row in rows(found)] == ["ann-lee", "ann-ray", "bob"]
            assert keys(found.notes) == ["intake_platform"]

    def test_nobody_can_say_to_be_somebody_else(self, tmp_path: Path) -> None:
        """A repository is its student's to change: what most of them say counts."""
        forged = self.MARK.replace('"hw8"', '"hw8-ann"')
        files = self.clones("lee", "bob") | self.clones("ann-lee", mark=forged)

        found = collected(write(tmp_path, files))

        assert [row[0] for row in rows(found)] == ["ann-lee", "bob", "lee"]

    @pytest.mark.parametrize("mark", ["", "classroom: x", "\0", "classroom: [a]\nassignment: b"])
    def test_without_such_a_file_folders_keep_their_names(self, tmp_path: Path, mark: str) -> None:
        """As those of any other clones do."""
        found = collected(write(tmp_path, self.clones("ann", "bob", mark=mark)))

        assert [row[0] for row in rows(found)] == ["cs-1-hw8-ann", "cs-1-hw8-bob"]
        assert found.notes == ()


class TestGradescope:
    """submission_metadata.yml says whose submission_11 is."""

    EXPECTED = (
        ("A_Person_007", "A Person", ["dinos.py"]),
        ("B_Person_submission_12", "B Person", ["dinos.py"]),
    )

    def test_rows_have_names_and_numbers(self, tmp_path: Path) -> None:
        """Digits as they stand there, zeros in front included."""
        found = collected(write(tmp_path, GRADESCOPE))

        assert rows(found) == list(self.EXPECTED)
        assert keys(found.notes) == ["intake_platform"]

    @pytest.mark.parametrize("prefix", ["", "assignment_1_export/"])
    def test_packed_it_is_the_same(self, tmp_path: Path, prefix: str) -> None:
        """With the folder that the platform puts around everything, too."""
        path = packed(tmp_path / "export.zip", GRADESCOPE, prefix)

        assert rows(collected(path)) == list(self.EXPECTED)

    def test_people_who_work_together_have_one_submission(self, tmp_path: Path) -> None:
        """It is graded once, and both are its owners."""
        text = GRADESCOPE["submission_metadata.yml"] + "  - :name: C Person\n    :sid: 9\n"

        found = collected(write(tmp_path, GRADESCOPE | {"submission_metadata.yml": text}))

        assert [row[:2] for row in rows(found)] == [
            ("A_Person_007", "A Person"), ("submission_12", "B Person, C Person"),
        ]  # fmt: skip
        alone, together = found.submissions
        assert (keys(alone.notes), keys(together.notes)) == ([], ["intake_together"])
        assert together.delivery.owners == (Owner("B Person"), Owner("C Person", "9"))

    def test_each_attempt_is_there_with_its_time(self, tmp_path: Path) -> None:
        """In UTC, whatever the zone; empty where none can be read."""
        times = ("2026-03-01 01:00:00 -08:00", "2026-03-01 02:00:00.5 Z", "2026-99-99 09:30:00 Z")
        text = "".join(
            f"submission_{at}:\n  :submitters:\n  - :name: A\n    :sid: 7\n  :created_at: {time}\n"
            for at, time in enumerate(times)
        )
        files = {f"submission_{at}/dinos.py": CODE for at in range(3)}

        found = collected(write(tmp_path, files | {"submission_metadata.yml": text})).submissions

        assert [one.id for one in found] == [f"A_7_submission_{at}" for at in range(3)]
        assert [one.delivery.handed_in_at for one in found] == [
            "2026-03-01T09:00:00+00:00", "2026-03-01T02:00:00+00:00", "",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "text",
        ["", "[", "a: b", "- 1", "submission_11: {:submitters: 3}", "x: &a [*a]", "\0", "[" * 5000],
    )
    def test_without_names_the_rows_stay(self, tmp_path: Path, text: str) -> None:
        """What is malformed is told, and nobody is lost."""
        found = collected(write(tmp_path, GRADESCOPE | {"submission_metadata.yml": text}))

        assert [row[0] for row in rows(found)] == ["submission_11", "submission_12"]
        assert keys(found.notes) == ["intake_metadata_broken"]

    def test_folders_and_names_that_do_not_match(self, tmp_path: Path) -> None:
        """A folder of which nothing is said is a row, and a name without a folder is told."""
        files = {name.replace("_12/", "_13/"): text for name, text in GRADESCOPE.items()}

        found = collected(write(tmp_path, files))

        assert [row[0] for row in rows(found)] == ["A_Person_007", "submission_13"]
        assert [note.fields.get("folders") for note in found.notes] == [None, "submission_12"]

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(text=st.text(alphabet="submission_1:name\n -[]{}&*!'\"#|>%@\\?,", max_size=120))
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        """By the one error that is promised."""
        for data in (text.encode(), (GRADESCOPE["submission_metadata.yml"] + text).encode()):
            try:
                found = read_metadata(data)
            except MalformedError:
                continue
            assert any(one.submitters for one in found.values())


CLONES = {
    f"cs-hw8-{login}/{name}": text
    for login in ("ann", "bob")
    for name, text in (
        (".classroom50.yaml", "classroom: cs\nassignment: hw8\n"), ("a.py", CODE),
        (".git/HEAD", "ref: refs/heads/main\n"),
    )
}  # fmt: skip
PLAIN_CLONES = {name: text for name, text in CLONES.items() if ".classroom50" not in name}


@pytest.mark.parametrize("files", [CANVAS, MOODLE, GRADESCOPE, CLONES, PLAIN_CLONES])
@pytest.mark.parametrize("around", ["", "download/"])
def test_folder_zip_and_tar_are_the_same(
    tmp_path: Path, files: dict[str, str], around: str
) -> None:
    """With or without the folder that packers put around everything."""
    write(tmp_path / "folder", files)
    packed(tmp_path / "all.zip", files, around)
    with tarfile.open(tmp_path / "all.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "folder", around.rstrip("/") or ".")

    expected = rows(collected(tmp_path / "folder"))

    assert len(expected) == 2
    assert rows(collected(tmp_path / "all.zip")) == expected
    assert rows(collected(tmp_path / "all.tar.gz")) == expected


@settings(
    max_examples=100, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    names=st.lists(
        st.from_regex(r"[ab]{1,2}(_LATE)?_1[0-2]_10[0-3]_[xy](-[0-2])?\.(py|pdf)", fullmatch=True),
        min_size=1, max_size=8, unique=True,
    )
)  # fmt: skip
def test_no_file_of_a_download_is_lost(tmp_path: Path, names: list[str]) -> None:
    """Each is read, is said to be unread, or has its row."""
    path = tmp_path / "class.zip"
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(name, CODE)
    path.write_bytes(data.getvalue())

    found = collected(path)

    ids = [one.id.casefold() for one in found.submissions]
    assert len(set(ids)) == len(ids)
    scripts = sum(name.endswith(".py") for name in names)
    read = sum(len(one.source.modules) for one in found.submissions if one.source)
    assert read == scripts
