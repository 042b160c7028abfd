"""The operations that each resource type implements."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

import sdk_types as sdk
from fake_provider.clients import Clients
from fake_provider.structs import Props


class ResourceType(ABC):
    """A resource type with the AWS calls that create, read, update and delete a resource.

    All outputs come from `read`, so that a creation and a refresh store the same outputs.
    """

    token: str
    schema: sdk.Resource
    """The type's schema in the official package."""
    supported_inputs: str
    """The inputs that reach AWS. Others are errors, so that no test passes with ignored inputs."""
    replacing_inputs: str = ""
    """The inputs that AWS cannot change. As in the real provider, a change of them replaces the resource."""
    name_input: str | None = None
    """The input with the name in AWS. If the program does not set it, the provider generates a name."""
    unresettable_inputs: str = ""
    """The inputs that AWS keeps when the program removes them. The fake provider reports an error instead of resetting
    them to their defaults, because the real provider cannot reset all of them."""

    @abstractmethod
    def create(self, aws: Clients, inputs: Props) -> str:
        """Creates a resource and returns its id."""

    @abstractmethod
    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        """Returns the outputs and the current inputs. Returns None or raises "not found" for a missing resource."""

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        """Updates the inputs that AWS can change."""
        raise NotImplementedError(f"every input of {self.token} replaces the resource")

    @abstractmethod
    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        """Deletes a resource; it may raise "not found" for a missing resource."""


class PutResourceType(ResourceType):
    """A type that AWS creates and updates with the same call. Its id consists of inputs."""

    id_inputs: tuple[str, ...]
    separator = ":"

    @abstractmethod
    def put(self, aws: Clients, inputs: Props) -> None:
        """Creates or updates the resource."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self.put(aws, inputs)
        return self.separator.join(inputs[name] for name in self.id_inputs)

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self.put(aws, new)


FAST_WAITER = {"Delay": 0.1, "MaxAttempts": 300}
"""Settings for boto3's waiters: an emulator needs only milliseconds."""


def pascal(name: str) -> str:
    """Converts a Pulumi name to AWS's spelling: `memorySize` to `MemorySize`."""
    return name[:1].upper() + name[1:]


def camel(name: str) -> str:
    """Converts an AWS name to Pulumi's spelling: `MemorySize` to `memorySize`."""
    return name[:1].lower() + name[1:]


def aws_names(value: Any, renamed: dict[str, str] | None = None) -> Any:
    """Converts Pulumi's properties to AWS's parameters. `renamed` contains names that differ in more than case."""
    return _rename(value, renamed or {}, pascal)


def pulumi_names(value: Any, renamed: dict[str, str] | None = None) -> Any:
    """Converts AWS's response to Pulumi's properties."""
    return _rename(value, {theirs: ours for ours, theirs in (renamed or {}).items()}, camel)


def _rename(value: Any, renamed: dict[str, str], spell: Any) -> Any:
    if isinstance(value, list):
        return [_rename(inner, renamed, spell) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, dict):
        return value
    return {
        # The names below `variables` belong to the user; keep them.
        renamed.get(name) or spell(name): inner if name.lower() == "variables" else _rename(inner, renamed, spell)
        for name, inner in value.items()
    }


def changed(old: Props, new: Props, *names: str) -> bool:
    """Whether any of these inputs differs."""
    return any(old.get(name) != new.get(name) for name in names)


def pick(props: Props, *names: str) -> Props:
    """The named properties that exist in `props`."""
    return {name: props[name] for name in names if name in props}
