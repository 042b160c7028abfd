"""Checks a program's values against their shapes, and follows the references in them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

import sdk_types as sdk
from references import BadReference, Reference, parts
from sdk_types import (
    ANY, ARCHIVE, ASSET, BOOLEAN, INTEGER, NUMBER, STRING, ListOf, MapOf, ObjectOf, OneOf, Property, Shape,
)  # fmt: skip

PULUMI = {"cwd", "organization", "project", "rootDirectory", "stack"}
"""The names after `pulumi.` in a reference."""

CALLS: dict[str, Shape] = {
    "fn::fileArchive": ARCHIVE,
    "fn::fileAsset": ASSET,
    "fn::select": ANY,
    "fn::split": ListOf(STRING),
    "fn::toJSON": STRING,
}
"""The Pulumi YAML functions that the program uses, and the shapes of their results."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Suggests the most similar known word for an error message."""
    near = get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


@dataclass(frozen=True)
class Fault:
    """A fault and its location in the resource."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


@dataclass(frozen=True)
class Names:
    """The names with which a reference may begin."""

    types: dict[str, sdk.Resource]
    resources: set[str]
    """All resources, including resources of unknown types: those have one fault, and none at each reference."""
    variables: set[str]
    """The variables; the checks do not know their shapes."""


class Values:
    """The values of one resource or output."""

    def __init__(self, names: Names, report: Callable[[Fault], None]) -> None:
        self.names = names
        self.report = report

    def properties(self, where: str, given: Any, known: dict[str, Property]) -> None:
        """Checks an object for unknown and missing properties, and the shape of each property."""
        if not isinstance(given, dict):
            self._wrong(where, given, "an object")
            return
        for name, value in given.items():
            inner = f"{where}.{name}" if where else name
            if name in known:
                self.value(inner, value, known[name].shape)
            else:
                self.report(Fault(inner, f"unknown property{suggestion(name, known)}"))
        for name, declared in known.items():
            if declared.required and given.get(name) is None:
                self.report(Fault(f"{where}.{name}" if where else name, "is required, but missing"))

    def value(self, where: str, given: Any, shape: Shape) -> None:
        """Checks a value's shape and follows its references."""
        shape = _alternative(given, shape)
        if given is None:
            return
        if isinstance(given, str):
            self._text(where, given, shape)
        elif isinstance(given, dict):
            self._object(where, given, shape)
        elif isinstance(given, list):
            if not isinstance(shape, ListOf) and shape != ANY:
                self._wrong(where, given, _words(shape))
            for index, element in enumerate(given):
                self.value(f"{where}[{index}]", element, shape.element if isinstance(shape, ListOf) else ANY)
        elif not _fits(_literal(given), shape):
            self._wrong(where, given, _words(shape))

    def whole_resources(self, where: str, given: Any) -> None:
        """Checks a list of references to whole resources, such as `${queue}`."""
        for index, element in enumerate(given):
            references = self._parts(f"{where}[{index}]", element)
            if len(references) != 1 or not isinstance(references[0], Reference) or references[0].path:
                self._wrong(f"{where}[{index}]", element, "a resource, written ${name}")
            elif references[0].root not in self.names.resources:
                self._unknown_root(f"{where}[{index}]", references[0])

    def _text(self, where: str, given: str, shape: Shape) -> None:
        text_parts = self._parts(where, given)
        shapes = [self._follow(where, part) for part in text_parts if isinstance(part, Reference)]
        if len(text_parts) == 1 and shapes:
            if not _converts(shapes[0], shape):
                self.report(Fault(where, f"{text_parts[0]} is {_words(shapes[0])}, but must be {_words(shape)}"))
        elif not _fits(STRING, shape):
            self._wrong(where, given, _words(shape))

    def _object(self, where: str, given: dict[str, Any], shape: Shape) -> None:
        if _is_call(given):
            self._call(where, *next(iter(given.items())), shape)
        elif isinstance(shape, ObjectOf):
            self.properties(where, given, shape.properties)
        else:
            if not isinstance(shape, MapOf) and shape != ANY:
                self._wrong(where, given, _words(shape))
            for key, element in given.items():
                self.value(
                    f"{where}.{key}" if where else key, element, shape.element if isinstance(shape, MapOf) else ANY
                )

    def _call(self, where: str, call: str, argument: Any, shape: Shape) -> None:
        if call not in CALLS:
            self.report(Fault(where, f"unknown function {call}{suggestion(call, CALLS)}"))
            return
        if not _converts(CALLS[call], shape):
            self.report(Fault(where, f"{call} returns {_words(CALLS[call])}, but it must be {_words(shape)}"))
        self.value(f"{where}.{call}" if where else call, argument, ANY)

    def _parts(self, where: str, text: str) -> list[str | Reference]:
        try:
            return parts(text)
        except BadReference as bad:
            self.report(Fault(where, str(bad)))
            return []

    def _follow(self, where: str, reference: Reference) -> Shape:
        """The shape of the referenced value; ANY after a fault, so that each mistake has one line."""
        root, path = reference.root, reference.path
        if root == "pulumi":
            if not path or path[0] not in PULUMI:
                self.report(Fault(where, f"{reference}: use one of {', '.join(sorted(PULUMI))} after pulumi"))
            return STRING
        if root in self.names.variables:
            return ANY
        if root not in self.names.resources:
            self._unknown_root(where, reference)
        elif root in self.names.types:
            return self._output(where, reference, self.names.types[root].outputs)
        return ANY

    def _output(self, where: str, reference: Reference, outputs: dict[str, Shape]) -> Shape:
        if not reference.path:
            self.report(Fault(where, f"{reference} is a whole resource: name one of its outputs"))
            return ANY
        shape: Shape | None = None
        for step in reference.path:
            known: Iterable[str] = outputs if shape is None else getattr(shape, "properties", ())
            shape = _inner(shape, step) if shape else outputs.get(str(step))
            if shape is None:
                self.report(Fault(where, f"{reference}: unknown {step}{suggestion(str(step), known)}"))
                return ANY
        assert shape is not None
        return shape

    def _unknown_root(self, where: str, reference: Reference) -> None:
        near = suggestion(reference.root, self.names.resources | self.names.variables)
        self.report(Fault(where, f"{reference}: unknown name {reference.root}{near}"))

    def _wrong(self, where: str, given: Any, must: str) -> None:
        self.report(Fault(where, f"is {given!r}, but must be {must}"))


