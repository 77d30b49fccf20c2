"""What a file is by its name: code, an archive, another kind, litter, something about a class."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Final

import msgspec

from grader.model import inputs_module

if TYPE_CHECKING:
    from collections.abc import Mapping

SUFFIXES: Final = (".py", ".ipynb")
ARCHIVES: Final = (".zip", ".tar", ".tar.gz", ".tgz")
# What students hand in as well, and what takes other programs to read.
FOREIGN: Final = (".rar", ".7z", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".gz", ".bz2", ".xz")
# Files in which platforms tell whose what is.
TELLING: Final = ("submission_metadata.yml", ".classroom50.yaml")
ENDING_OF_CODE: Final = re.compile(r"\.(py|ipynb)(?=$|\W)", re.IGNORECASE)
NOT_THE_STUDENTS: Final = ("__init__.py", "conftest.py", "setup.py")
MAX_SCRIPT_BYTES: Final = 2 << 20

# What each ending stands for; the key of what is said about it.
_KINDS: Final = {
    "intake_is_pdf": ("pdf", "ps", "xps", "djvu"),
    "intake_is_document": (
        "doc", "docx", "odt", "rtf", "pages", "wps", "ppt", "pptx", "odp", "key", "hwp",
    ),
    "intake_is_page": ("html", "htm", "mhtml", "mht", "xhtml", "webarchive"),
    "intake_is_prose": ("md", "markdown", "rst", "tex"),
    "intake_is_compiled": ("pyc", "pyo", "pyd", "so", "dll", "exe"),
    "intake_is_shortcut": (
        "gdoc", "gsheet", "gslides", "gcolab", "url", "webloc", "lnk", "desktop", "alias",
    ),
    "intake_is_picture": (
        "png", "jpg", "jpeg", "gif", "bmp", "heic", "heif", "webp", "svg", "tif", "tiff",
    ),
}  # fmt: skip
_KEYS: Final = {ending: key for key, endings in _KINDS.items() for ending in endings}
_HINTS: Final = (b'"cells"', b'"worksheets"')
_DEFINES: Final = re.compile(rb"^(?:def|class)\s", re.MULTILINE)
# What systems, editors and tools leave behind by themselves, letter case aside.
_LITTER: Final = frozenset({
    "__macosx", "__pycache__", "node_modules", "site-packages", "lost+found", "thumbs.db",
    "ehthumbs.db", "desktop.ini", "icon\r", "$recycle.bin", "system volume information",
    ".ds_store", ".localized", ".appledouble", ".lsoverride", ".spotlight-v100", ".fseventsd",
    ".temporaryitems", ".documentrevisions-v100", ".trashes", ".trash", ".directory",
    ".git", ".gitignore", ".gitattributes", ".gitmodules", ".gitkeep", ".github", ".gitlab",
    ".hg", ".hgignore", ".svn", ".ipynb_checkpoints", ".virtual_documents", ".ipython", ".jupyter",
    ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".tox", ".nox", ".eggs",
    ".cache", ".config", ".local", ".npm", ".conda", ".venv", ".env", ".vscode", ".idea", ".vs",
    ".history", ".devcontainer", ".editorconfig", ".python-version", ".coverage",
})  # fmt: skip
# AppleDouble, owners' files and locks of offices, of Emacs, of network shares; backup copies.
_LITTER_STARTS: Final = ("._", "~$", ".~lock.", ".#", ".nfs", ".trash-", ".fuse_hidden")
_LITTER_ENDS: Final = ("~", ".swp", ".swo", ".part", ".crdownload", ":zone.identifier")
# What people who teach keep beside submissions, and nobody hands in as homework in code.
_BESIDE: Final = re.compile(
    r"(?:readme|license|licence|copying|makefile)(?:\.\w+)*$"
    r"|.*\.(?:csv|tsv|xls|xlsx|ods|ya?ml|toml|ini|cfg|log|sqlite\d?|db|sha256|md5)$",
    re.IGNORECASE | re.DOTALL,
)


def is_litter(name: str) -> bool:
    """Tell whether a file or folder is one that a system or tool leaves behind by itself."""
    lower = name.casefold()
    return lower in _LITTER or lower.startswith(_LITTER_STARTS) or lower.endswith(_LITTER_ENDS)


def is_beside(name: str) -> bool:
    """Tell whether a file is about a class or a download rather than one student's homework."""
    return _BESIDE.match(name) is not None


