"""The fake provider's schema, generated from the official package.

As with the real provider, the YAML language host uses the schema to check the program's types and to convert short
tokens to canonical ones.
"""

from typing import Any
from urllib.parse import quote

import sdk_types as sdk
from sdk_types import ListOf, MapOf, ObjectOf, OneOf, Property, Scalar, Shape

Spec = dict[str, Any]

_REFERENCES = {"asset": "pulumi.json#/Asset", "archive": "pulumi.json#/Archive", "any": "pulumi.json#/Any"}


def schema(tokens: list[str]) -> Spec:
    """Generates the schema of a package with only these resource types."""
    provider = sdk.resource(sdk.PROVIDER)
    resources = {token: sdk.resource(token) for token in tokens}
    missing = [token for token, resource in resources.items() if resource is None]
    if missing or provider is None:
        raise LookupError(f"pulumi_aws {sdk.VERSION} lacks {', '.join(missing)}")
    types: dict[str, Spec] = {}
    return {
        "name": "aws",
        "version": sdk.VERSION,
        "config": {"variables": _specs({name: p.shape for name, p in provider.inputs.items()}, types)},
        "provider": _inputs(provider.inputs, types),
        "resources": {resource.token: _resource(resource, types) for resource in resources.values() if resource},
        "types": types,
    }


def _resource(resource: sdk.Resource, types: dict[str, Spec]) -> Spec:
    # Convert the inputs first: a nested type has one entry, and only the input type declares required properties.
    inputs = _inputs(resource.inputs, types)
    outputs = {name: shape for name, shape in resource.outputs.items() if name not in ("id", "urn")}
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
    return _type_reference(shape, types)


def _type_reference(shape: ObjectOf, types: dict[str, Spec]) -> Spec:
    token = shape.token
    if token not in types:
        types[token] = {}  # Reserve the entry first, because a type can contain itself.
        properties = shape.properties
        types[token] = {
            "type": "object",
            "properties": _specs({name: p.shape for name, p in properties.items()}, types),
            "required": sorted(name for name, p in properties.items() if p.required),
        }
    return {"$ref": f"#/types/{quote(token, safe=':')}"}
