"""Names, differences and outputs of resources, without the protocol and AWS calls."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from fake_provider.resource_type import ResourceType
from fake_provider.structs import UNKNOWN, Props, is_file, same

GENERATED = "__defaults"
"""The input that lists the generated inputs. The real provider uses the same name."""


def with_name(resource_type: ResourceType, logical_name: str, seed: bytes, old: Props, new: Props) -> Props:
    """The inputs with a name: the program's name, the name generated before, or a new generated name."""
    name = resource_type.name_input
    if name is None or name in new:
        return new
    generated = f"{logical_name}-{hashlib.sha256(seed).hexdigest()[:7]}"
    return {**new, name: old[name] if name in old.get(GENERATED, []) else generated, GENERATED: [name]}


def input_errors(resource_type: ResourceType, inputs: Props) -> list[tuple[str, str]]:
    """The unsupported inputs, each with the reason and the supported inputs."""
    errors = []
    supported = resource_type.supported_inputs.split()
    for name in sorted(set(inputs) - {*supported, GENERATED}):
        exists = name in resource_type.schema.inputs
        reason = "the fake provider does not support it" if exists else "the type has no such property"
        errors.append((name, f"{reason}: use one of {', '.join(sorted(supported))}"))
    return errors


@dataclass(frozen=True)
class Difference:
    """The differences between two versions of the inputs."""

    changed: list[str]
    replacing: list[str]
    delete_first: bool
    """Whether to delete the old resource first, because the new one has the same name."""


def difference(resource_type: ResourceType, old: Props, new: Props) -> Difference:
    """Compares old and new inputs."""
    names = sorted((set(old) | set(new)) - {GENERATED})
    changed = [name for name in names if not same(old.get(name), new.get(name))]
    replacing = [name for name in changed if name in resource_type.replacing_inputs.split()]
    name = resource_type.name_input
    same_name = name is not None and name not in changed and name not in new.get(GENERATED, [])
    return Difference(changed, replacing, bool(replacing) and same_name)


def preview_outputs(resource_type: ResourceType, inputs: Props) -> Props:
    """The outputs in a preview: the inputs, and placeholders for the other values."""
    unknown = {name: UNKNOWN for name in resource_type.schema.outputs if name not in ("id", "urn")}
    return {**unknown, **inputs}


def outputs(resource_type: ResourceType, inputs: Props, aws_values: Props) -> Props:
    """The outputs to store: the program's inputs and AWS's additional values."""
    added = {name: value for name, value in aws_values.items() if name in resource_type.schema.outputs and name != "id"}
    return {**added, **{name: merged(value, added.get(name, value)) for name, value in inputs.items()}}


def refreshed_inputs(inputs: Props, aws_values: Props) -> Props:
    """The inputs with AWS's current values. Inputs that AWS does not return stay unchanged."""
    return {name: merged(value, aws_values.get(name, value)) for name, value in inputs.items()}


def merged(program_value: Any, aws_value: Any) -> Any:
    """The program's value if AWS's value is equivalent, otherwise AWS's value.

    AWS adds default values, sorts lists and formats JSON differently. These differences are no changes.
    """
    if is_file(program_value):
        return program_value
    if isinstance(program_value, dict) and isinstance(aws_value, dict):
        return {name: merged(value, aws_value[name]) for name, value in program_value.items() if name in aws_value}
    if isinstance(program_value, list) and isinstance(aws_value, list):
        all_objects = all(isinstance(element, dict) for element in (*program_value, *aws_value))
        if len(program_value) == len(aws_value) and all_objects:
            return [merged(one, other) for one, other in zip(program_value, aws_value, strict=True)]
        return program_value if sorted(map(str, program_value)) == sorted(map(str, aws_value)) else aws_value
    return program_value if _parsed_json(program_value) == _parsed_json(aws_value) else aws_value


def _parsed_json(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
