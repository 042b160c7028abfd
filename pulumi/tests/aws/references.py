"""Parses references in a Pulumi YAML program: `${queue.arn}`, `${distribution.origins[0].domainName}`."""

import re
from dataclasses import dataclass

_PART = re.compile(r"\$\$|\$\{|[^$]+|\$")
_STEP = re.compile(r"""\.?(?P<name>[^.\[\]{}"$\s]+)|\[(?P<index>\d+)\]|\["(?P<key>(?:\\"|[^"])*)"\]""")


@dataclass(frozen=True)
class Reference:
    """A `${...}`: the name of a resource or variable, and the path into its value."""

    root: str
    path: tuple[str | int, ...]

    def __str__(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        return f"${{{self.root}{''.join(steps)}}}"


class BadReference(ValueError):
    """A `${` without a valid reference; Pulumi rejects such a program."""


def parts(text: str) -> list[str | Reference]:
    """Splits a text into literal texts and references. `$$` stands for a literal `$`."""
    result: list[str | Reference] = []
    position = 0
    while match := _PART.match(text, position):
        position = match.end()
        if match.group() == "${":
            reference, position = _reference(text, position)
            result.append(reference)
        else:
            result.append("$" if match.group() == "$$" else match.group())
    return result


def _reference(text: str, start: int) -> tuple[Reference, int]:
    position, steps = start, []
    while match := _STEP.match(text, position):
        name, index, key = match.group("name", "index", "key")
        steps.append(int(index) if index else name or key.replace('\\"', '"'))
        position = match.end()
    if not steps or isinstance(steps[0], int) or text[position : position + 1] != "}":
        source = "".join(text[start - 2 :].partition("}")[:2])
        raise BadReference(f"{source} is not a valid reference")
    return Reference(steps[0], tuple(steps[1:])), position + 1
