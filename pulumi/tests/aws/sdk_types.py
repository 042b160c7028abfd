"""Reads the resource types of Pulumi's official AWS package.

The `pulumi_aws` package is generated from the provider's schema, so its classes have the provider's exact tokens,
property names and types. This module reads them by introspection.
"""

import importlib
import inspect
import keyword
import types
import typing
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import metadata

import pulumi
from pulumi import _types as sdk
from pulumi.type_token import get_type_token

VERSION = metadata.version("pulumi_aws")
"""The provider's version."""

PROVIDER = "pulumi:providers:aws"
"""The token of an explicit provider. It belongs to no module."""


@dataclass(frozen=True)
class Scalar:
    """A value without parts: string, integer, number, boolean, asset, archive, or any."""

    name: str


@dataclass(frozen=True)
class ListOf:
    """A list."""

    element: "Shape"


@dataclass(frozen=True)
class MapOf:
    """A map from texts to values of one shape."""

    element: "Shape"


@dataclass(frozen=True)
class ObjectOf:
    """An object with fixed properties. It stores the class, not the properties, because a type can contain itself."""

    cls: type

    @property
    def token(self) -> str:
        """The type's token in the provider's schema."""
        module = self.cls.__module__.split(".")[1].rstrip("_")
        if module in ("_inputs", "outputs"):
            module = "index"
        name = self.cls.__name__.removesuffix("Args")
        return f"aws:{module}/{name}:{name}"

    @property
    def properties(self) -> "dict[str, Property]":
        """The properties by their camelCase names."""
        return _properties(self.cls)


@dataclass(frozen=True)
class OneOf:
    """A value with one of several shapes; for example, a policy is a text or an object."""

    shapes: "tuple[Shape, ...]"


Shape = Scalar | ListOf | MapOf | ObjectOf | OneOf

STRING, INTEGER, NUMBER, BOOLEAN = (Scalar(name) for name in ("string", "integer", "number", "boolean"))
ASSET, ARCHIVE, ANY = (Scalar(name) for name in ("asset", "archive", "any"))

_SCALARS: dict[typing.Any, Scalar] = {
    str: STRING,
    int: INTEGER,
    float: NUMBER,
    bool: BOOLEAN,
    pulumi.Asset: ASSET,
    pulumi.Archive: ARCHIVE,
}


@dataclass(frozen=True)
class Property:
    """One property of an object."""

    shape: Shape
    required: bool


@dataclass(frozen=True)
class Resource:
    """One resource type."""

    token: str
    inputs: dict[str, Property]
    outputs: dict[str, Shape]
    """The outputs that references can name, including `id` and `urn`."""


@cache
def resource(token: str) -> Resource | None:
    """Finds a type by its canonical token, `aws:sqs/queue:Queue`, or its short one, `aws:sqs:Queue`."""
    cls = _resource_class(token)
    if cls is None:
        return None
    canonical = PROVIDER if token == PROVIDER else get_type_token(cls)
    assert canonical is not None
    if token not in (canonical, _short(canonical)):
        return None
    module = importlib.import_module(cls.__module__)
    # The package uses `InitArgs` where a nested type has the usual name.
    args = getattr(module, f"{cls.__name__}InitArgs", None) or getattr(module, f"{cls.__name__}Args")
    outputs = {name: shape(typ) for name, typ in sdk.resource_types(cls).items() if not name.startswith("_")}
    return Resource(canonical, _properties(args), {**outputs, "id": STRING, "urn": STRING})


@cache
def names_in_module(token: str) -> list[str]:
    """The short tokens of all resource types in a token's module, for suggestions."""
    module = _module(token)
    tokens = (get_type_token(cls) for cls in vars(module).values() if _is_resource(cls)) if module else ()
    return sorted({_short(canonical) for canonical in tokens if canonical})


def shape(typ: typing.Any) -> Shape:
    """Converts an SDK's Python type, of an input or an output, to a shape."""
    if typ in _SCALARS:
        return _SCALARS[typ]
    origin, args = typing.get_origin(typ), typing.get_args(typ)
    if origin in (list, Sequence):
        return ListOf(shape(args[0]))
    if origin in (dict, Mapping):
        return MapOf(shape(args[1]))
    if origin in (typing.Union, types.UnionType):
        return _shape_of_union(args)
    if inspect.isclass(typ) and issubclass(typ, Enum):
        return shape(next(base for base in typ.__mro__ if base in _SCALARS))
    if inspect.isclass(typ) and (sdk.is_input_type(typ) or sdk.is_output_type(typ)):
        return ObjectOf(typ)
    return ANY


def _shape_of_union(members: tuple[typing.Any, ...]) -> Shape:
    """Removes the variants of a type: optional, awaitable, output, dictionary.

    Also removes resources as alternatives to texts: YAML would send a resource's URN, which AWS does not accept.
    """
    real = [m for m in members if m is not type(None) and typing.get_origin(m) not in (Awaitable, pulumi.Output)]
    objects = {m for m in real if inspect.isclass(m) and sdk.is_input_type(m)}
    dictionaries = {f"{cls.__name__}Dict" for cls in objects}
    plain = [m for m in real if not _is_resource(m) and getattr(m, "__name__", "") not in dictionaries]
    shapes = tuple(dict.fromkeys(shape(m) for m in plain if not (objects and sdk.is_output_type(m))))
    if set(shapes) == {ASSET, ARCHIVE}:
        return ASSET
    return shapes[0] if len(shapes) == 1 else OneOf(shapes)


@cache
def _properties(cls: type) -> dict[str, Property]:
    if sdk.is_output_type(cls):
        return {name: Property(shape(typ), False) for name, typ in sdk.output_type_types(cls).items()}
    parameters = inspect.signature(cls).parameters
    hints = sdk.input_type_types(cls)
    return {
        pulumi_name: Property(shape(hints[pulumi_name]), parameters[name].default is inspect.Parameter.empty)
        for name, pulumi_name in sdk.input_type_py_to_pulumi_names(cls).items()
    }


def _resource_class(token: str) -> type | None:
    module = _module(token)
    cls = getattr(module, "Provider" if token == PROVIDER else token.split(":")[-1], None)
    return cls if _is_resource(cls) else None


def _is_resource(cls: typing.Any) -> bool:
    return inspect.isclass(cls) and issubclass(cls, pulumi.Resource)


def _module(token: str) -> types.ModuleType | None:
    if token == PROVIDER:
        return importlib.import_module("pulumi_aws")
    package, *middle, _ = token.split(":") if token.count(":") == 2 else ("", "", "")
    name = middle[0].split("/")[0].lower()
    if package != "aws" or not name.isidentifier():
        return None
    if keyword.iskeyword(name):
        name += "_"
    try:
        module = importlib.import_module(f"pulumi_aws.{name}")
    except ModuleNotFoundError:
        return None
    # The package loads a module lazily; this access makes it list its names.
    getattr(module, "__all__", None)
    return module


def _short(canonical: str) -> str:
    package, module, name = canonical.split(":")
    return f"{package}:{module.split('/')[0]}:{name}"
