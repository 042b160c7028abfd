"""The table of the resource types that the stand-in knows."""

from dataclasses import dataclass

import sdk_types as sdk
from standin import apigateway, cloudfront, cloudwatch, dynamodb, functions, iam, s3, sns, sqs
from standin.kind import Kind


@dataclass(frozen=True)
class ResourceType:
    """One resource type."""

    known: sdk.Resource
    """What the official package says of it."""
    kind: Kind
    takes: frozenset[str]
    """The inputs that reach AWS. Any other is refused: a test must not pass on what the stand-in ignores."""
    replaced_by: frozenset[str]
    """The inputs that cannot be changed in place, as with the real provider: a new thing takes the old one's place."""
    named_by: str | None
    """The input that is its name in AWS, and gets one made up when the program has none."""


def _type(token: str, kind: Kind, takes: str, replaced_by: str, named_by: str | None = None) -> ResourceType:
    # Looked up here and not when first needed: the package loads its modules late, and not safely for threads.
    known = sdk.resource(token)
    if known is None:
        raise LookupError(f"pulumi_aws {sdk.VERSION} has no {token}")
    inputs, replacing = frozenset(takes.split()), frozenset(replaced_by.split())
    wrong = (inputs | replacing | ({named_by} if named_by else set())) - set(known.inputs)
    if wrong:
        raise LookupError(f"{token} has no {', '.join(sorted(wrong))}")
    return ResourceType(known, kind, inputs, replacing, named_by)


_DYNAMODB = [
    _type(
        "aws:dynamodb/table:Table",
        dynamodb.Table(),
        "attributes billingMode deletionProtectionEnabled hashKey name pointInTimeRecovery rangeKey readCapacity tags"
        " ttl writeCapacity",
        "hashKey name rangeKey",
        "name",
    ),
    _type(
        "aws:dynamodb/tableItem:TableItem",
        dynamodb.TableItem(),
        "hashKey item rangeKey tableName",
        "hashKey rangeKey tableName",
    ),
]

_SQS = [
    _type("aws:sqs/queue:Queue", sqs.Queue(), " ".join([*sqs.ATTRIBUTES, "name", "tags"]), "name", "name"),
    _type(
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy",
        sqs.RedriveAllowPolicy(),
        "queueUrl redriveAllowPolicy",
        "queueUrl",
    ),
]

_IAM = [
    _type("aws:iam/role:Role", iam.Role(), "assumeRolePolicy description name tags", "name", "name"),
    _type("aws:iam/rolePolicy:RolePolicy", iam.RolePolicy(), "name policy role", "name role", "name"),
    _type(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        iam.RolePolicyAttachment(),
        "policyArn role",
        "policyArn role",
    ),
]

_LAMBDA = [
    _type(
        "aws:lambda/function:Function",
        functions.Function(),
        " ".join([*functions.CONFIGURATION, "architectures", "code", "name", "tags"]),
        "name",
        "name",
    ),
    _type(
        "aws:lambda/functionRecursionConfig:FunctionRecursionConfig",
        functions.FunctionRecursionConfig(),
        "functionName recursiveLoop",
        "functionName",
    ),
    _type(
        "aws:lambda/eventSourceMapping:EventSourceMapping",
        functions.EventSourceMapping(),
        "batchSize enabled eventSourceArn functionName functionResponseTypes maximumBatchingWindowInSeconds"
        " scalingConfig",
        "eventSourceArn",
    ),
    _type(
        "aws:lambda/permission:Permission",
        functions.Permission(),
        "action function principal sourceAccount sourceArn statementId",
        "action function principal sourceAccount sourceArn statementId",
    ),
]

