"""What happens to one resource: names, differences, states. No protocol here, and no AWS."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from standin.kind import Kind
from standin.wire import UNKNOWN, Props, is_file, same

MADE_UP = "__defaults"
"""The input that lists the inputs the provider made up, as the real provider does."""


def named(of: Kind, logical_name: str, seed: bytes, old: Props, new: Props) -> Props:
    """The inputs with a name: the program's own, else the one made up before, else a new one."""
    name = of.named_by
    if name is None or name in new:
        return new
    made_up = f"{logical_name}-{hashlib.sha256(seed).hexdigest()[:7]}"
    return {**new, name: old[name] if name in old.get(MADE_UP, []) else made_up, MADE_UP: [name]}


def refused(of: Kind, inputs: Props) -> list[tuple[str, str]]:
    """Inputs that the stand-in cannot pass on, each with why."""
    faults = []
    for name in sorted(set(inputs) - {*of.takes.split(), MADE_UP}):
        has = "the stand-in does not pass it on" if name in of.known.inputs else "the type has no such property"
        faults.append((name, f"{has}; it takes {', '.join(sorted(of.takes.split()))}"))
    return faults


@dataclass(frozen=True)
class Difference:
    """What differs between two versions of the inputs."""

    changed: list[str]
    replacing: list[str]
    delete_first: bool
    """Whether the old one must go first, because both would have the same name."""


def difference(of: Kind, old: Props, new: Props) -> Difference:
    """Compares old and new inputs."""
    names = sorted((set(old) | set(new)) - {MADE_UP})
    changed = [name for name in names if not same(old.get(name), new.get(name))]
    replacing = [name for name in changed if name in of.replaced_by.split()]
    same_name = of.named_by is not None and of.named_by not in changed and of.named_by not in new.get(MADE_UP, [])
    return Difference(changed, replacing, bool(replacing) and same_name)


def foreseen(of: Kind, inputs: Props) -> Props:
    """The outputs in a preview: what the program says, and of the rest that it will be known later."""
    later = {name: UNKNOWN for name in of.known.outputs if name not in ("id", "urn")}
    return {**later, **inputs}


def state(of: Kind, inputs: Props, told: Props) -> Props:
    """The outputs to store: the inputs as the program has them, and what AWS adds."""
    added = {name: value for name, value in told.items() if name in of.known.outputs and name != "id"}
    return {**added, **{name: overlaid(value, added.get(name, value)) for name, value in inputs.items()}}


def seen(inputs: Props, told: Props) -> Props:
    """The inputs that AWS has now. What it does not tell is taken to be as it was."""
    return {name: overlaid(value, told.get(name, value)) for name, value in inputs.items()}


def overlaid(mine: Any, theirs: Any) -> Any:
    """The program's value if AWS's means the same, else AWS's.

    AWS fills in what the program left out, and orders lists and writes JSON its own way: none of that is a change.
    """
    if is_file(mine):
        return mine
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return {name: overlaid(value, theirs[name]) for name, value in mine.items() if name in theirs}
    if isinstance(mine, list) and isinstance(theirs, list):
        if len(mine) == len(theirs) and all(isinstance(one, dict) for one in (*mine, *theirs)):
            return [overlaid(one, other) for one, other in zip(mine, theirs, strict=True)]
        return mine if sorted(map(str, mine)) == sorted(map(str, theirs)) else theirs
    return mine if _means(mine) == _means(theirs) else theirs


def _means(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value
