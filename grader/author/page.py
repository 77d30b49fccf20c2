"""The notebook as a web page, for reading where there is no Jupyter."""

from __future__ import annotations


def page_bytes(notebook: bytes) -> bytes:
    """Render a notebook as one HTML page.

    Parameters
    ----------
    notebook : bytes
        What `notebook_bytes` wrote.

    Returns
    -------
    bytes
        UTF-8; its formulas are set by the reader's browser.

    Raises
    ------
    nbformat.ValidationError
        When it is no valid notebook.
    """
    import nbformat  # noqa: PLC0415 - a second's worth of imports, for this command alone
    from nbconvert import HTMLExporter  # noqa: PLC0415

    node = nbformat.reads(notebook.decode(), as_version=4)  # type: ignore[no-untyped-call]
    nbformat.validate(node)
    body, _ = HTMLExporter().from_notebook_node(node)  # type: ignore[no-untyped-call]
    return str(body).encode()
