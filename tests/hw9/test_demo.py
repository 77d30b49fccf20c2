"""``grader demo`` with the systems of hw9, for a few epochs each."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.catalog import load_assignment, load_demos
from grader.cli import main

ROOT = Path(__file__).resolve().parents[2]
DEMOS = {demo.id: demo for demo in load_demos(load_assignment(ROOT / "assignments" / "hw9"))}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", DEMOS)
def test_a_demo_says_and_plots_what_it_sees(
    name: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each tells its figures in the reader's language, and has a curve."""
    picture = tmp_path / "curve.svg"

    code = main(["demo", name, "--iterations", "3", "--plot", str(picture), "--lang", lang,
                 "--root", str(ROOT)])  # fmt: skip

    printed = capsys.readouterr().out
    assert code == 0
    assert len(re.findall("perplexity|character at a time|困惑度|逐个字符", printed)) >= 2
    assert ("困惑度" if lang == "zh" else "perplexity") in picture.read_text("utf-8")


def test_six_layers_stay_at_the_frequencies(capsys: pytest.CaptureFixture[str]) -> None:
    """What the demo compares them with is the unigram perplexity of its text."""
    main(["demo", "layers", "--iterations", "3", "--lang", "en", "--root", str(ROOT)])

    assert "a perplexity of 18.92" in capsys.readouterr().out
