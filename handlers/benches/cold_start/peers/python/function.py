"""Stores a new connection, and answers 200. The loop at the end does the work of Lambda's runtime for Python."""

import http.client
import json
import os

import boto3

TABLE = os.environ["RPS_TABLE"]
CLIENT = boto3.client("dynamodb")


def handle(event):
    context = event["requestContext"]
    connected_at_ms = context["connectedAt"]
    CLIENT.put_item(
        TableName=TABLE,
        Item={
            "pk": {"S": "C#" + context["connectionId"]},
            "v": {"N": "1"},
            "connected_at_ms": {"N": str(connected_at_ms)},
            "ttl": {"N": str(connected_at_ms // 1000 + 10_800)},
        },
        ConditionExpression="attribute_not_exists(pk)",
    )
    return {"statusCode": 200}


def main():
    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    base = "/2018-06-01/runtime/invocation/"
    while True:
        runtime.request("GET", base + "next")
        response = runtime.getresponse()
        request_id = response.headers["lambda-runtime-aws-request-id"]
        result = json.dumps(handle(json.load(response)))
        runtime.request("POST", f"{base}{request_id}/response", result)
        runtime.getresponse().read()


main()
