"""Conversion of values from and to Pulumi's protocol."""

from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

Props = dict[str, Any]

UNKNOWN = rpc.UNKNOWN
"""A preview's placeholder for a value that only AWS can provide."""

_KIND = rpc._special_sig_key
_FILES = (rpc._special_asset_sig, rpc._special_archive_sig)


def from_struct(struct: struct_pb2.Struct) -> Props:
    """Converts a message to properties. Whole numbers become integers, because Protobuf has only floats."""
    props: Props = _whole(json_format.MessageToDict(struct))
    return props


def to_struct(props: Props) -> struct_pb2.Struct:
    """Converts properties to a message."""
    struct = struct_pb2.Struct()
    struct.update(props)
    return struct


def is_file(value: Any) -> bool:
    """Whether a value is an asset or an archive."""
    return isinstance(value, dict) and value.get(_KIND) in _FILES


def same(old: Any, new: Any) -> bool:
    """Whether two values are equal. Like the real provider, this compares only the contents of files."""
    if is_file(old) and is_file(new):
        return bool(old.get("hash") == new.get("hash"))
    return bool(old == new)


def file_bytes(value: Props) -> bytes:
    """The content of an asset, or of an archive that already is a zip file."""
    path = Path(value.get("path") or "")
    if not path.is_file():
        raise ValueError(f"{str(path)!r} is not a file: use a file for an asset, and a zip file for an archive")
    return path.read_bytes()


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
