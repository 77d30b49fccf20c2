"""Magics in a script that was exported from a notebook: calls of ``get_ipython()``."""

from __future__ import annotations

import ast


def exported_magic(node: ast.stmt) -> str:
    """Return the cell, or the line, that a call of ``get_ipython()`` stands for; else nothing.

    ``get_ipython().run_cell_magic('time', '', 'x = 1')`` was the cell ``%%time``, ``x = 1``.
    """
    match node:
        case ast.Expr(
            ast.Call(
                func=ast.Attribute(ast.Call(func=ast.Name("get_ipython")), method),
                args=arguments,
            )
        ):
            values = [one.value for one in arguments if isinstance(one, ast.Constant)]
            texts = [value for value in values if isinstance(value, str)]
            if len(texts) != len(arguments):
                return ""
            match method, texts:
                case "run_cell_magic", [name, line, text]:
                    return f"%%{name} {line}".rstrip() + f"\n{text}"
                case "run_line_magic", [name, line]:
                    return f"%{name} {line}"
    return ""
