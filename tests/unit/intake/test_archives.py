"""Archives: what is read of them, and every way in which one can be wrong or hostile."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake import archive, notes, read_submission
from grader.intake.collect import collect
from grader.intake.members import decoded, path_of
from grader.intake.notes import UnreadableError

CODE = "def clip(g):\n    return g\n"
MODULES = ("dinos", "rnn_step")
EXERCISES = {"clip": ("clip",)}
FAST = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes | str], **options: Any) -> bytes:
    """Write a zip archive."""
    buffer = io.BytesIO()
    options.setdefault("compression", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(buffer, "w", **options) as opened:
        for name, data in members:
            opened.writestr(name, data)
    return buffer.getvalue()


def raw_zip(name: bytes, data: bytes, *, flags: int = 0, extra: bytes = b"") -> bytes:
    """Write a zip archive of one stored member, whose name is these very bytes."""
    fields = (20, flags, 0, 0, 0, zlib.crc32(data), len(data), len(data), len(name), len(extra))
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, *fields) + name + extra + data
    listed = struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, *fields, 0, 0, 0, 0, 0)
    listed += name + extra
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(listed), len(local), 0)
    return local + listed + end


def tarred(*members: tuple[str, bytes, dict[str, Any]], kind: str = "w:gz") -> bytes:
    """Write a tar archive; the fields are those of `tarfile.TarInfo`."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=kind) as opened:  # type: ignore[call-overload]  # any mode
        for name, data, fields in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            for key, value in fields.items():
                setattr(info, key, value)
            opened.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def special(name: str, mode: int) -> zipfile.ZipInfo:
    """Describe a member that is no ordinary file."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = mode << 16
    return info


@pytest.fixture
def read(tmp_path: Path) -> Any:
    """Read bytes as the archive that one student hands in; the answer has keys and fields too."""

    def reader(data: bytes, name: str = "alice.zip") -> Any:
        path = tmp_path / name
        path.write_bytes(data)
        return read_submission(path, modules=MODULES, exercises=EXERCISES)

    return reader


def origins(submission: Any) -> list[str]:
    """List the files that were read."""
    assert submission.source is not None, submission.problem
    return [module.origin for module in submission.source.modules]


def told(submission: Any) -> list[str]:
    """List the keys of what is said."""
    problem = [submission.problem] if submission.problem else []
    return [note.key for note in (*problem, *submission.notes)]


class TestWhatIsRead:
    """An archive is a folder in another form."""

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("alice.zip", zipped(("hw.py", CODE))),
            ("alice.ZIP", zipped(("hw.py", CODE), compression=zipfile.ZIP_STORED)),
            ("alice.tar", tarred(("hw.py", CODE.encode(), {}), kind="w")),
            ("alice.tar.gz", tarred(("hw.py", CODE.encode(), {}))),
            ("alice.tgz", tarred(("hw.py", CODE.encode(), {}))),
        ],
    )
    def test_each_kind_is_read(self, read: Any, name: str, data: bytes) -> None:
        """The id has no ending, and the code is that of the file."""
        found = read(data, name)

        assert (found.id, origins(found)) == ("alice", ["hw.py"])
        assert found.source.modules[0].pieces[0].code.strip() == CODE.strip()
        assert told(found) == []

    def test_it_grades_as_the_folder_does(self, read: Any, tmp_path: Path) -> None:
        """The same modules, pieces and notes; only where they lie differs."""
        files = {"rnn_step.py": "import numpy\n", "dinos.py": CODE, "test_x.py": "", "a.png": ""}
        folder = tmp_path / "unpacked"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)

        packed = read(zipped(*files.items()))
        plain = read_submission(folder, modules=MODULES, exercises=EXERCISES)

        assert packed.notes == plain.notes
        assert packed.source is not None
        assert plain.source is not None
        for one, other in zip(packed.source.modules, plain.source.modules, strict=True):
            assert (one.name, one.origin) == (other.name, other.origin)
            assert [piece.code for piece in one.pieces] == [piece.code for piece in other.pieces]

    def test_a_folder_in_it_is_looked_into(self, read: Any) -> None:
        """Most packers put one around everything."""
        assert origins(read(zipped(("hw8/hw.py", CODE)))) == ["hw8/hw.py"]

    def test_what_systems_add_is_passed_over(self, read: Any) -> None:
        """Without a word: the student has not put it there."""
        found = read(
            zipped(
                ("hw.py", CODE), ("__MACOSX/._hw.py", "\0"), ("._hw.py", "\0"), (".git/a.py", "x"),
                ("__pycache__/hw.py", "x"), ("Thumbs.db", "x"), ("hw8/", ""),
            )
        )  # fmt: skip

        assert (origins(found), told(found)) == (["hw.py"], [])

    def test_an_archive_in_an_archive_is_read(self, read: Any) -> None:
        """One level deep, as platforms pack what students have packed."""
        inner = zipped(("hw.py", CODE))

        assert origins(read(zipped(("mine.zip", inner)))) == ["mine.zip/hw.py"]

    def test_one_in_a_folder_is_read(self, tmp_path: Path) -> None:
        """Moodle makes a folder for each student, and puts in what was handed in."""
        (tmp_path / "Alice_12_assignsubmission_file_").mkdir()
        (tmp_path / "Alice_12_assignsubmission_file_" / "hw8.zip").write_bytes(
            zipped(("hw8/hw.py", CODE))
        )

        (found,) = collect(tmp_path, modules=MODULES, exercises=EXERCISES).submissions

        assert origins(found) == ["hw8.zip/hw8/hw.py"]

    def test_code_beside_an_archive_counts(self, tmp_path: Path) -> None:
        """And the student is told that the archive does not."""
        (tmp_path / "hw.py").write_text(CODE)
        (tmp_path / "old.zip").write_bytes(zipped(("hw.py", "x = 1")))

        found = read_submission(tmp_path, modules=MODULES, exercises=EXERCISES)

        assert (origins(found), told(found)) == (["hw.py"], ["intake_archive_beside"])

    def test_an_archive_without_code_says_so(self, read: Any) -> None:
        """By its own text."""
        assert told(read(zipped(("hw8/", "")))) == ["intake_archive_empty"]


class TestADownload:
    """A whole class in one archive."""

    def collected(self, tmp_path: Path, data: bytes, name: str = "downloads.zip") -> list[Any]:
        """Collect from an archive."""
        (tmp_path / name).write_bytes(data)
        return list(collect(tmp_path / name, modules=MODULES, exercises=EXERCISES).submissions)

    def test_each_entry_is_a_submission(self, tmp_path: Path) -> None:
        """Files, folders and archives, as in a folder."""
        data = zipped(
            ("carol.zip", zipped(("hw8/hw.py", CODE))),
            ("alice.py", CODE),
            ("bob/hw.py", CODE),
            ("dave.rar", b"Rar!"),
        )

        found = self.collected(tmp_path, data)

        assert [(one.id, one.source is not None) for one in found] == [
            ("alice", True), ("bob", True), ("carol", True), ("dave", False),
        ]  # fmt: skip

    def test_a_folder_around_everything_is_stepped_into(self, tmp_path: Path) -> None:
        """It is no student."""
        data = tarred(("hw8/alice.py", CODE.encode(), {}), ("hw8/bob.ipynb", b'{"cells": []}', {}))

        found = self.collected(tmp_path, data, "downloads.tar.gz")

        assert [one.id for one in found] == ["alice", "bob"]

    def test_one_student_is_one_submission(self, tmp_path: Path) -> None:
        """A folder with the modules of the assignment is not taken for a class."""
        data = zipped(("hw8/dinos.py", CODE), ("hw8/rnn_step.py", CODE))

        found = self.collected(tmp_path, data, "alice.zip")

        assert [one.id for one in found] == ["alice"]
        assert len(origins(found[0])) == 2

    def test_a_damaged_one_is_a_row(self, tmp_path: Path) -> None:
        """With the reason."""
        (found,) = self.collected(tmp_path, b"PK\3\4 and then nothing")

        assert told(found) == ["intake_archive_broken"]

    def test_what_leads_out_of_it_is_a_row_of_its_own(self, tmp_path: Path) -> None:
        """It belongs to nobody; what belongs to somebody is told there."""
        data = zipped(
            ("../evil.py", CODE), ("alice/hw.py", CODE), ("bob/hw.py", CODE),
            (special("bob/l.py", stat.S_IFLNK | 0o777), "hw.py"),
        )  # fmt: skip

        found = {one.id: told(one) for one in self.collected(tmp_path, data)}

        assert found == {
            "alice": [], "bob": ["intake_archive_link"], "downloads": ["intake_archive_path"],
        }  # fmt: skip

    def test_a_rar_in_a_folder_is_a_row(self, tmp_path: Path) -> None:
        """The student learns what to do; nobody is passed over."""
        (tmp_path / "alice.rar").write_bytes(b"Rar!")

        (found,) = collect(tmp_path, modules=MODULES, exercises=EXERCISES).submissions

        assert (found.id, told(found)) == ("alice", ["intake_archive_kind"])


class TestMembersThatAreRefused:
    """Each is left out, and told of; the rest is graded."""

    @pytest.mark.parametrize(
        "name",
        [
            "../hw.py", "a/../../hw.py", "/etc/hw.py", "C:/hw.py", "c:hw.py", "..\\hw.py",
            "\\\\server\\share\\hw.py", "\\hw.py", "a\nb.py", "x" * 2000 + ".py",
        ],
    )  # fmt: skip
    def test_names_that_lead_out(self, read: Any, name: str) -> None:
        """By two dots, a root, a drive or a share; and names that no file should have."""
        for data, kind in (
            (zipped((name, CODE), ("ok.py", CODE)), "alice.zip"),
            (tarred((name, CODE.encode(), {}), ("ok.py", CODE.encode(), {})), "alice.tgz"),
        ):
            found = read(data, kind)

            assert (origins(found), told(found)) == (["ok.py"], ["intake_archive_path"])

    def test_a_backslash_separates(self, read: Any) -> None:
        """As some packers on Windows write it; nothing leads anywhere by it."""
        assert origins(read(raw_zip(b"hw8\\hw.py", CODE.encode()))) == ["hw8/hw.py"]

    @pytest.mark.parametrize(
        ("mode", "key"),
        [
            (stat.S_IFLNK | 0o777, "intake_archive_link"),
            (stat.S_IFCHR | 0o666, "intake_archive_special"),
            (stat.S_IFBLK | 0o666, "intake_archive_special"),
            (stat.S_IFIFO | 0o666, "intake_archive_special"),
            (stat.S_IFSOCK | 0o666, "intake_archive_special"),
        ],
    )
    def test_what_is_no_file_in_a_zip(self, read: Any, mode: int, key: str) -> None:
        """Its content is not taken for code either."""
        found = read(zipped((special("hw.py", mode), "/etc/passwd"), ("ok.py", CODE)))

        assert (origins(found), told(found)) == (["ok.py"], [key])

    @pytest.mark.parametrize(
        ("fields", "key"),
        [
            ({"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}, "intake_archive_link"),
            ({"type": tarfile.LNKTYPE, "linkname": "ok.py"}, "intake_archive_link"),
            ({"type": tarfile.CHRTYPE}, "intake_archive_special"),
            ({"type": tarfile.BLKTYPE}, "intake_archive_special"),
            ({"type": tarfile.FIFOTYPE}, "intake_archive_special"),
            ({"type": tarfile.GNUTYPE_SPARSE}, "intake_archive_special"),
        ],
    )
    def test_what_is_no_file_in_a_tar(self, read: Any, fields: dict[str, Any], key: str) -> None:
        """Links of both kinds, devices, pipes, sparse files."""
        found = read(tarred(("hw.py", b"", fields), ("ok.py", CODE.encode(), {})), "alice.tgz")

        assert (origins(found), told(found)) == (["ok.py"], [key])

    def test_encrypted_ones(self, read: Any) -> None:
        """The remedy is another archive without a password."""
        found = read(raw_zip(b"hw.py", b"x" * 40, flags=1))

        assert told(found) == ["intake_archive_encrypted"]

    @pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
    def test_unusual_methods(self, read: Any, method: int) -> None:
        """One of them takes as much memory as its header asks for."""
        found = read(zipped(("hw.py", CODE), compression=method))

        assert told(found) == ["intake_archive_method"]

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_a_name_twice(self, read: Any) -> None:
        """Readers differ in which they take, so neither counts; equal ones are one."""
        different = read(zipped(("hw.py", CODE), ("hw.py", "x = 1"), ("ok.py", CODE)))
        equal = read(zipped(("hw.py", CODE), ("./hw.py", CODE)))

        assert (origins(different), told(different)) == (["ok.py"], ["intake_archive_twice"])
        assert (origins(equal), told(equal)) == (["hw.py"], [])

    def test_what_is_nested_deeper(self, read: Any) -> None:
        """An archive in an archive in an archive."""
        inner = zipped(("hw.py", CODE))
        middle = zipped(("inner.zip", inner), ("ok.py", CODE))

        found = read(zipped(("middle.zip", middle)))

        assert origins(found) == ["middle.zip/ok.py"]
        assert told(found) == ["intake_archive_nested"]

    def test_the_notes_are_few(self, read: Any) -> None:
        """However many members are refused."""
        names = [(f"../{number}.py", CODE) for number in range(300)]

        assert len(told(read(zipped(*names, ("ok.py", CODE))))) == notes.MAX_NOTES


class TestArchivesThatAreRefused:
    """Nothing of them is read, and what it would have cost is not spent."""

    def test_a_bomb(self, read: Any) -> None:
        """A ratio that no text has, from a size on that nobody writes."""
        found = read(zipped(("hw.ipynb", b"\0" * (40 << 20))))

        assert told(found) == ["intake_archive_bomb"]

    def test_a_bomb_of_many(self, read: Any) -> None:
        """Each small enough by itself."""
        found = read(zipped(*[(f"{n}.py", b"#" * (1 << 20)) for n in range(40)]))

        assert told(found) == ["intake_archive_bomb"]

    def test_a_bomb_within(self, read: Any) -> None:
        """Packed twice, so that the outer archive looks harmless."""
        inner = zipped(("hw.ipynb", b"\0" * (60 << 20)))

        assert told(read(zipped(("inner.zip", inner)))) == ["intake_archive_bomb"]

    def test_a_member_that_lies_about_its_size(self, read: Any) -> None:
        """No more is unpacked than it declares, and then its check sum is wrong."""
        data = bytearray(zipped(("hw.py", b"x = 1\n" * 10_000)))
        for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
            at = data.index(signature) + offset
            data[at : at + 4] = struct.pack("<I", 12)

        assert told(read(bytes(data))) == ["intake_archive_broken"]

    def test_a_long_list(self, read: Any) -> None:
        """It is refused by the length of the list, before it is read."""
        data = bytearray(zipped(("hw.py", CODE)))
        at = data.rindex(b"PK\5\6") + 12
        data[at : at + 4] = struct.pack("<I", 1 << 30)

        assert told(read(bytes(data))) == ["intake_archive_broken"]

    @pytest.mark.parametrize(
        ("bounds", "key"),
        [
            (archive.Bounds(members=3), "intake_archive_members"),
            (archive.Bounds(kept_bytes=1000), "intake_archive_much"),
        ],
    )
    def test_many_members_or_much_in_all(
        self, tmp_path: Path, bounds: archive.Bounds, key: str
    ) -> None:
        """More than any homework has, or than is kept in memory."""
        path = tmp_path / "a.zip"
        path.write_bytes(zipped(*[(f"{n}.py", "x = 1\n" * 50) for n in range(4)]))

        with pytest.raises(UnreadableError, match=key):
            archive.read_archive(path, "a.zip", bounds)

    def test_a_tar_that_unpacks_without_end(self, read: Any) -> None:
        """What is only skipped is bounded too."""
        header = tarred(("big.bin", b"", {}), kind="w")[:512]
        grown = bytearray(header)
        grown[124:136] = b"%011o\0" % (3 << 30)
        grown[148:156] = b"        "
        grown[148:156] = b"%06o\0 " % sum(grown)

        found = read(gzip.compress(bytes(grown) + b"\0" * (1 << 20)), "alice.tgz")

        assert told(found) == ["intake_archive_broken"]

    @pytest.mark.parametrize(
        ("name", "data"),
        [
            ("a.zip", b""), ("a.zip", b"PK"), ("a.zip", b"Rar!\x1a\x07"), ("a.tgz", b""),
            ("a.tgz", b"\x1f\x8b\x08"), ("a.tar", b""), ("a.tar", b"x" * 512),
            ("a.tar", b"x" * 100), ("a.tgz", gzip.compress(b"x" * 600)),
            ("a.zip", zipped(("hw.py", CODE))[:-30]), ("a.tgz", tarred(("a.py", b"x", {}))[:-9]),
            ("a.tgz", tarred(("notes", bytes(range(256)) * 9, {}))[:-60]),
        ],
    )  # fmt: skip
    def test_what_is_none(self, read: Any, name: str, data: bytes) -> None:
        """Cut, empty or of another kind."""
        assert told(read(data, name)) == ["intake_archive_broken"]


class TestNames:
    """The names that students' systems write."""

    @pytest.mark.parametrize(
        ("raw", "expected"),
        [
            ("作业8.py".encode("gbk"), "作业8.py"),
            ("作业8.py".encode(), "作业8.py"),
            ("朱镕基.py".encode("gb18030"), "朱镕基.py"),
            ("Müller.py".encode("cp437"), "Müller.py"),
            (b"hw.py", "hw.py"),
        ],
    )
    def test_without_a_flag(self, raw: bytes, expected: str) -> None:
        """UTF-8, then GBK, then the code page of MS-DOS."""
        assert decoded(raw) == expected

    def test_of_a_whole_archive(self, read: Any) -> None:
        """From a Chinese Windows."""
        found = read(raw_zip("张三/循环网络.py".encode("gbk"), CODE.encode()))

        assert origins(found) == ["张三/循环网络.py"]

    def test_by_the_extra_field(self, read: Any) -> None:
        """Newer packers add the name in UTF-8, with a check sum of the other."""
        raw = "作业.py".encode("gbk")
        field = struct.pack("<BI", 1, zlib.crc32(raw)) + "作业一.py".encode()
        stale = struct.pack("<BI", 1, 0) + b"other.py"

        for body, expected in ((field, "作业一.py"), (stale, "作业.py")):
            extra = struct.pack("<HH", 0x7075, len(body)) + body
            assert origins(read(raw_zip(raw, CODE.encode(), extra=extra))) == [expected]

    def test_long_ones_in_a_tar(self, read: Any) -> None:
        """Both ways that there are of writing them."""
        name = "很长的文件夹名" * 8 + "/hw.py"
        for kind in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w", format=kind) as opened:
                info = tarfile.TarInfo(name)
                info.size = len(CODE)
                opened.addfile(info, io.BytesIO(CODE.encode()))

            assert origins(read(buffer.getvalue(), "alice.tar")) == [name]

    @FAST
    @given(text=st.text(st.characters(codec="gb2312"), min_size=1, max_size=12))
    def test_every_name_from_a_chinese_windows(self, text: str) -> None:
        """Unless its bytes happen to be UTF-8 as well."""
        raw = text.encode("gb2312")
        try:
            expected = raw.decode("utf-8")
        except UnicodeDecodeError:
            expected = text

        assert decoded(raw) == expected

    @FAST
    @given(name=st.text(max_size=40) | st.text("./\\C:a \0", max_size=20))
    def test_no_name_leads_out(self, name: str) -> None:
        """Whatever it is, joined to a folder it stays below that folder."""
        path = path_of(name)

        if path is not None:
            folder = Path("/some/where")
            joined = Path(*folder.parts, *path.split("/"))
            assert joined.is_relative_to(folder)
            assert ".." not in joined.parts
            assert "\\" not in path


