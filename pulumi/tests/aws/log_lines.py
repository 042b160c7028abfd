#!/usr/bin/env python3
"""Prints all that functions have logged in an AWS: `log_lines.py ENDPOINT REGION`."""

import sys
from collections.abc import Iterator

import boto3


def log_lines(endpoint: str, region: str) -> Iterator[str]:
    """Every line of every function's log group."""
    logs = boto3.Session("test", "test", region_name=region).client("logs", endpoint_url=endpoint)
    for page in logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix="/aws/lambda/"):
        for group in page["logGroups"]:
            events = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            for found in events:
                for event in found["events"]:
                    yield event["message"].strip()


if __name__ == "__main__":
    for line in log_lines(sys.argv[1], sys.argv[2]):
        print(line)
