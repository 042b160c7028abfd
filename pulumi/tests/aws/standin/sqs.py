"""SQS: queues, and which queues may use one as their dead-letter queue."""

from typing import Any

from standin import tags
from standin.clients import Clients
from standin.kind import Kind
from standin.wire import Props

ATTRIBUTES = {
    "delaySeconds": "DelaySeconds",
    "maxMessageSize": "MaximumMessageSize",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "redrivePolicy": "RedrivePolicy",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}


class Queue(Kind):
    """`aws:sqs:Queue`; its id is its URL.

    The URL is the emulator's, not one under amazonaws.com, so it works for whoever is given it.
    """

    keeps = frozenset(ATTRIBUTES) - {"redrivePolicy"}

    def create(self, aws: Clients, inputs: Props) -> str:
        made = aws("sqs").create_queue(
            QueueName=inputs["name"], Attributes=_attributes(inputs), tags=inputs.get("tags") or {}
        )
        return str(made["QueueUrl"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("sqs").get_queue_attributes(QueueUrl=id, AttributeNames=["All"])["Attributes"]
        told = {ours: _typed(ours, found[theirs]) for ours, theirs in ATTRIBUTES.items() if theirs in found}
        arn = found["QueueArn"]
        return {**told, "arn": arn, "name": arn.split(":")[-1], "tags": tags.read(aws, "sqs", id), "url": id}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        before, after = _attributes(old), _attributes(new)
        if "RedrivePolicy" in before:
            after.setdefault("RedrivePolicy", "")
        differing = {name: value for name, value in after.items() if before.get(name) != value}
        if differing:
            aws("sqs").set_queue_attributes(QueueUrl=id, Attributes=differing)
        tags.change(aws, "sqs", id, old.get("tags"), new.get("tags"))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sqs").delete_queue(QueueUrl=id)


class RedriveAllowPolicy(Kind):
    """`aws:sqs:RedriveAllowPolicy`; its id is the queue's URL."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self._set(aws, inputs["queueUrl"], inputs["redriveAllowPolicy"])
        return str(inputs["queueUrl"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("sqs").get_queue_attributes(QueueUrl=id, AttributeNames=["RedriveAllowPolicy"])
        policy = found.get("Attributes", {}).get("RedriveAllowPolicy")
        return {"queueUrl": id, "redriveAllowPolicy": policy} if policy else None

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._set(aws, id, new["redriveAllowPolicy"])

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self._set(aws, id, "")

    @staticmethod
    def _set(aws: Clients, url: str, policy: str) -> None:
        aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"RedriveAllowPolicy": policy})


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
