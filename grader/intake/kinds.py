"""What an entry is by its name: litter of systems, something about a class, or what hands in."""

from __future__ import annotations

import re
from typing import Final

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
_LITTER_ENDS: Final = ("~", ".swp", ".swo", ".part", ".crdownload")
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
