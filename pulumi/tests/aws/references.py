"""References in the texts of a Pulumi YAML program: `${queue.arn}`, `${distribution.origins[0].domainName}`."""

import re
from dataclasses import dataclass

_PART = re.compile(r"\$\$|\$\{|[^$]+|\$")
_STEP = re.compile(r"""\.?(?P<name>[^.\[\]{}"$\s]+)|\[(?P<index>\d+)\]|\["(?P<key>(?:\\"|[^"])*)"\]""")


@dataclass(frozen=True)
class Reference:
    """One `${...}`: the name it begins with and the way from there into that thing's value."""

    root: str
    path: tuple[str | int, ...]

    def __str__(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"${{{self.root}{''.join(steps)}}}"


class BadReference(ValueError):
    """A `${` that does not go on as a reference; Pulumi would refuse the whole program."""


def parts(text: str) -> list[str | Reference]:
    """Splits a text into what stands as it is and what refers to something. `$$` is how a `$` is written."""
    found: list[str | Reference] = []
    at = 0
    while match := _PART.match(text, at):
        at = match.end()
        if match.group() == "${":
            reference, at = _reference(text, at)
            found.append(reference)
        else:
            found.append("$" if match.group() == "$$" else match.group())
    return found


def _reference(text: str, at: int) -> tuple[Reference, int]:
    start, steps = at, []
    while match := _STEP.match(text, at):
        name, index, key = match.group("name", "index", "key")
        steps.append(int(index) if index else name or key.replace('\\"', '"'))
        at = match.end()
    if not steps or isinstance(steps[0], int) or text[at : at + 1] != "}":
        shown = "".join(text[start - 2 :].partition("}")[:2])
        raise BadReference(f"{shown} is not a reference")
    return Reference(steps[0], tuple(steps[1:])), at + 1
