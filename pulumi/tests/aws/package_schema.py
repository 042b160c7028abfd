"""The schema that a provider shows Pulumi, made from what the official package says.

With it the YAML language host checks a program's types itself and turns short tokens into canonical ones, as it does
with the real provider.
"""

from typing import Any
from urllib.parse import quote

import sdk_types as sdk
from sdk_types import ListOf, MapOf, ObjectOf, OneOf, Property, Scalar, Shape

Spec = dict[str, Any]

_REFERENCES = {"asset": "pulumi.json#/Asset", "archive": "pulumi.json#/Archive", "any": "pulumi.json#/Any"}


def schema(tokens: list[str]) -> Spec:
    """The schema of a package that knows these resource types and nothing else."""
    provider = sdk.resource(sdk.PROVIDER)
    resources = {token: sdk.resource(token) for token in tokens}
    missing = [token for token, known in resources.items() if known is None]
    if missing or provider is None:
        raise LookupError(f"pulumi_aws {sdk.VERSION} lacks {', '.join(missing)}")
    types: dict[str, Spec] = {}
    return {
        "name": "aws",
        "version": sdk.VERSION,
        "config": {"variables": _specs({name: p.shape for name, p in provider.inputs.items()}, types)},
        "provider": _inputs(provider.inputs, types),
        "resources": {known.token: _resource(known, types) for known in resources.values() if known},
        "types": types,
    }


def _resource(known: sdk.Resource, types: dict[str, Spec]) -> Spec:
    # Inputs first: a nested type has one entry, and only the input's side of it says what is required.
    inputs = _inputs(known.inputs, types)
    outputs = {name: shape for name, shape in known.outputs.items() if name not in ("id", "urn")}
    return {**inputs, "properties": _specs(outputs, types)}


def _inputs(inputs: dict[str, Property], types: dict[str, Spec]) -> Spec:
    return {
        "inputProperties": _specs({name: p.shape for name, p in inputs.items()}, types),
        "requiredInputs": sorted(name for name, p in inputs.items() if p.required),
    }


def _specs(shapes: dict[str, Shape], types: dict[str, Spec]) -> dict[str, Spec]:
    return {name: _spec(shape, types) for name, shape in shapes.items()}


def _spec(shape: Shape, types: dict[str, Spec]) -> Spec:
    if isinstance(shape, Scalar):
        return {"$ref": _REFERENCES[shape.name]} if shape.name in _REFERENCES else {"type": shape.name}
    if isinstance(shape, ListOf):
        return {"type": "array", "items": _spec(shape.element, types)}
    if isinstance(shape, MapOf):
        return {"type": "object", "additionalProperties": _spec(shape.element, types)}
    if isinstance(shape, OneOf):
        return {"oneOf": [_spec(one, types) for one in shape.shapes]}
    return _named(shape, types)


def _named(shape: ObjectOf, types: dict[str, Spec]) -> Spec:
    token = shape.token
    if token not in types:
        types[token] = {}  # Taken before its properties are looked at, because a type can contain itself.
        properties = shape.properties
        types[token] = {
            "type": "object",
            "properties": _specs({name: p.shape for name, p in properties.items()}, types),
            "required": sorted(name for name, p in properties.items() if p.required),
        }
    return {"$ref": f"#/types/{quote(token, safe=':')}"}
