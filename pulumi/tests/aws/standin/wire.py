"""Values as Pulumi's engine sends and takes them."""

from pathlib import Path
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import rpc

Props = dict[str, Any]

UNKNOWN = rpc.UNKNOWN
"""What stands, in a preview, for a value that only AWS will know."""

_KIND = rpc._special_sig_key
_FILES = (rpc._special_asset_sig, rpc._special_archive_sig)


def received(struct: struct_pb2.Struct) -> Props:
    """The properties of a message. Protobuf has no integers: whole numbers become them again."""
    props: Props = _whole(json_format.MessageToDict(struct))
    return props


def sent(props: Props) -> struct_pb2.Struct:
    """The message of some properties."""
    struct = struct_pb2.Struct()
    struct.update(props)
    return struct


def is_file(value: Any) -> bool:
    """Whether a value is an asset or an archive."""
    return isinstance(value, dict) and value.get(_KIND) in _FILES


def same(old: Any, new: Any) -> bool:
    """Whether a value changed. Of a file only the content counts, as it does for the real provider."""
    if is_file(old) and is_file(new):
        return bool(old.get("hash") == new.get("hash"))
    return bool(old == new)


def file_bytes(value: Props) -> bytes:
    """The content of an asset, or of an archive that already is a zip file."""
    path = Path(value.get("path") or "")
    if not path.is_file():
        raise ValueError(f"{str(path)!r} is not a file: the stand-in takes files, and a zip as an archive")
    return path.read_bytes()


def _whole(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