def is_hidden(name: str) -> bool:
    """Tell whether systems hide an entry of that name from people."""
    return name.startswith(".")


def is_archive(name: str) -> bool:
    """Tell whether a file is called as an archive that can be read."""
    return name.lower().endswith(ARCHIVES)


def is_foreign(name: str) -> bool:
    """Tell whether a file is called as an archive that cannot be read."""
    return name.lower().endswith(FOREIGN) and not is_archive(name)


def stem(name: str) -> str:
    """Return a file's name without what tells its kind, ``.tar.gz`` and ``.py.txt`` included."""
    lower = name.lower()
    endings = sorted((*ARCHIVES, *FOREIGN), key=len, reverse=True)
    found = next((ending for ending in endings if lower.endswith(ending)), None)
    if found:
        return name[: -len(found)]
    bare = name.rpartition(".")[0] or name
    return bare if stem_of_code(name) else stem_of_code(bare) or bare


def stem_of_code(name: str) -> str:
    """Return the name of a script or notebook without its ending; empty for any other file."""
    lower = name.lower()
    ending = next((suffix for suffix in SUFFIXES if lower.endswith(suffix)), None)
    return name[: -len(ending)] if ending else ""


def key_of_kind(name: str) -> str:
    """Return the key of the text about files of a kind that is no code; empty for other kinds."""
    return _KEYS.get(name.lower().rpartition(".")[2], "") if "." in name else ""


def may_be_code(name: str) -> bool:
    """Tell whether a file that is not called as code is could be code by its name."""
    known = key_of_kind(name) or is_archive(name) or is_foreign(name)
    return not known and not stem_of_code(name)


def is_meant_as_code(name: str) -> bool:
    """Tell whether a name has the ending of code somewhere else than at its end."""
    return not stem_of_code(name) and ENDING_OF_CODE.search(name) is not None


def looks_like_code(data: bytes) -> bool:
    """Tell at a glance whether a file may be code; says yes too often rather than too seldom."""
    if data.lstrip().startswith((b"{", codecs.BOM_UTF8)) and any(hint in data for hint in _HINTS):
        return True
    return len(data) <= MAX_SCRIPT_BYTES and _DEFINES.search(data) is not None


class Wanted(msgspec.Struct, frozen=True):
    """What is looked for in a submission.

    Parameters
    ----------
    modules : tuple of str
        The assignment's stub modules; they come first in the source.
    exercises : mapping of str to tuple of str
        The graded names of each exercise.
    assignment : str
        Its id, after which its notebook and its folder are called; empty where nothing is.
    """

    modules: tuple[str, ...]
    exercises: Mapping[str, tuple[str, ...]]
    assignment: str = ""

    def is_part(self, name: str) -> bool:
        """Tell whether a file has a name that the assignment hands out: a module's, or its own."""
        return self.is_own(stem_of_code(name))

    def is_own(self, stem: str) -> bool:
        """Tell whether a file's name without its ending is one that the assignment hands out.

        The notebook is called after the assignment; a translation has its language behind that.
        """
        head, dot, language = stem.partition(".")
        translated = not dot or (len(language) == 2 and language.isalpha())  # noqa: PLR2004 - zh
        return bool(stem) and (
            stem in self.modules or (head == self.assignment != "" and translated)
        )

    def is_skipped(self, name: str) -> bool:
        """Tell whether a file belongs to the course or to packaging, not to the homework."""
        is_suite = name.startswith("test_") and name.endswith(".py")
        return is_suite or name in (*NOT_THE_STUDENTS, f"{inputs_module(self.assignment)}.py")
