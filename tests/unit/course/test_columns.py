"""Tables of platforms in the languages of their sites, and as spreadsheets leave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from grader.course import people_of, read_table, told_columns, worksheet_of
from grader.course.times import parsed
from grader.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

# As sites in these languages head a worksheet: who, what is filled in, and the rest around it.
WORKSHEETS = {
    "en": (
        "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
        "Last modified (submission),Last modified (grade),Feedback comments",
        "Participant 2231",
        '"Sunday, 1 March 2026, 10:15 PM"',
    ),
    "zh": (
        "标识符,全名,电子邮件地址,状态,成绩,最高成绩,成绩可更改,上次修改（作业）,上次修改（评分）,反馈评语",
        "参与者 2231",
        "2026年03月1日 星期日 22:15",
    ),
    "de": (
        "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,"
        "Bewertung kann geändert werden,Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),"
        "Feedback als Kommentar",
        "Teilnehmer/in2231",
        '"Sonntag, 1. März 2026, 22:15"',
    ),
    "fr": (
        "Identifiant,Nom complet,Adresse de courriel,Statut,Note,Note maximale,"
        "La note peut être modifiée,Dernière modification (travail remis),"
        "Dernière modification (note),Feedback par commentaires",
        "Participant2231",
        '"dimanche 1 mars 2026, 22:15"',
    ),
    "es": (
        "Identificador,Nombre completo,Dirección de correo,Estado,Calificación,"
        "Calificación máxima,La calificación puede ser cambiada,Última modificación (entrega),"
        "Última modificación (calificación),Comentarios de retroalimentación",
        "Participante 2231",
        '"domingo, 1 de marzo de 2026, 22:15"',
    ),
}
POLISH = (
    "Identyfikator,Pełna nazwa,Adres e-mail,Stan,Ocena,Maksymalna ocena,Ocena może zostać zmieniona"
    ",Ostatnio modyfikowane (ocena),Komentarz\n"
    'Uczestnik 2231,Jane Doe,jane@x.org,Przesłane,,"100,00",Tak,-,\n'
    'Uczestnik 2232,Ben K,ben@x.org,Brak,-,"100,00",Tak,-,\n'
)
FRENCH_ROSTER = "Nom,Prénom,Identifiant,Note\nDoe,Jane,jdoe,late twice\n"


def sheet(folder: Path, lang: str) -> Path:
    """Write a worksheet of one student."""
    header, who, time = WORKSHEETS[lang]
    path = folder / "worksheet.csv"
    text = f'{header}\n{who},Jane Doe,jane@x.org,x,,"100,00",x,{time},-,\n'
    path.write_text(text, "utf-8-sig")
    return path


def written(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a table."""
    path = folder / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("lang", WORKSHEETS)
def test_a_worksheet_is_read_in_the_language_of_its_site(tmp_path: Path, lang: str) -> None:
    """Who, when, and where grades and comments go."""
    table = read_table(sheet(tmp_path, lang))

    assert worksheet_of(table) == (0, 4, 5, None, 9)
    (jane,) = people_of(table)
    assert (jane.name, jane.email, jane.number) == ("Jane Doe", "jane@x.org", "")
    assert jane.numbers == {"Moodle": "2231"}
    moment = parsed(jane.handed_in_at)
    assert moment is not None
    assert moment.isoformat() == "2026-03-01T22:15:00"


def test_a_worksheet_in_another_language_is_told_by_what_stands_in_it(tmp_path: Path) -> None:
    """One word before a number in each line, and the points of all beside what is filled in."""
    table = read_table(written(tmp_path, POLISH))

    assert worksheet_of(table) == (0, 4, 5, None, None)
    named = read_table(table.path, {"name": "Pełna nazwa", "comments": "Komentarz"})
    assert worksheet_of(named) == (0, 4, 5, None, 8)
    assert [one.name for one in people_of(named)] == ["Jane Doe", "Ben K"]


@pytest.mark.parametrize(
    "text",
    [
        FRENCH_ROSTER,
        "id,name,grade\ns1,Ada,9\ns2,Bob,9\n",
        "login,grade,quota\ns1,,10.00\ns1,,10.00\n",
        "name,grade,maximum grade\nAda 1,,10\nAda 1,,10\n",
        "a,b\n",
    ],
)
def test_other_tables_are_no_worksheet(tmp_path: Path, text: str) -> None:
    """Though columns of theirs are called alike: a login in French, a year of school."""
    assert worksheet_of(read_table(written(tmp_path, text))) is None


