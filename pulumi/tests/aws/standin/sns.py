"""SNS: topics and who is told."""

from standin.clients import Clients
from standin.kind import Kind
from standin.wire import Props


class Topic(Kind):
    """Its id is its ARN."""

    token = "aws:sns/topic:Topic"
    takes = replaced_by = named_by = "name"

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(aws("sns").create_topic(Name=inputs["name"])["TopicArn"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("sns").get_topic_attributes(TopicArn=id)["Attributes"]
        return {"arn": id, "name": id.split(":")[-1], "owner": found.get("Owner")}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sns").delete_topic(TopicArn=id)


class TopicSubscription(Kind):
    """Its id is its ARN.

    MiniStack confirms a subscription of an e-mail address at once; AWS waits for its owner.
    """

    token = "aws:sns/topicSubscription:TopicSubscription"
    takes = replaced_by = "endpoint protocol topic"

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

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sns").unsubscribe(SubscriptionArn=id)


KINDS = [Topic, TopicSubscription]
