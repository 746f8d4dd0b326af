"""What a language model is told of the steps and analyses there are: short in a prompt, whole when one was wrong."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from pydantic import BaseModel

from services.code.analyses import KINDS as ANALYSES
from services.code.steps import KINDS as STEPS

NOT_OFFERED: Final = frozenset(
    {"off", "chain", "join", "append", "edit_cells", "repair_by_key", "settle_dates", "code"}
)
"""Steps that need another table, what only a person knows, or a line of their own in the prompt."""
HIDDEN: Final = ("kind", "learned")
MOST_CHARS: Final = 3_000
"""Characters of the schemas that are sent back."""


@cache
def steps() -> str:
    """Every step with the fields it must have, one line."""
    return "; ".join(_short(kind) for name, kind in STEPS.items() if name not in NOT_OFFERED)


@cache
def analyses() -> str:
    """Every analysis likewise."""
    return "; ".join(_short(kind) for kind in ANALYSES.values())


def schemas(kinds: Collection[str]) -> str:
    """The exact fields of these kinds, for a reply that got them wrong."""
    known = {**ANALYSES, **STEPS}
    found = (f"{name}: {_whole(known[name])}" for name in dict.fromkeys(kinds) if name in known)
    return "\n".join(found)[:MOST_CHARS]


def _short(kind: type[BaseModel]) -> str:
    schema = kind.model_json_schema()
    needed = [name for name in schema.get("required", []) if name not in HIDDEN]
    choices = {name: _choices(schema, schema["properties"][name]) for name in needed}
    fields = (f"{name}: {'|'.join(choices[name])}" if choices[name] else name for name in needed)
    return f"{schema['properties']['kind']['const']}({', '.join(fields)})"


def _whole(kind: type[BaseModel]) -> str:
    schema = kind.model_json_schema()
    fields = {name: _plain(field) for name, field in schema["properties"].items() if name not in HIDDEN}
    parts = {name: _part(part) for name, part in schema.get("$defs", {}).items() if name != "JsonValue"}
    needed = [name for name in schema.get("required", []) if name not in HIDDEN]
    return json.dumps({"required": needed, "fields": fields, **({"parts": parts} if parts else {})}, ensure_ascii=False)


def _part(schema: Mapping[str, Any]) -> Any:
    return {name: _plain(field) for name, field in schema.get("properties", {}).items()} or schema.get("enum")


def _plain(field: Mapping[str, Any]) -> dict[str, Any]:
    """What of a field's schema tells what may stand in it."""
    kept = {name: field[name] for name in ("type", "enum", "items", "anyOf", "$ref", "default") if name in field}
    return kept | ({"$ref": str(kept["$ref"]).rpartition("/")[2]} if "$ref" in kept else {})


def _choices(schema: Mapping[str, Any], field: Mapping[str, Any]) -> list[str]:
    target = schema.get("$defs", {}).get(str(field.get("$ref", "")).rpartition("/")[2], {})
    return [str(each) for each in field.get("enum") or target.get("enum") or []]
