"""SNS: topics and subscriptions."""

from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType
from fake_provider.structs import Props


class Topic(ResourceType):
    """Its id is its ARN."""

    token = "aws:sns/topic:Topic"
    supported_inputs = replacing_inputs = name_input = "name"

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(aws("sns").create_topic(Name=inputs["name"])["TopicArn"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("sns").get_topic_attributes(TopicArn=id)["Attributes"]
        return {"arn": id, "name": id.split(":")[-1], "owner": response.get("Owner")}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sns").delete_topic(TopicArn=id)


class TopicSubscription(ResourceType):
    """Its id is its ARN.

    MiniStack confirms the subscription of an e-mail address at once; on AWS, its owner must confirm it.
    """

    token = "aws:sns/topicSubscription:TopicSubscription"
    supported_inputs = replacing_inputs = "endpoint protocol topic"

    def create(self, aws: Clients, inputs: Props) -> str:
        response = aws("sns").subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            ReturnSubscriptionArn=True,
        )
        return str(response["SubscriptionArn"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("sns").get_subscription_attributes(SubscriptionArn=id)["Attributes"]
        return {
            "arn": id,
            "endpoint": response["Endpoint"],
            "ownerId": response.get("Owner"),
            "pendingConfirmation": response.get("PendingConfirmation") == "true",
            "protocol": response["Protocol"],
            "topic": response["TopicArn"],
        }

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("sns").unsubscribe(SubscriptionArn=id)


RESOURCE_TYPES = [Topic, TopicSubscription]