_CLOUDWATCH = [
    _type("aws:cloudwatch/logGroup:LogGroup", cloudwatch.LogGroup(), "name retentionInDays tags", "name", "name"),
    _type(
        "aws:cloudwatch/logMetricFilter:LogMetricFilter",
        cloudwatch.LogMetricFilter(),
        "logGroupName metricTransformation name pattern",
        "logGroupName name",
    ),
    _type(
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        cloudwatch.MetricAlarm(),
        " ".join([*cloudwatch.MetricAlarm.PLAIN, "dimensions metricQueries name okActions tags"]),
        "name",
        "name",
    ),
    _type("aws:cloudwatch/dashboard:Dashboard", cloudwatch.Dashboard(), "dashboardBody dashboardName", "dashboardName"),
]

_APIGATEWAY = [
    _type(
        "aws:apigatewayv2/api:Api",
        apigateway.Api(),
        "description name protocolType routeSelectionExpression tags",
        "protocolType",
        "name",
    ),
    _type(
        "aws:apigatewayv2/integration:Integration",
        apigateway.Part("integration", "IntegrationId", "apiId", renamed={"timeoutMilliseconds": "TimeoutInMillis"}),
        "apiId contentHandlingStrategy description integrationMethod integrationType integrationUri passthroughBehavior"
        " requestTemplates templateSelectionExpression timeoutMilliseconds",
        "apiId integrationType",
    ),
    _type(
        "aws:apigatewayv2/route:Route",
        apigateway.Part("route", "RouteId", "apiId"),
        "apiId routeKey routeResponseSelectionExpression target",
        "apiId",
    ),
    _type(
        "aws:apigatewayv2/routeResponse:RouteResponse",
        apigateway.Part("route_response", "RouteResponseId", "apiId", "routeId"),
        "apiId routeId routeResponseKey",
        "apiId routeId",
    ),
    _type(
        "aws:apigatewayv2/stage:Stage",
        apigateway.Stage(),
        "accessLogSettings apiId autoDeploy defaultRouteSettings description name stageVariables tags",
        "apiId name",
        "name",
    ),
    _type("aws:apigateway/account:Account", apigateway.Account(), "cloudwatchRoleArn", ""),
]

_SNS = [
    _type("aws:sns/topic:Topic", sns.Topic(), "name tags", "name", "name"),
    _type(
        "aws:sns/topicSubscription:TopicSubscription",
        sns.TopicSubscription(),
        "endpoint protocol topic",
        "endpoint protocol topic",
    ),
]

_S3 = [
    _type(
        "aws:s3/bucket:Bucket",
        s3.Bucket(),
        "bucket bucketPrefix forceDestroy tags",
        "bucket bucketPrefix",
        "bucket",
    ),
    _type(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        s3.BucketPublicAccessBlock(),
        " ".join([*s3.BucketPublicAccessBlock.SETTINGS, "bucket"]),
        "bucket",
    ),
    _type(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        s3.BucketObject(),
        "bucket cacheControl content contentType key source",
        "bucket key",
        "key",
    ),
    _type("aws:s3/bucketPolicy:BucketPolicy", s3.BucketPolicy(), "bucket policy", "bucket"),
]

_CLOUDFRONT = [
    _type(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        cloudfront.OriginAccessControl(),
        "description name originAccessControlOriginType signingBehavior signingProtocol",
        "name",
        "name",
    ),
    _type(
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        cloudfront.ResponseHeadersPolicy(),
        "comment customHeadersConfig name removeHeadersConfig securityHeadersConfig",
        "",
        "name",
    ),
    _type(
        "aws:cloudfront/distribution:Distribution",
        cloudfront.Distribution(),
        "aliases comment customErrorResponses defaultCacheBehavior defaultRootObject enabled httpVersion isIpv6Enabled"
        " orderedCacheBehaviors origins priceClass restrictions viewerCertificate waitForDeployment webAclId",
        "",
    ),
]

TYPES: dict[str, ResourceType] = {
    one.known.token: one
    for service in (_DYNAMODB, _SQS, _IAM, _LAMBDA, _CLOUDWATCH, _APIGATEWAY, _SNS, _S3, _CLOUDFRONT)
    for one in service
}
"""All types by their canonical tokens."""
