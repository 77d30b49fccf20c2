"""Both languages say the same things, every key that the package uses, and nothing besides."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import grader
from grader.errors import HarnessError
from grader.model import LANGUAGES, Message, Verdict
from grader.texts import render, words_of
from grader.texts.catalogue import FOLDER, load_texts
from grader.texts.rendering import MESSAGES

PACKAGE = Path(grader.__file__).parent
TEMPLATES = PACKAGE / "report" / "templates"
SUBJECTS = sorted(path.stem for path in FOLDER.glob("*.toml"))
TEXTS = {
    subject: tomllib.loads((FOLDER / f"{subject}.toml").read_text("utf-8")) for subject in SUBJECTS
}
SAID = {key: both for subject in MESSAGES for key, both in TEXTS[subject].items()}
PAGES = ("handed_out",)  # whole pages of Markdown, with code in it
# What intake makes of a reason: `intake_` and the reason.
OF_REASONS = {"intake_syntax", "intake_magic", "intake_newer"}


def placeholders(template: str) -> set[str]:
    """List the placeholders of a template."""
    return set(re.findall(r"\{(\w+)\}", template))


def optional(template: str) -> set[str]:
    """List the placeholders inside optional parts."""
    return {name for part in re.findall(r"\[\[(.*?)\]\]", template) for name in placeholders(part)}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_languages_say_the_same(subject: str) -> None:
    """What one reader is told, the other is told too, with the same numbers and names."""
    for key, both in TEXTS[subject].items():
        assert set(both) == set(LANGUAGES), key
        assert placeholders(both["en"]) == placeholders(both["zh"]), key
        assert optional(both["en"]) == optional(both["zh"]), key


@pytest.mark.parametrize("subject", sorted({*SUBJECTS} - {*PAGES}))
def test_templates_are_well_formed(subject: str) -> None:
    """Braces and double brackets are balanced, no text is empty, or goes on for ever."""
    for key, both in TEXTS[subject].items():
        for template in both.values():
            assert template.strip(), key
            bare = re.sub(r"\{\w+\}", "", template)
            assert not set("{}") & set(bare), key
            assert template.count("[[") == template.count("]]"), key
            assert len(template) < 350, key


def test_chinese_texts_are_chinese() -> None:
    """No sentence was forgotten in translation."""
    for key, both in SAID.items():
        if re.sub(r"\{\w+\}", "", both["en"]):  # else it only hands something on
            assert not set(both["zh"]) <= set(string.printable), key


def test_a_key_has_one_text() -> None:
    """A message is looked up in one file after another; none hides another's."""
    counts = Counter(key for subject in MESSAGES for key in TEXTS[subject])

    assert [key for key, count in counts.items() if count > 1] == []


def test_every_message_in_use_has_a_text() -> None:
    """A key that the package raises or stores is one that a reader understands."""
    missing = {f"{where}: {key}" for where, key in keys_in_use() if key not in SAID}

    assert not missing


def test_every_word_in_use_has_a_text() -> None:
    """What a module or a page asks for by name is there, in a subject that it opens."""
    for path in PACKAGE.rglob("*.py"):
        subjects, keys = words_in_use(ast.parse(path.read_text("utf-8")))
        if subjects:  # elsewhere, words are something else
            assert keys <= {key for subject in subjects for key in TEXTS[subject]}, path

    for path in TEMPLATES.glob("*.html"):
        assert words_of_page(path) <= set(TEXTS["reports"]), path


def test_every_text_is_said_somewhere() -> None:
    """A sentence that nothing says is one that nobody checks; each is a literal in the code."""
    said = {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    for path in TEMPLATES.glob("*.html"):
        said |= words_of_page(path)

    assert set(TEXTS["verdicts"]) == {verdict.value for verdict in Verdict}
    for subject in set(SUBJECTS) - {"verdicts"}:
        assert set(TEXTS[subject]) - said - OF_REASONS == set(), subject


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_can_be_said(lang: str) -> None:
    """With all of its fields and with none, in both languages, nothing of the template is left."""
    for key, both in SAID.items():
        full = render(Message(key, dict.fromkeys(placeholders(both[lang]), "x")), lang)
        bare = render(Message(key, dict.fromkeys(placeholders(both[lang]), "")), lang)

        assert not re.search(r"[{}\[\]]", full), key
        assert not re.search(r"[{}\[\]]", bare), key
        assert bare.strip() or not re.sub(r"\{\w+\}", "", both[lang]), key


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
        "WrongValueError", "UnreadableError", "note",
    }  # fmt: skip
    keyed = [keyword.value for keyword in call.keywords if keyword.arg == "key"]
    nodes = call.args[:1] if name in makers else []
    nodes += keyed if name in {"Failed", *makers} else []
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def words_in_use(tree: ast.Module) -> tuple[set[str], set[str]]:
    """List the subjects that a module opens, and the keys that it writes out in asking for words.

    A key is what ``words`` is called with, or what ``words_of`` gives.
    """
    subjects, keys = set(), set()
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name("words_of"), args=[ast.Constant(str(subject)), *_]):
                subjects.add(subject)
            case (
                ast.Call(func=ast.Name("words"), args=[ast.Constant(str(key)), *_])
                | ast.Call(
                    func=ast.Call(func=ast.Name("words_of")), args=[ast.Constant(str(key)), *_]
                )
            ):
                keys.add(key)
    return subjects, keys


def words_of_page(path: Path) -> set[str]:
    """List the words that a page asks for."""
    asked = re.findall(r"\bwords\.(\w+)|\bwords\(\"(\w+)\"", path.read_text("utf-8"))
    return {plain or filled for plain, filled in asked}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("nonsense", "cannot be read"),
        ('[cut]\nen = "only"\n', "the texts in zh lack 'zh'"),
        ('cut = "flat"\n', "the texts in zh lack"),
    ],
)
def test_broken_text_files_are_named(tmp_path: Path, content: str, told: str) -> None:
    """A broken installation says where."""
    path = tmp_path / "messages.toml"
    path.write_text(content)

    with pytest.raises(HarnessError, match=re.escape(str(path)) + ".*" + told):
        load_texts(path, "zh")


def test_missing_text_files_are_named(tmp_path: Path) -> None:
    """An incomplete installation says which file it lacks."""
    with pytest.raises(HarnessError, match=r"demo\.toml cannot be read"):
        load_texts(tmp_path / "demo.toml", "en")


def test_texts_are_read_once() -> None:
    """Rendering a class of students reads no file a second time."""
    assert words_of("reports", "en") is words_of("reports", "en")


def test_an_unknown_language_is_english() -> None:
    """A report is better in English than not at all."""
    assert words_of("reports", "fr")("feedback") == words_of("reports", "en")("feedback")
    assert words_of("reports", "zh")("feedback") == "反馈"


def test_a_word_that_is_not_there_is_a_mistake_of_ours() -> None:
    """Nobody reads a page with a hole in it."""
    with pytest.raises(KeyError, match="no_such_word"):
        words_of("reports", "en")("no_such_word")
