#!/usr/bin/env python3
"""Lists all that exists in an AWS, one line a thing: `inventory.py ENDPOINT REGION`.

The tests compare: nothing before `up` and after `preview`, nothing after `destroy`.
"""

import sys
from collections.abc import Iterator
from typing import Any

import boto3

# Service, operation, where the list is in the answer, what names an entry.
LISTS = [
    ("dynamodb", "list_tables", ["TableNames"], None),
    ("sqs", "list_queues", ["QueueUrls"], None),
    ("iam", "list_roles", ["Roles"], "RoleName"),
    ("lambda", "list_functions", ["Functions"], "FunctionName"),
    ("lambda", "list_event_source_mappings", ["EventSourceMappings"], "UUID"),
    ("logs", "describe_log_groups", ["logGroups"], "logGroupName"),
    ("apigatewayv2", "get_apis", ["Items"], "ApiId"),
    ("cloudwatch", "describe_alarms", ["MetricAlarms"], "AlarmName"),
    ("cloudwatch", "list_dashboards", ["DashboardEntries"], "DashboardName"),
    ("sns", "list_topics", ["Topics"], "TopicArn"),
    ("s3", "list_buckets", ["Buckets"], "Name"),
    ("cloudfront", "list_distributions", ["DistributionList", "Items"], "Id"),
    ("cloudfront", "list_origin_access_controls", ["OriginAccessControlList", "Items"], "Id"),
]


def inventory(endpoint: str, region: str) -> Iterator[str]:
    """Everything there is."""
    session = boto3.Session("test", "test", region_name=region)
    for service, operation, path, name in LISTS:
        client = session.client(service, endpoint_url=endpoint)
        found: Any = getattr(client, operation)()
        for key in path:
            found = found.get(key) or {}
        for entry in found:
            yield f"{service} {entry if name is None else entry[name]}"


if __name__ == "__main__":
    for line in inventory(sys.argv[1], sys.argv[2]):
        print(line)
