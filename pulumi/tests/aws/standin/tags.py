"""Tags. Every service has them, and each spells them another way."""

from typing import Any

from standin.clients import Clients

Tags = dict[str, str]

# service: operations to tag, untag and list; the name of the resource in them; the name of the keys to remove; of the
# tags; whether tags are a list of pairs.
_SPELLING: dict[str, tuple[str, str, str, str, str, str, bool]] = {
    "apigatewayv2": ("tag_resource", "untag_resource", "get_tags", "ResourceArn", "TagKeys", "Tags", False),
    "cloudwatch": ("tag_resource", "untag_resource", "list_tags_for_resource", "ResourceARN", "TagKeys", "Tags", True),
    "dynamodb": ("tag_resource", "untag_resource", "list_tags_of_resource", "ResourceArn", "TagKeys", "Tags", True),
    "iam": ("tag_role", "untag_role", "list_role_tags", "RoleName", "TagKeys", "Tags", True),
    "lambda": ("tag_resource", "untag_resource", "list_tags", "Resource", "TagKeys", "Tags", False),
    "logs": ("tag_resource", "untag_resource", "list_tags_for_resource", "resourceArn", "tagKeys", "tags", False),
    "sns": ("tag_resource", "untag_resource", "list_tags_for_resource", "ResourceArn", "TagKeys", "Tags", True),
    "sqs": ("tag_queue", "untag_queue", "list_queue_tags", "QueueUrl", "TagKeys", "Tags", False),
}


def pairs(tags: Tags | None) -> list[dict[str, str]]:
    """Tags as the list of pairs that some services take."""
    return [{"Key": key, "Value": value} for key, value in (tags or {}).items()]


def read(aws: Clients, service: str, resource: str) -> Tags:
    """The tags that a resource has."""
    _, _, operation, name, _, field, _ = _SPELLING[service]
    found = getattr(aws(service), operation)(**{name: resource}).get(field) or {}
    return {pair["Key"]: pair["Value"] for pair in found} if isinstance(found, list) else dict(found)


def change(aws: Clients, service: str, resource: str, old: Tags | None, new: Tags | None) -> None:
    """Makes the old tags the new ones."""
    tag, untag, _, name, keys, field, as_pairs = _SPELLING[service]
    before, after = old or {}, new or {}
    gone = [key for key in before if key not in after]
    if gone:
        getattr(aws(service), untag)(**{name: resource, keys: gone})
    if after != before and after:
        value: Any = pairs(after) if as_pairs else after
        getattr(aws(service), tag)(**{name: resource, field: value})
