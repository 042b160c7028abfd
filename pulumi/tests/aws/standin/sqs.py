"""SQS: queues, and which queues may use one as their dead-letter queue."""

from typing import Any

from standin.clients import Clients
from standin.kind import Kind, Put
from standin.wire import Props

ATTRIBUTES = {
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


class Queue(Kind):
    """Its id is its URL.

    The URL is the emulator's, not one under amazonaws.com, so it works for whoever is given it.
    """

    token = "aws:sqs/queue:Queue"
    takes = " ".join([*ATTRIBUTES, "name"])
    replaced_by = named_by = "name"
    keeps = " ".join(ATTRIBUTES.keys() - {"redrivePolicy"})

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(aws("sqs").create_queue(QueueName=inputs["name"], Attributes=_attributes(inputs))["QueueUrl"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("sqs").get_queue_attributes(QueueUrl=id, AttributeNames=["All"])["Attributes"]
        told = {ours: _typed(ours, found[theirs]) for ours, theirs in ATTRIBUTES.items() if theirs in found}
        arn = found["QueueArn"]
        return {**told, "arn": arn, "name": arn.split(":")[-1], "url": id}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        before, after = _attributes(old), _attributes(new)
        if "RedrivePolicy" in before:
            after.setdefault("RedrivePolicy", "")
        differing = {name: value for name, value in after.items() if before.get(name) != value}
        if differing:
            aws("sqs").set_queue_attributes(QueueUrl=id, Attributes=differing)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sqs").delete_queue(QueueUrl=id)


class RedriveAllowPolicy(Put):
    """Its id is the queue's URL."""

    token = "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy"
    takes = "queueUrl redriveAllowPolicy"
    replaced_by = "queueUrl"
    id_inputs = ("queueUrl",)

    def put(self, aws: Clients, inputs: Props) -> None:
        attributes = {"RedriveAllowPolicy": inputs["redriveAllowPolicy"]}
        aws("sqs").set_queue_attributes(QueueUrl=inputs["queueUrl"], Attributes=attributes)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("sqs").get_queue_attributes(QueueUrl=id, AttributeNames=["RedriveAllowPolicy"])
        policy = found.get("Attributes", {}).get("RedriveAllowPolicy")
        return {"queueUrl": id, "redriveAllowPolicy": policy} if policy else None

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self.put(aws, {"queueUrl": id, "redriveAllowPolicy": ""})


KINDS = [Queue, RedriveAllowPolicy]


def _attributes(inputs: Props) -> dict[str, str]:
    """All attributes of SQS are texts, the truth values among them in lower case."""
    return {
        theirs: str(inputs[ours]).lower() if isinstance(inputs[ours], bool) else str(inputs[ours])
        for ours, theirs in ATTRIBUTES.items()
        if ours in inputs
    }


def _typed(name: str, text: str) -> Any:
    if name == "redrivePolicy":
        return text
    return text == "true" if name == "sqsManagedSseEnabled" else int(text)
