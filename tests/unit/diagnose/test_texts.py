"""The two text files say the same things, and every key that the package uses."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import pytest

import grader
from grader.diagnose import render
from grader.diagnose.texts import FOLDER, Texts, load_texts, texts
from grader.errors import HarnessError
from grader.model import Message

PACKAGE = Path(grader.__file__).parent
TABLES = ("verdict", "difference", "message")

EN = '[verdict]\npassed = "p"\n[difference]\nkind = "k"\n[message]\nhello = "hello"\n'


def placeholders(template: str) -> list[str]:
    """List the placeholders of a template, each as often as it stands there."""
    return sorted(re.findall(r"\{(\w+)\}", template))


def optional(template: str) -> list[str]:
    """List the placeholders inside optional parts."""
    return sorted(
        name for part in re.findall(r"\[\[(.*?)\]\]", template) for name in placeholders(part)
    )


@pytest.mark.parametrize("table", TABLES)
def test_languages_have_equal_keys_and_placeholders(table: str) -> None:
    """What one reader is told, the other is told too."""
    english, chinese = (getattr(texts(lang), table) for lang in ("en", "zh"))

    assert list(english) == list(chinese)
    for key, template in english.items():
        assert set(placeholders(template)) == set(placeholders(chinese[key])), key
        assert set(optional(template)) == set(optional(chinese[key])), key


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("table", TABLES)
def test_templates_are_well_formed(lang: str, table: str) -> None:
    """Braces and double brackets are balanced, no text is empty."""
    for key, template in getattr(texts(lang), table).items():
        assert template.strip() == template != "", key
        bare = re.sub(r"\{\w+\}", "", template)
        assert not set("{}") & set(bare), key
        assert template.count("[[") == template.count("]]"), key
        assert len(template) < 300, key


def test_chinese_texts_are_chinese() -> None:
    """No sentence was forgotten in translation."""
    for key, template in texts("zh").message.items():
        assert not set(template) <= set(string.printable), key


def test_every_key_in_use_has_a_text() -> None:
    """A key that the package raises or stores is one that a reader understands."""
    known = texts("en").message

    missing = {f"{where}: {key}" for where, key in keys_in_use() if key not in known}

    assert not missing


def test_every_text_is_said_somewhere() -> None:
    """A sentence that nothing raises is one that nobody checks; each is a literal in the code."""
    said = {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }

    assert sorted({*texts("en").message, *texts("en").difference} - said) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_text_can_be_said(lang: str) -> None:
    """With all of its fields and with none, in both languages, nothing of the template is left."""
    for key, template in texts(lang).message.items():
        full = render(Message(key, dict.fromkeys(placeholders(template), "x")), lang)
        bare = render(Message(key, dict.fromkeys(placeholders(template), "")), lang)

        assert not re.search(r"[{}\[\]]", full), key
        assert not re.search(r"[{}\[\]]", bare), key
        assert bare.strip(), key


def keys_in_use() -> list[tuple[str, str]]:
    """Find literal keys of messages and students' errors in the package's own calls."""
    found = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found += [(f"{path.name}:{node.lineno}", key) for key in literal_keys(node)]
    return found


def literal_keys(call: ast.Call) -> list[str]:
    """Return the key of a call that makes a message, if it is written out there."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    makers = {
        "Message", "Unavailable", "MismatchError", "NotWrittenError", "MissingNameError",
        "CodeRaisedError", "TimedOutError", "CrashedError", "RefusedError", "UnusableValueError",
        "WrongValueError",
    }  # fmt: skip
    keyed = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
    nodes = call.args[:1] if name in makers else []
    nodes += keyed if name in {"Failed", *makers} else []
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_notes_of_intake_join_the_messages(tmp_path: Path) -> None:
    """They stand in a file of their own, both languages side by side."""
    (tmp_path / "en.toml").write_text(EN)
    (tmp_path / "intake_notes.toml").write_text(
        '[cut]\nen = "cut {n}"\nzh = "切 {n}"\n[hello]\nen = "no"\nzh = "不"\n'
    )
    (tmp_path / "zh.toml").write_text(EN)

    assert load_texts(tmp_path, "en").message == {"cut": "cut {n}", "hello": "hello"}
    assert load_texts(tmp_path, "zh").message["cut"] == "切 {n}"


def test_notes_need_not_exist(tmp_path: Path) -> None:
    """The texts alone are enough."""
    (tmp_path / "en.toml").write_text(EN)

    assert load_texts(tmp_path, "en") == Texts({"passed": "p"}, {"kind": "k"}, {"hello": "hello"})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("en.toml", "nonsense"),
        ("en.toml", "[message]\n"),
        ("intake_notes.toml", '[cut]\nen = "only"\n'),
        ("intake_notes.toml", 'cut = "flat"\n'),
    ],
)
def test_broken_text_files_are_named(tmp_path: Path, name: str, content: str) -> None:
    """A broken installation says where."""
    for lang in ("en", "zh"):
        (tmp_path / f"{lang}.toml").write_text(EN)
    (tmp_path / name).write_text(content)

    with pytest.raises(HarnessError, match=str(tmp_path)):
        [load_texts(tmp_path, lang) for lang in ("en", "zh")]


def test_missing_text_files_are_named(tmp_path: Path) -> None:
    """An incomplete installation says which file it lacks."""
    with pytest.raises(HarnessError, match=r"en\.toml cannot be read"):
        load_texts(tmp_path, "en")


def test_texts_are_read_once() -> None:
    """Rendering a class of students reads no file a second time."""
    assert texts("en") is texts("en")
    assert (FOLDER / "zh.toml").is_file()