def _inner(shape: Shape, step: str | int) -> Shape | None:
    if shape == ANY:
        return ANY
    if isinstance(shape, ListOf):
        return shape.element if isinstance(step, int) else None
    if isinstance(shape, MapOf):
        return shape.element if isinstance(step, str) else None
    if isinstance(shape, ObjectOf) and step in shape.properties:
        return shape.properties[str(step)].shape
    return None


def _alternative(given: Any, shape: Shape) -> Shape:
    """The alternative for a list or an object, so that its elements can be checked."""
    if not isinstance(shape, OneOf) or _is_call(given) or not isinstance(given, (dict, list)):
        return shape
    kinds = (MapOf, ObjectOf) if isinstance(given, dict) else ListOf
    return next((one for one in shape.shapes if isinstance(one, kinds)), shape)


def _is_call(given: Any) -> bool:
    return isinstance(given, dict) and len(given) == 1 and next(iter(given)).startswith("fn::")


def _literal(given: Any) -> Shape:
    if isinstance(given, bool):
        return BOOLEAN
    return INTEGER if isinstance(given, int) else NUMBER


def _fits(given: Shape, shape: Shape) -> bool:
    """Whether a literal fits. This is stricter than Pulumi, which converts numbers to strings."""
    if isinstance(shape, OneOf):
        return any(_fits(given, one) for one in shape.shapes)
    return given == shape or shape == ANY or (given == INTEGER and shape == NUMBER)


def _converts(given: Shape, shape: Shape) -> bool:
    """Whether Pulumi converts a value to another shape. Ignores the elements of lists, maps and objects."""
    if isinstance(shape, OneOf):
        return any(_converts(given, one) for one in shape.shapes)
    if ANY in (given, shape) or given == shape:
        return True
    if shape == STRING:
        return given in (INTEGER, NUMBER, BOOLEAN)
    if isinstance(shape, (MapOf, ObjectOf)):
        return isinstance(given, (MapOf, ObjectOf))
    if isinstance(shape, ListOf):
        return isinstance(given, ListOf)
    return {given, shape} == {INTEGER, NUMBER} or (given, shape) == (ARCHIVE, ASSET)


def _words(shape: Shape) -> str:
    if isinstance(shape, OneOf):
        return " or ".join(_words(one) for one in shape.shapes)
    if isinstance(shape, ListOf):
        return "a list"
    if isinstance(shape, (MapOf, ObjectOf)):
        return "an object" if isinstance(shape, ObjectOf) else "a map"
    return ("an " if shape.name[0] in "ai" else "a ") + shape.name