@FAST
@given(
    data=st.binary(max_size=200),
    at=st.integers(0, 5000),
    name=st.sampled_from(["a.zip", "a.tar", "a.tgz"]),
)
def test_damage_is_told_and_never_raised(tmp_path: Path, data: bytes, at: int, name: str) -> None:
    """Whatever stands in an archive's bytes, the answer is a submission or a reason."""
    members: tuple[tuple[str, bytes, dict[str, Any]], ...] = (
        ("a/hw.py", CODE.encode(), {}),
        ("b.tar.gz", tarred(("x.py", b"x = 1", {})), {}),
    )
    whole = {
        "a.zip": zipped(*[(path, content) for path, content, _ in members]),
        "a.tar": tarred(*members, kind="w"),
        "a.tgz": tarred(*members),
    }[name]
    at %= len(whole)
    path = tmp_path / name
    path.write_bytes(whole[:at] + data + whole[at + len(data) :])

    for found in collect(path, modules=MODULES, exercises=EXERCISES).submissions:
        assert found.source is not None or found.problem is not None


def test_a_link_or_a_pipe_is_no_archive(tmp_path: Path) -> None:
    """Nothing is followed, and nothing waits."""
    (tmp_path / "secret.zip").write_bytes(zipped(("hw.py", CODE)))
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "link.zip").symlink_to(tmp_path / "secret.zip")
    os.mkfifo(folder / "pipe.zip")

    collected = collect(folder, modules=MODULES, exercises=EXERCISES)
    found = {one.id: told(one) for one in collected.submissions}

    assert found == {"link": ["intake_link"], "pipe": ["intake_not_a_file"]}


def test_an_error_of_the_reader_has_a_text() -> None:
    """It is made again from the message that it carries."""
    error = UnreadableError("intake_link", file="a")

    assert UnreadableError.of(error.message).message == error.message


@FAST
@given(
    names=st.lists(st.lists(st.sampled_from(["a", "a.", "a0", "b", "a-"]), min_size=1, max_size=3)),
    name=st.sampled_from(["a", "a.", "a0", "b", "a-"]),
)
def test_a_folder_in_an_archive_is_what_lies_below_it(names: list[list[str]], name: str) -> None:
    """Cut out of sorted paths; names that only begin alike are not in it."""
    paths = sorted({"/".join(parts) for parts in names})
    contents = archive.Contents(dict.fromkeys(paths, b""), (), paths)

    below = contents.below(name)

    expected = [path[len(name) + 1 :] for path in paths if path.startswith(f"{name}/")]
    assert list(below.files) == list(below.others) == expected
