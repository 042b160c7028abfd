#!/usr/bin/env python3
"""Prints what is at an AWS endpoint: `contents.py inventory|lobby-places|logs|logging-role ENDPOINT REGION`.

The tests compare inventories: `preview` must not change the inventory, and `destroy` must restore it.
"""

import sys
from collections.abc import Iterator
from typing import Any

import boto3

# Service, operation, path to the list in the response, and the member with an entry's name.
LISTS = [
    ("dynamodb", "list_tables", ["TableNames"], None),
    ("sqs", "list_queues", ["QueueUrls"], None),
    ("iam", "list_roles", ["Roles"], "RoleName"),
    ("lambda", "list_functions", ["Functions"], "FunctionName"),
    ("lambda", "list_event_source_mappings", ["EventSourceMappings"], "UUID"),
    ("logs", "describe_log_groups", ["logGroups"], "logGroupName"),
    ("apigatewayv2", "get_apis", ["Items"], "ApiId"),
    ("budgets", "describe_budgets", ["Budgets"], "BudgetName"),
    ("cloudwatch", "describe_alarms", ["MetricAlarms"], "AlarmName"),
    ("cloudwatch", "list_dashboards", ["DashboardEntries"], "DashboardName"),
    ("sns", "list_topics", ["Topics"], "TopicArn"),
    ("s3", "list_buckets", ["Buckets"], "Name"),
    ("cloudfront", "list_distributions", ["DistributionList", "Items"], "Id"),
    ("cloudfront", "list_origin_access_controls", ["OriginAccessControlList", "Items"], "Id"),
]


def inventory(session: boto3.Session, endpoint: str) -> Iterator[str]:
    """Lists all resources, one per line."""
    for service, operation, path, name in LISTS:
        client = session.client(service, endpoint_url=endpoint)
        parameters = {"AccountId": "000000000000"} if service == "budgets" else {}
        entries: Any = getattr(client, operation)(**parameters)
        for key in path:
            entries = entries.get(key) or {}
        for entry in entries:
            yield f"{service} {entry if name is None else entry[name]}"


def lobby_places(session: boto3.Session, endpoint: str) -> Iterator[str]:
    """The limit of the lobby's places in the environment of `join-game`."""
    functions = session.client("lambda", endpoint_url=endpoint).list_functions()["Functions"]
    for function in functions:
        if function["FunctionName"].endswith("-join-game"):
            yield function["Environment"]["Variables"]["RPS_LOBBY_PLACES"]


def logs(session: boto3.Session, endpoint: str) -> Iterator[str]:
    """Lists the lines of all functions' log groups."""
    client = session.client("logs", endpoint_url=endpoint)
    for page in client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/"):
        for group in page["logGroups"]:
            for events in client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"]):
                for event in events["events"]:
                    yield event["message"].strip()


def logging_role(session: boto3.Session, endpoint: str) -> Iterator[str]:
    """The role with which API Gateway writes the logs of all APIs."""
    yield session.client("apigateway", endpoint_url=endpoint).get_account().get("cloudwatchRoleArn") or ""


if __name__ == "__main__":
    contents, url, region = sys.argv[1:]
    lists = {"inventory": inventory, "lobby-places": lobby_places, "logs": logs, "logging-role": logging_role}
    list_lines = lists[contents]
    print(*list_lines(boto3.Session("test", "test", region_name=region), url), sep="\n")
