"""The style sheet of pages for a part of somebody else's page: it touches nothing around that part.

A notebook shows results within a page of its own, which has a scheme of its own, light or dark,
whatever the system's is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# A rule, or a group of rules under a condition.
_RULE: Final = re.compile(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}")
_CLASSES: Final = re.compile(r'class="([^"]*)"')
_TAGS: Final = re.compile(r"<([a-z][a-z0-9]*)")
_CLASS: Final = re.compile(r"\.(-?[a-z][\w-]*)", re.IGNORECASE)
_TAG: Final = re.compile(r"(?:^|[\s>+])([a-z][a-z0-9]*)")
_DARK: Final = "@media (prefers-color-scheme: dark)"
# What notebooks say of a dark scheme: JupyterLab, Colab, VS Code, and pages made of notebooks.
_DARK_PAGES: Final = (
    'body[data-jp-theme-light="false"]',
    'html[theme="dark"]',
    "body.vscode-dark",
    "body.vscode-high-contrast",
    'html[data-theme="dark"]',
    'body[data-theme="dark"]',
)


def scoped(css: str, scope: str, html: str) -> str:
    """Write a style sheet for one part of a page.

    Parameters
    ----------
    css : str
        Our own style sheet; what it says of the page as a whole is said of the part.
    scope : str
        Selects the part.
    html : str
        The part; rules that nothing in it has a use for are left out.

    Returns
    -------
    str
        Rules of which each begins with the scope, or with a page's word for a dark scheme.
    """
    classes = {name for names in _CLASSES.findall(html) for name in names.split()}
    there = classes | set(_TAGS.findall(html))
    return "\n".join(_rules(css, scope, there))


def _rules(css: str, scope: str, there: set[str]) -> Iterator[str]:
    for head, body in _RULE.findall(css):
        head = head.strip()  # noqa: PLW2901 - the same, without what stands around it
        if head == _DARK:
            selector = ", ".join(f"{page} {scope}" for page in _DARK_PAGES)
            for _, variables in _RULE.findall(body):
                yield f"{selector} {{{variables.strip()} color-scheme: dark;}}"
        elif head.startswith("@"):
            inner = "\n".join(_rules(body, scope, there))
            if inner:
                yield f"{head} {{\n{inner}\n}}"
        else:
            chosen = [_within(one.strip(), scope) for one in head.split(",") if _serves(one, there)]
            if chosen:
                yield f"{', '.join(chosen)} {{{' '.join(body.split())}}}"


def _serves(selector: str, there: set[str]) -> bool:
    """Tell whether a selector can find anything."""
    selector = selector.strip()
    if selector in {":root", "body", "*"}:
        return True
    named = {*_CLASS.findall(selector), *_TAG.findall(selector)}
    return named <= there and selector not in {"html", ":target"}


def _within(selector: str, scope: str) -> str:
    return scope if selector in {":root", "body"} else f"{scope} {selector}"
