"""Budgets."""

from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType, aws_names
from fake_provider.structs import Props


class Budget(ResourceType):
    """Its id is the account's id and its name."""

    token = "aws:budgets/budget:Budget"
    supported_inputs = "budgetType limitAmount limitUnit name notifications timeUnit"
    replacing_inputs = name_input = "name"

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("budgets").create_budget(
            AccountId=aws.account,
            Budget={
                "BudgetName": inputs["name"],
                "BudgetType": inputs["budgetType"],
                "BudgetLimit": {"Amount": inputs["limitAmount"], "Unit": inputs["limitUnit"]},
                "TimeUnit": inputs["timeUnit"],
            },
            NotificationsWithSubscribers=[_notification(entry) for entry in inputs["notifications"]],
        )
        return f"{aws.account}:{inputs['name']}"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        account, name = id.split(":")
        budget = aws("budgets").describe_budget(AccountId=account, BudgetName=name)["Budget"]
        limit = budget["BudgetLimit"]
        return {
            "accountId": account,
            "budgetType": budget["BudgetType"],
            "limitAmount": limit["Amount"],
            "limitUnit": limit["Unit"],
            "name": name,
            "timeUnit": budget["TimeUnit"],
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self.delete(aws, id, old)
        self.create(aws, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        account, name = id.split(":")
        aws("budgets").delete_budget(AccountId=account, BudgetName=name)


RESOURCE_TYPES = [Budget]


def _notification(inputs: Props) -> Props:
    addresses = inputs["subscriberEmailAddresses"]
    notification = {name: value for name, value in inputs.items() if name != "subscriberEmailAddresses"}
    subscribers = [{"SubscriptionType": "EMAIL", "Address": address} for address in addresses]
    return {"Notification": aws_names(notification), "Subscribers": subscribers}