def test_who_is_in_no_group_shares_nothing(tmp_path: Path) -> None:
    """Moodle lists them under a default group: one for all of them."""
    header, _, _ = WORKSHEETS["de"]
    text = header.replace("Status", "Status,Gruppe") + "\n" + "\n".join(
        f'Teilnehmer/in{at},N{at},n{at}@x.org,x,{group},,"1,00",x,-,-,'
        for at, group in enumerate(["Standardgruppe", "Standardgruppe", "Gruppe A"], start=1)
    )  # fmt: skip

    people = people_of(read_table(written(tmp_path, text)))

    assert [one.group for one in people] == ["", "", "Gruppe A"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("姓,名,学号,电子邮件地址", "张三"),
        ("Nachname,Vorname,Matrikelnummer,E-Mail-Adresse", "三 张"),
        ("Apellido(s),Nombre,Número de ID,Dirección de correo", "三 张"),
    ],
)
def test_a_list_of_participants_is_a_roster(tmp_path: Path, header: str, name: str) -> None:
    """In the language of the site; a Chinese name is put together as one."""
    cells = "张,三" if header.startswith("姓") else "张,三 "
    (one,) = people_of(read_table(written(tmp_path, f"{header}\n{cells},007,z@x.org\n")))

    assert (one.number, one.email) == ("007", "z@x.org")
    assert one.name == (name if header.startswith("姓") else "张三")


def test_a_western_name_keeps_its_space(tmp_path: Path) -> None:
    """First name first."""
    (one,) = people_of(read_table(written(tmp_path, "Nachname,Vorname\nMüller,Zoë\n")))

    assert one.name == "Zoë Müller"


@pytest.mark.parametrize(
    ("text", "encoding", "name"),
    [
        ("学号;姓名\n007;张玥\n008;王喆\n", "gbk", "GB18030"),
        ("学号,姓名\n007,张三\n", "gb18030", "GB18030"),
        ("Matrikelnummer;Name\n007;Zoë Müller\n008;Seán Ó Brien\n", "cp1252", "Windows-1252"),
        ("number;name\n007;Ångström\n", "cp1252", "Windows-1252"),
        ("number;name\n007;张三\n", "utf-8-sig", "UTF-8"),
    ],
)
def test_what_excel_saves_is_read(tmp_path: Path, text: str, encoding: str, name: str) -> None:
    """In the encoding of its system, with zeros at the beginning of a number."""
    table = read_table(written(tmp_path, text, encoding))

    assert table.encoding == name
    assert [one.name for one in people_of(table)] == [
        line.replace(",", ";").split(";")[1] for line in text.splitlines()[1:]
    ]
    assert people_of(table)[0].number == "007"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name", "--columns name: write FIELD=HEADER"),
        ("=x", "where FIELD is one of id, name"),
        ("colour=x", "where FIELD is one of id, name"),
        ("name=", "write FIELD=HEADER"),
    ],
)
def test_columns_are_told_in_pairs(text: str, told: str) -> None:
    """Of a field that is known and a header."""
    with pytest.raises(UsageError, match=told):
        told_columns([text])


def test_a_column_that_is_told_has_to_be_there(tmp_path: Path) -> None:
    """It is not looked for elsewhere then."""
    path = written(tmp_path, "name,who\nA,B\n")

    (one,) = people_of(read_table(path, told_columns(["name = Who"])))

    assert one.name == "B"
    with pytest.raises(UsageError, match="has no column 'nom' for name; it has name, who"):
        people_of(read_table(path, {"name": "nom"}))


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2026年3月1日 下午 10:15", "2026-03-01T22:15:00"),
        ("2026年 03月 1日(週日) 00:05", "2026-03-01T00:05:00"),
        ("2026年03月1日 星期日 10:15 PM", "2026-03-01T22:15:00"),
        ("Mittwoch, 4. Februar 2026, 08:05 Uhr", "2026-02-04T08:05:00"),
        ("mercredi 1er juillet 2026, 18h30", "2026-07-01T18:30:00"),
        ("vendredi 12 juin 2026 à 09:00", "2026-06-12T09:00:00"),
        ("12 de agosto de 2026, 23:59", "2026-08-12T23:59:00"),
        ("Sun, 1 Mar 2026, 12:00 AM", "2026-03-01T00:00:00"),
        ("31 juin 2026, 10:00", ""),
        ("1 foo 2026, 10:00", ""),
        ("2026年13月1日 10:15", ""),
        ("2026年3月1日 下午 22:15", ""),
    ],
)
def test_times_are_read_as_sites_write_them(text: str, iso: str) -> None:
    """By names of months, and what stands around them."""
    moment = parsed(text)

    assert ("" if moment is None else moment.isoformat()) == iso
