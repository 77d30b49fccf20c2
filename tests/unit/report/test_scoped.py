"""A style sheet for a part of somebody else's page."""

from __future__ import annotations

import re

from grader.report.html import PART, check_html
from grader.report.scoped import scoped

CSS = """
:root { --ink: #111; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #eee; } }
html { background: white; }
body { margin: 0 auto; }
body.wide { max-width: 9rem; }
* { box-sizing: border-box; }
p, .note a:hover { color: red; }
.code li::marker { color: blue; }
nav h2 { margin: 0; }
.gone { margin: 0; }
:target { outline: 2px; }
@media print { .code { overflow: visible; } .gone { margin: 0; } }
@media screen { .gone { margin: 0; } }
"""
HTML = '<p class="note big">x <a>y</a></p><ol class="code"><li>z</li></ol>'


def selectors(css: str) -> list[str]:
    """List what each rule of a style sheet selects."""
    heads = re.findall(r"([^{}]+)\{", re.sub(r"@media [^{]+\{", "", css))
    return [one.strip() for head in heads for one in head.strip(" \n}").split(", ")]


def test_nothing_outside_of_the_part_is_touched() -> None:
    """Each selector begins with the part, or with a page's word for a dark scheme."""
    found = selectors(scoped(CSS, ".part", HTML))

    assert len(found) > 8
    assert all(re.match(r"\.part\b|(html|body)[.\[][^ ]+ \.part$", one) for one in found)


def test_what_a_page_says_of_itself_is_said_of_the_part() -> None:
    """Its variables and its margins; but a background behind it is none of ours."""
    css = scoped(CSS, ".part", HTML)

    assert ".part {--ink: #111; color-scheme: light dark;}" in css
    assert ".part {margin: 0 auto;}" in css
    assert "background" not in css


def test_a_dark_scheme_is_the_pages_own() -> None:
    """Whatever the system has: a notebook has a scheme of its own."""
    css = scoped(CSS, ".part", HTML)

    assert "prefers-color-scheme" not in css
    assert 'body[data-jp-theme-light="false"] .part' in css
    assert css.count("--ink: #eee") == 1


def test_rules_without_a_use_are_left_out() -> None:
    """So that a notebook does not grow by a whole style sheet with each check."""
    css = scoped(CSS, ".part", HTML)

    assert ".part p, .part .note a:hover {color: red;}" in css
    assert "@media print {\n.part .code {overflow: visible;}\n}" in css
    for gone in ("gone", "nav", "wide", "target", "screen"):
        assert gone not in css


def test_what_a_notebook_shows_asks_for_nothing(assignment, grade) -> None:
    """No script, no address, no id twice; and its own sheet concerns nothing else."""
    html = check_html(assignment, grade.exercises, "en")
    style = html[html.index("<style>") + 7 : html.index("</style>")]

    assert not re.search(r"<script|<iframe|src=|url\(|@import|https?:", html)
    assert "prefers-color-scheme" not in style
    assert all(PART in one for one in selectors(style))
    assert "%check" in html
    assert "--submission" not in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_list_has_a_row_for_each(assignment, grade) -> None:
    """And nothing of what is wrong with them."""
    html = check_html(assignment, grade.exercises, "zh", listed=True, notes=["a < b"])

    assert html.count("<tr>") == 1 + len(grade.exercises)
    assert "a &lt; b" in html
    assert 'class="code"' not in html
