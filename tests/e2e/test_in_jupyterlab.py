"""`%%check` in JupyterLab, as somebody sees it who clicks: in a headless Chromium."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import nbformat
import pytest

from tests.tiny import write_tiny

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

CHROMIUM: Final = shutil.which("chromium")
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(
        CHROMIUM is None or find_spec("jupyterlab") is None or find_spec("playwright") is None,
        reason="chromium, jupyterlab and playwright are not all here: make proof-browser",
    ),
]
PATIENCE_MS: Final = 120_000
CELLS: Final = (
    "%load_ext grader",
    "import numpy as np",
    "%%check double\ndef double(x):\n    return np.where(x > 0, 2 * x, x)",
    "def total(x):\n    return double(x).sum()",
    "%check",
)
# Set it to look at what was shown.
PICTURES: Final = os.environ.get("GRADER_PICTURES", "")


KERNEL: Final = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
}
# No question about news, nor which kernel it shall be; and a scheme of its own.
SETTINGS: Final = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "apputils-extension/themes": {},
    # Cells that are out of sight are part of the page all the same.
    "notebook-extension/tracker": {"autoStartDefaultKernel": True, "windowingMode": "none"},
}


@pytest.fixture(params=["Light", "Dark"])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Serve JupyterLab in the folder of a course, in a theme; return where the notebook is."""
    write_tiny(tmp_path)
    cells = [nbformat.v4.new_code_cell(text) for text in CELLS]
    path = tmp_path / "assignments" / "tiny" / "tiny.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=KERNEL), path)
    home = tmp_path / "home"
    for name, values in SETTINGS.items():
        themed = name.endswith("themes")
        chosen = {"theme": f"JupyterLab {request.param}"} if themed else values
        file = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(chosen))
    # The kernel of this very Python, which has the package.
    kernels = home / "data" / "kernels" / "python3"
    kernels.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (kernels / "kernel.json").write_text(
        json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"})
    )
    environ = os.environ | {
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root",
        f"--ServerApp.root_dir={tmp_path}", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stderr is not None
        said, found = "", None
        for line in served.stderr:
            said += line
            found = re.search(r"(http://[\w.]+:\d+)/lab\?(token=\w+)", line)
            if found:
                break
        assert found, said
        reading = threading.Thread(target=served.stderr.read, daemon=True)
        reading.start()  # or it would wait for somebody who reads
        yield f"{found[1]}/doc/tree/assignments/tiny/tiny.ipynb?reset&{found[2]}"
        served.terminate()
        reading.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return a headless Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, and only needed here

    with sync_playwright() as started:
        # As root, as in a container, Chromium has no sandbox of its own.
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def run_all(page: Page, address: str) -> None:
    """Open a notebook, run all of its cells, and wait for the last one's answer."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(address)
    # What the menu does: a click that comes before the kernel is lost.
    page.wait_for_function(
        "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
    )
    page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    try:
        page.locator(".grader-check table").wait_for()
    finally:
        picture(page, "last")


def picture(page: Page, name: str) -> None:
    """Keep what is shown, where somebody wants to look at it."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")
        for at, one in enumerate(page.query_selector_all(".grader-check")):
            one.scroll_into_view_if_needed()
            one.screenshot(path=Path(PICTURES) / f"{name}-{at}.png")


def colours(page: Page) -> dict[str, Any]:
    """Return what a check's colours are, and how wide it is within the notebook."""
    found: dict[str, Any] = page.evaluate(
        """() => {
          const part = document.querySelector('.grader-check'), look = getComputedStyle(part);
          const sum = (text) => text.match(/\\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b);
          return {paper: sum(look.backgroundColor), ink: sum(look.color),
                  wide: part.scrollWidth, room: part.clientWidth};
        }"""
    )
    return found


def test_a_check_is_shown_below_its_cell(
    lab: str, browser: Browser, request: pytest.FixtureRequest
) -> None:
    """In the notebook's theme, whatever the system's is; with code, picture and both values."""
    theme = request.node.callspec.params["lab"]
    page = browser.new_page(
        viewport={"width": 1280, "height": 1000},
        color_scheme="dark" if theme == "Light" else "light",
    )
    run_all(page, lab)
    picture(page, theme)

    shown = page.locator(".jp-CodeCell").nth(2).locator(".grader-check")
    assert shown.locator("article.exercise.zero").count() == 1
    assert shown.locator("ol.code li").count() == 2
    assert shown.locator("svg.grid path").count() > 1
    assert shown.locator(".sides .ours").is_visible()
    assert "tiny.ipynb" in shown.inner_text()
    listed = page.locator(".jp-CodeCell").nth(4).locator(".grader-check tbody tr")
    assert [row.split()[0] for row in listed.all_inner_texts()] == ["double", "total"]
    look = colours(page)
    light, dark = (look["paper"], look["ink"])[:: 1 if theme == "Light" else -1]
    assert light > 600
    assert dark < 200

    page.set_viewport_size({"width": 560, "height": 900})
    picture(page, f"{theme}-narrow")
    look = colours(page)
    assert look["wide"] <= look["room"]
