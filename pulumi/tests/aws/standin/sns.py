"""SNS: topics and who is told."""

from standin import tags
from standin.clients import Clients
from standin.kind import Kind
from standin.wire import Props


class Topic(Kind):
    """`aws:sns:Topic`; its id is its ARN."""

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(aws("sns").create_topic(Name=inputs["name"], Tags=tags.pairs(inputs.get("tags")))["TopicArn"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("sns").get_topic_attributes(TopicArn=id)["Attributes"]
        return {
            "arn": id,
            "displayName": found.get("DisplayName", ""),
            "name": id.split(":")[-1],
            "owner": found.get("Owner"),
            "tags": tags.read(aws, "sns", id),
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        tags.change(aws, "sns", id, old.get("tags"), new.get("tags"))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sns").delete_topic(TopicArn=id)


class TopicSubscription(Kind):
    """`aws:sns:TopicSubscription`; its id is its ARN. Nothing of it can be changed in place.

    MiniStack confirms a subscription of an e-mail address at once; AWS waits for its owner.
    """

    def create(self, aws: Clients, inputs: Props) -> str:
        made = aws("sns").subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            ReturnSubscriptionArn=True,
        )
        return str(made["SubscriptionArn"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("sns").get_subscription_attributes(SubscriptionArn=id)["Attributes"]
        return {
            "arn": id,
            "endpoint": found["Endpoint"],
            "ownerId": found.get("Owner"),
            "pendingConfirmation": found.get("PendingConfirmation") == "true",
            "protocol": found["Protocol"],
            "topic": found["TopicArn"],
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        raise NotImplementedError("a subscription is replaced, never changed")

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sns").unsubscribe(SubscriptionArn=id)
