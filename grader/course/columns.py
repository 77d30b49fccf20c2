"""What columns of tables are called: by courses, and by platforms in the languages of sites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from grader.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grader.course.tables import Table

# By what `--columns` calls them; letter case and underscores aside. Moodle writes its tables in the
# language of whoever downloads them: English, Chinese, German, French and Spanish are known.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (
        "id", "student id", "student number", "matriculation number", "number", "sid",
        "sis user id", "id number", "学号", "学生编号", "id号码", "編號", "學號",
        "matrikelnummer", "matrikelnr.", "id-nummer",
        "numéro d'étudiant", "numéro d’identification", "numéro d'identification",
        "número de id", "matrícula",
    ),
    "name": (
        "name", "full name", "student", "student name", "姓名", "全名", "用户全名",
        "vollständiger name", "nom complet", "nombre completo",
    ),
    "first": ("first name", "firstname", "given name", "名", "名字", "vorname", "prénom", "nombre"),
    "last": (
        "last name", "lastname", "surname", "family name", "姓", "姓氏", "nachname",
        "nom de famille", "nom", "apellido(s)", "apellidos",
    ),
    "email": (
        "email", "email address", "e-mail", "mail", "邮箱", "电子邮件地址", "电子邮件", "email地址",
        "電子郵件信箱", "e-mail-adresse", "e-mail adresse", "adresse de courriel", "adresse e-mail",
        "courriel", "dirección de correo", "dirección de correo electrónico",
        "correo electrónico",
    ),
    "login": (
        "login", "username", "user name", "sis login id", "github username", "github", "用户名",
        "anmeldename", "benutzername", "nom d'utilisateur", "nom d’utilisateur",
        "nombre de usuario",
    ),
    "section": ("section", "sections", "班级"),
    "group": ("group", "team", "小组", "gruppe", "groupe", "grupo"),
    "role": ("role",),
    "handed_in": (
        "handed in", "submission time", "last modified (submission)", "上次修改（作业）",
        "上次修改（提交）", "zuletzt geändert (abgabe)", "dernière modification (travail remis)",
        "última modificación (entrega)",
    ),
    "canvas": ("canvas", "canvas id"),
    "moodle": ("moodle", "moodle id", "identifier"),
    "gradescope": ("gradescope", "gradescope id"),
    "grade": ("grade", "成绩", "成績", "bewertung", "note", "calificación"),
    "maximum": (
        "maximum grade", "最高成绩", "最高分", "最高成績", "bestwertung", "note maximale",
        "calificación máxima",
    ),
    "scale": ("scale", "量表", "等级", "skala", "barème", "escala"),
    "comments": (
        "feedback comments", "反馈评语", "反馈意见", "反饋評語", "feedback als kommentar",
        "feedback par commentaires", "comentarios de retroalimentación",
        "comentarios de retroalimentación.",
    ),
}  # fmt: skip
# In whose place Moodle's worksheet puts whoever is in no group.
NO_GROUP: Final = frozenset(
    {
        "default group",
        "默认小组",
        "預設群組",
        "standardgruppe",
        "groupe par défaut",
        "grupo por defecto",
    }
)
# Participant 2231; Moodle puts its own word for that before the number.
_PARTICIPANT: Final = re.compile(r"(?P<word>[^\d@]*[^\d@\s])\s*\d+", re.DOTALL)
_AMOUNT: Final = re.compile(r"\d+[.,]\d+", re.ASCII)


class Worksheet(NamedTuple):
    """Where the columns of a grading worksheet of Moodle stand.

    Parameters
    ----------
    identifier, grade : int
        Who, and what is filled in.
    maximum, scale, comments : int or None
        Points, words in their place, and remarks, where there are such.
    """

    identifier: int
    grade: int
    maximum: int | None
    scale: int | None
    comments: int | None


def told_columns(texts: Sequence[str]) -> dict[str, str]:
    """Read what ``--columns`` says: ``name=Teilnehmer``, each with a field of `NAMES`.

    Raises
    ------
    UsageError
        When one is no such pair.
    """
    told = {}
    for text in texts:
        field, equals, header = text.partition("=")
        if not equals or field.strip() not in NAMES or not header.strip():
            raise UsageError(
                f"--columns {text}: write FIELD=HEADER, where FIELD is one of {', '.join(NAMES)}"
            )
        told[field.strip()] = header.strip()
    return told


def place(table: Table, field: str) -> int | None:
    """Return where a field's column stands; None where there is none.

    Raises
    ------
    UsageError
        When somebody has said what it is called, and no column is.
    """
    told = table.told.get(field)
    if told is None:
        return table.column(*NAMES[field])
    found = table.column(told)
    if found is None:
        raise UsageError(
            f"{table.path} has no column {told!r} for {field}; it has {', '.join(table.header)}"
        )
    return found


def worksheet_of(table: Table) -> Worksheet | None:
    """Find the columns of a grading worksheet as Moodle exports it; None where it is none.

    Where its language is not known, what stands in columns tells: the same word before a number in
    each line, and the same points in each line, beside a column of grades.
    """
    grade, maximum, scale = (place(table, field) for field in ("grade", "maximum", "scale"))
    who = place(table, "moodle")
    if who is None:
        if "grade" not in table.told and (grade is None or (maximum, scale) == (None, None)):
            grade, maximum = _graded_pair(table)
        who = _participants(table)
    if who is None or grade is None:
        return None
    return Worksheet(who, grade, maximum, scale, place(table, "comments"))


def _participants(table: Table) -> int | None:
    """Return the first column in which each line has another number behind one word."""
    for at in range(len(table.header)):
        found = [_PARTICIPANT.fullmatch(cells[at].strip()) for _, cells in table.rows]
        numbers = {cells[at].strip() for _, cells in table.rows}
        words = {one and one["word"] for one in found}
        if len(words) == 1 and None not in words and len(numbers) == len(found):
            return at
    return None


def _graded_pair(table: Table) -> tuple[int | None, int | None]:
    """Return the one column of grades, and that of the points beside it."""
    columns = [[cells[at].strip() for _, cells in table.rows] for at in range(len(table.header))]
    pairs = [
        (at - 1, at)
        for at in range(1, len(columns))
        if len(set(columns[at])) == 1
        and _AMOUNT.fullmatch(columns[at][0])
        and all(one in {"", "-"} or _AMOUNT.fullmatch(one) for one in columns[at - 1])
    ]
    return pairs[0] if len(pairs) == 1 else (None, None)
