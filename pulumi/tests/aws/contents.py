#!/usr/bin/env python3
"""Prints what is in an AWS: `contents.py inventory|logs ENDPOINT REGION`.

The tests compare inventories: nothing before `up` and after `preview`, nothing after `destroy`.
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


def inventory(session: boto3.Session, endpoint: str) -> Iterator[str]:
    """Everything there is, one line a thing."""
    for service, operation, path, name in LISTS:
        client = session.client(service, endpoint_url=endpoint)
        found: Any = getattr(client, operation)()
        for key in path:
            found = found.get(key) or {}
        for entry in found:
            yield f"{service} {entry if name is None else entry[name]}"


def logs(session: boto3.Session, endpoint: str) -> Iterator[str]:
    """Every line of every function's log group."""
    client = session.client("logs", endpoint_url=endpoint)
    for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/"):
        for group in page["logGroups"]:
            for found in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                for event in found["events"]:
                    yield event["message"].strip()


if __name__ == "__main__":
    contents, url, region = sys.argv[1:]
    listed = {"inventory": inventory, "logs": logs}[contents]
    print(*listed(boto3.Session("test", "test", region_name=region), url), sep="\n")
