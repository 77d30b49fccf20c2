"""What is handed in -> the source that a worker is given: a file's, or that of a folder's files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from grader import wire
from grader.intake.files import module_name
from grader.intake.kinds import is_foreign
from grader.intake.misnamed import read_code
from grader.intake.notes import MAX_NOTES, UnreadableError, note, shown
from grader.intake.packages import add_imported
from grader.intake.rivals import Version, notes_on, rank
from grader.intake.walk import find_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grader.intake.files import ReadFile
    from grader.intake.folders import Entry, Folder
    from grader.intake.kinds import Wanted
    from grader.intake.walk import File
    from grader.model import Message

MAX_FILES: Final = 100
MAX_SOURCE_CHARS: Final = 4 << 20


def source_of(
    folder: Folder, entry: Entry, path: Path, wanted: Wanted, inside: Folder | None
) -> tuple[wire.Source, tuple[Message, ...]]:
    """Read an entry of a folder, with notes on what was left out.

    Raises
    ------
    UnreadableError
        When it is of no use at all.
    """
    if entry.is_link:
        raise UnreadableError("intake_link", file=shown(path.name))
    if entry.is_special:
        raise UnreadableError("intake_not_a_file", file=shown(path.name))
    if entry.is_folder or entry.is_archive:
        if not entry.is_folder:
            inside = folder.archive(entry.name)
        return _read_folder(inside or folder.folder(entry.name), wanted)
    if is_foreign(entry.name):
        raise UnreadableError("intake_archive_kind", file=shown(path.name))
    read = read_code(folder, entry.name, wanted.exercises)
    return of_file(read), read.notes


def of_file(read: ReadFile) -> wire.Source:
    """Return what one file comes to: its module, and those that its cells write."""
    return wire.Source(_unique(_named([read.module, *read.written])))


def _read_folder(folder: Folder, wanted: Wanted) -> tuple[wire.Source, tuple[Message, ...]]:
    found = find_code(folder, wanted)
    if found.files:
        found.files.sort(key=lambda file: rank(file, wanted))
        read, notes = _read_files(found.files, found.deeper, wanted)
    else:
        read, notes = _read_misnamed(found.others, wanted)
    notes = [*found.notes, *notes, *notes_on(read, wanted)]
    if not read and not notes:
        raise UnreadableError.of(folder.empty)
    return wire.Source(_with_unique_names(read)), tuple(notes)


def _read_files(
    files: Sequence[File], deeper: Sequence[File], wanted: Wanted
) -> tuple[list[Version], list[Message]]:
    reading = _Reading(wanted)
    versions = [one for file in files[:MAX_FILES] if (one := reading.version(file)) is not None]
    if len(files) > MAX_FILES:
        reading.notes.append(note("intake_too_many_files", files=len(files), limit=MAX_FILES))
    room = MAX_FILES - len(versions)
    imported, left = add_imported(versions, deeper, reading.version, room)
    if left:
        listed = ", ".join(shown(file.origin) for file in left)
        reading.notes.insert(0, note("intake_elsewhere", files=listed))
    return [*versions, *imported], reading.notes


class _Reading:
    """Reads files of a submission, as many as may be."""

    def __init__(self, wanted: Wanted) -> None:
        self.notes: list[Message] = []
        self._wanted = wanted
        self._characters = 0

    def version(self, file: File) -> Version | None:
        """Read a file; note why if that cannot be done."""
        if self._characters > MAX_SOURCE_CHARS:
            return None
        try:
            one = read_code(file.folder, file.name, self._wanted.exercises, shown(file.origin))
        except UnreadableError as error:
            self.notes.append(error.message)
            return None
        self._characters += sum(len(piece.code) for piece in one.module.pieces)
        if self._characters > MAX_SOURCE_CHARS:
            self.notes.append(note("intake_folder_too_large", limit_mib=MAX_SOURCE_CHARS >> 20))
            return None
        self.notes.extend(one.notes)
        return Version(file, one.module, one.written)


def _read_misnamed(others: Sequence[File], wanted: Wanted) -> tuple[list[Version], list[Message]]:
    """Read the code among files that are not called so: of the first folder with any."""
    versions: list[Version] = []
    said: list[Message] = []
    notes: list[Message] = []
    for file in others[:MAX_FILES]:
        if versions and file.folder.path != versions[0].file.folder.path:
            break
        try:
            one = read_code(file.folder, file.name, wanted.exercises, shown(file.origin))
        except UnreadableError as error:
            notes.append(error.message)
            continue
        versions.append(Version(file, one.module, one.written))
        said.extend(one.notes)
    versions.sort(key=lambda version: rank(version.file, wanted))
    return versions, said if versions else notes[:MAX_NOTES]


def _with_unique_names(versions: Sequence[Version]) -> tuple[wire.Module, ...]:
    named = []
    for version in versions:
        renamed = version.file.called != version.file.name
        bare = module_name(Path(version.file.called)) if renamed else version.module.name
        named.append((bare, version.module))
    # What a cell writes comes last: where the file was handed in too, that is the newer of the two.
    return _unique([*named, *_named(one for version in versions for one in version.written)])


def _named(modules: Iterable[wire.Module]) -> list[tuple[str, wire.Module]]:
    return [(module.name, module) for module in modules]


def _unique(named: Iterable[tuple[str, wire.Module]]) -> tuple[wire.Module, ...]:
    taken: set[str] = set()
    unique = []
    for bare, module in named:
        name, number = bare, 2
        while name in taken:
            name, number = f"{bare}_{number}", number + 1
        taken.add(name)
        unique.append(msgspec.structs.replace(module, name=name))
    return tuple(unique)
