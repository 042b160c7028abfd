"""What the stand-in must be able to do with each resource type."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

import sdk_types as sdk
from standin.clients import Clients
from standin.wire import Props


class Kind(ABC):
    """One resource type: the calls to AWS that make, read, change and remove it.

    Outputs come from `read` alone, so what is stored after making a thing is what a refresh finds later.
    """

    token: str
    known: sdk.Resource
    """What the official package says of it."""
    takes: str
    """The inputs that reach AWS. Any other is refused: a test must not pass on what the stand-in ignores."""
    replaced_by: str = ""
    """The inputs that cannot be changed in place, as with the real provider: a new thing takes the old one's place."""
    named_by: str | None = None
    """The input that is its name in AWS, and gets one made up when the program has none."""
    keeps: str = ""
    """Inputs that stay as they are in AWS when the program no longer names them. The real provider sets them back to
    their defaults, so dropping one is refused rather than done wrong."""

    @abstractmethod
    def create(self, aws: Clients, inputs: Props) -> str:
        """Makes it and returns its id."""

    @abstractmethod
    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        """What AWS has: outputs, and those inputs that it tells. None or AWS's own "not found" if it is gone."""

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        """Changes what can be changed in place."""
        raise NotImplementedError(f"every input of {self.token} replaces it")

    @abstractmethod
    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        """Removes it; AWS's own "not found" counts as done."""


class Put(Kind):
    """A type that one call both makes and changes; its id is made of inputs."""

    id_inputs: tuple[str, ...]
    separator = ":"

    @abstractmethod
    def put(self, aws: Clients, inputs: Props) -> None:
        """The call."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self.put(aws, inputs)
        return self.separator.join(inputs[name] for name in self.id_inputs)

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self.put(aws, new)


SOON = {"Delay": 0.1, "MaxAttempts": 300}
"""How boto3's waiters are to ask: an emulator is done in milliseconds, where AWS takes the seconds that they expect."""


def pascal(name: str) -> str:
    """AWS's spelling of most of Pulumi's names: `memorySize`, `MemorySize`."""
    return name[:1].upper() + name[1:]


def camel(name: str) -> str:
    """The way back."""
    return name[:1].lower() + name[1:]


def aws_names(value: Any, renamed: dict[str, str] | None = None) -> Any:
    """Pulumi's properties as AWS's parameters, at every depth; `renamed` has what differs in more than case."""
    return _rename(value, renamed or {}, pascal)


def pulumi_names(value: Any, renamed: dict[str, str] | None = None) -> Any:
    """AWS's answer as Pulumi's properties."""
    return _rename(value, {theirs: ours for ours, theirs in (renamed or {}).items()}, camel)


def _rename(value: Any, renamed: dict[str, str], spell: Any) -> Any:
    if isinstance(value, list):
        return [_rename(inner, renamed, spell) for inner in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, dict):
        return value
    return {
        # Under `variables` the names are the user's own, and stay as they are.
        renamed.get(name) or spell(name): inner if name.lower() == "variables" else _rename(inner, renamed, spell)
        for name, inner in value.items()
    }


def changed(old: Props, new: Props, *names: str) -> bool:
    """Whether any of these inputs differs."""
    return any(old.get(name) != new.get(name) for name in names)


def picked(props: Props, *names: str) -> Props:
    """Those of these properties that are there."""
    return {name: props[name] for name in names if name in props}
