"""The resource types that the fake provider supports."""

import sdk_types as sdk
from fake_provider import apigateway, budgets, cloudfront, cloudwatch, dynamodb, functions, iam, s3, sns, sqs
from fake_provider.resource_type import ResourceType

SERVICES = (apigateway, budgets, cloudfront, cloudwatch, dynamodb, functions, iam, s3, sns, sqs)


def _with_schema(resource_type: ResourceType) -> ResourceType:
    # Load all schemas now: the package loads its modules lazily, which is not thread-safe.
    token = resource_type.token
    schema = sdk.resource(token)
    if schema is None:
        raise LookupError(f"pulumi_aws {sdk.VERSION} has no {token}")
    inputs = [resource_type.supported_inputs, resource_type.replacing_inputs, resource_type.unresettable_inputs]
    names = " ".join([*inputs, resource_type.name_input or ""])
    unknown = set(names.split()) - set(schema.inputs)
    if unknown:
        raise LookupError(f"{token} has no {', '.join(sorted(unknown))}")
    resource_type.schema = schema
    return resource_type


TYPES: dict[str, ResourceType] = {
    resource_type.token: _with_schema(resource_type())
    for service in SERVICES
    for resource_type in service.RESOURCE_TYPES
}
"""All types by their canonical tokens."""
