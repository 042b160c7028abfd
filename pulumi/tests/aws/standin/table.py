"""The table of the resource types that the stand-in knows."""

from dataclasses import dataclass

import sdk_types as sdk
from standin import apigateway, cloudfront, cloudwatch, dynamodb, functions, iam, s3, sns, sqs
from standin.kind import Kind

KINDS: list[Kind] = [
    kind() for service in (apigateway, cloudfront, cloudwatch, dynamodb, functions, iam, s3, sns, sqs)
    for kind in service.KINDS
]  # fmt: skip


@dataclass(frozen=True)
class ResourceType:
    """One resource type."""

    known: sdk.Resource
    """What the official package says of it."""
    kind: Kind
    takes: frozenset[str]
    replaced_by: frozenset[str]
    keeps: frozenset[str]

    @property
    def named_by(self) -> str | None:
        """The input that is its name in AWS."""
        return self.kind.named_by


def _type(kind: Kind) -> ResourceType:
    # Looked up here and not when first needed: the package loads its modules late, and not safely for threads.
    known = sdk.resource(kind.token)
    if known is None:
        raise LookupError(f"pulumi_aws {sdk.VERSION} has no {kind.token}")
    takes, replaced_by, keeps = (frozenset(names.split()) for names in (kind.takes, kind.replaced_by, kind.keeps))
    wrong = (takes | replaced_by | keeps | ({kind.named_by} if kind.named_by else set())) - set(known.inputs)
    if wrong:
        raise LookupError(f"{kind.token} has no {', '.join(sorted(wrong))}")
    return ResourceType(known, kind, takes, replaced_by, keeps)


TYPES: dict[str, ResourceType] = {kind.token: _type(kind) for kind in KINDS}
"""All types by their canonical tokens."""
