"""The stored schemas."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path

FOLDER = Path(__file__).parents[3] / "data" / "schemas"


def test_the_manifest_lists_every_schema_with_its_sum() -> None:
    """A schema changes together with its line in the manifest."""
    listed = tomllib.loads((FOLDER / "MANIFEST.toml").read_text("utf-8"))["file"]

    assert {entry["name"]: entry["sha256"] for entry in listed} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.json")
    }
    assert {(entry["source"], entry["licence"]) for entry in listed} == {("own", "MIT")}


def test_schemas_are_of_the_2020_draft() -> None:
    """One draft for all."""
    for path in FOLDER.glob("*.json"):
        schema = json.loads(path.read_bytes())
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema.get("items", schema)["additionalProperties"] is False  # of a list, its items
