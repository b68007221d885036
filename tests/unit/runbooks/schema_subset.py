"""As much of JSON Schema draft 7 as the exported schema uses, to see that it means what it says."""

import re
from typing import Any

KNOWN = {
    "$schema", "title", "description", "definitions", "$ref", "type", "enum", "const", "pattern",
    "properties", "additionalProperties", "required", "items", "minItems", "minProperties",
    "minimum", "anyOf", "allOf", "not",
}  # fmt: skip
TYPES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "integer": int, "number": (int, float),
    "boolean": bool, "null": type(None),
}  # fmt: skip


def fits(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a value fits a schema; an unknown keyword fails the test."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "$ref" in schema:
        return fits(value, root["definitions"][schema["$ref"].rpartition("/")[2]], root)
    return all(
        (
            _of_type(value, schema.get("type")),
            "enum" not in schema or value in schema["enum"],
            "const" not in schema or value == schema["const"],
            "anyOf" not in schema or any(fits(value, one, root) for one in schema["anyOf"]),
            all(fits(value, one, root) for one in schema.get("allOf", ())),
            "not" not in schema or not fits(value, schema["not"], root),
            not isinstance(value, str) or bool(re.search(schema.get("pattern", ""), value)),
            not isinstance(value, int) or value >= schema.get("minimum", value),
            not isinstance(value, list) or _items_fit(value, schema, root),
            not isinstance(value, dict) or _members_fit(value, schema, root),
        )
    )


def _of_type(value: Any, wanted: Any) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if not names:
        return True
    number = isinstance(value, bool) and "boolean" not in names
    return not number and any(isinstance(value, TYPES[name]) for name in names)


def _items_fit(value: list[Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    return len(value) >= schema.get("minItems", 0) and all(
        fits(item, schema.get("items", {}), root) for item in value
    )


def _members_fit(value: dict[str, Any], schema: dict[str, Any], root: dict[str, Any]) -> bool:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    if len(value) < schema.get("minProperties", 0) or set(schema.get("required", ())) - set(value):
        return False
    return all(
        fits(item, properties[key], root)
        if key in properties
        else others is not False and fits(item, others, root)
        for key, item in value.items()
    )
