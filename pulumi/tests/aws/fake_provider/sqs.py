"""SQS: queues and redrive permissions."""

from typing import Any

from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType, PutResourceType
from fake_provider.structs import Props

ATTRIBUTES = {
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


class Queue(ResourceType):
    """Its id is its URL, which is the emulator's, so that clients can use it."""

    token = "aws:sqs/queue:Queue"
    supported_inputs = " ".join([*ATTRIBUTES, "name"])
    replacing_inputs = name_input = "name"
    unresettable_inputs = " ".join(ATTRIBUTES.keys() - {"redrivePolicy"})

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(aws("sqs").create_queue(QueueName=inputs["name"], Attributes=_attributes(inputs))["QueueUrl"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("sqs").get_queue_attributes(QueueUrl=id, AttributeNames=["All"])["Attributes"]
        aws_values = {ours: _typed(ours, response[theirs]) for ours, theirs in ATTRIBUTES.items() if theirs in response}
        arn = response["QueueArn"]
        return {**aws_values, "arn": arn, "name": arn.split(":")[-1], "url": id}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        before, after = _attributes(old), _attributes(new)
        if "RedrivePolicy" in before:
            after.setdefault("RedrivePolicy", "")
        differing = {name: value for name, value in after.items() if before.get(name) != value}
        if differing:
            aws("sqs").set_queue_attributes(QueueUrl=id, Attributes=differing)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sqs").delete_queue(QueueUrl=id)


class RedriveAllowPolicy(PutResourceType):
    """Its id is the queue's URL."""

    token = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
    supported_inputs = "queueUrl redriveAllowPolicy"
    replacing_inputs = "queueUrl"
    id_inputs = ("queueUrl",)

    def put(self, aws: Clients, inputs: Props) -> None:
        attributes = {"RedriveAllowPolicy": inputs["redriveAllowPolicy"]}
        aws("sqs").set_queue_attributes(QueueUrl=inputs["queueUrl"], Attributes=attributes)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("sqs").get_queue_attributes(QueueUrl=id, AttributeNames=["RedriveAllowPolicy"])
        policy = response.get("Attributes", {}).get("RedriveAllowPolicy")
        return {"queueUrl": id, "redriveAllowPolicy": policy} if policy else None

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self.put(aws, {"queueUrl": id, "redriveAllowPolicy": ""})


RESOURCE_TYPES = [Queue, RedriveAllowPolicy]


def _attributes(inputs: Props) -> dict[str, str]:
    """Converts inputs to SQS attributes, which are all texts; booleans are lower-case."""
    return {
        theirs: str(inputs[ours]).lower() if isinstance(inputs[ours], bool) else str(inputs[ours])
        for ours, theirs in ATTRIBUTES.items()
        if ours in inputs
    }


def _typed(name: str, text: str) -> Any:
    if name == "redrivePolicy":
        return text
    return text == "true" if name == "sqsManagedSseEnabled" else int(text)
