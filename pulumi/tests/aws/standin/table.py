"""The resource types that the stand-in knows."""

import sdk_types as sdk
from standin import apigateway, cloudfront, cloudwatch, dynamodb, functions, iam, s3, sns, sqs
from standin.kind import Kind

SERVICES = (apigateway, cloudfront, cloudwatch, dynamodb, functions, iam, s3, sns, sqs)


def _checked(kind: Kind) -> Kind:
    # Looked up here and not when first needed: the package loads its modules late, and not safely for threads.
    known = sdk.resource(kind.token)
    if known is None:
        raise LookupError(f"pulumi_aws {sdk.VERSION} has no {kind.token}")
    named = " ".join([kind.takes, kind.replaced_by, kind.keeps, kind.named_by or ""])
    wrong = set(named.split()) - set(known.inputs)
    if wrong:
        raise LookupError(f"{kind.token} has no {', '.join(sorted(wrong))}")
    kind.known = known
    return kind


TYPES: dict[str, Kind] = {kind.token: _checked(kind()) for service in SERVICES for kind in service.KINDS}
"""All types by their canonical tokens."""
