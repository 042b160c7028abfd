"""DynamoDB: tables and items."""

import json
from typing import Any

from fake_provider.clients import Clients
from fake_provider.resource_type import FAST_WAITER, ResourceType, changed, pick
from fake_provider.structs import Props


class Table(ResourceType):
    """Its id is its name."""

    token = "aws:dynamodb/table:Table"
    supported_inputs = (
        "attributes billingMode deletionProtectionEnabled hashKey name pointInTimeRecovery readCapacity ttl"
        " writeCapacity"
    )
    replacing_inputs = "hashKey name"
    name_input = "name"

    def create(self, aws: Clients, inputs: Props) -> str:
        client, name = aws("dynamodb"), inputs["name"]
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": entry["name"], "AttributeType": entry["type"]} for entry in inputs["attributes"]
            ],
            DeletionProtectionEnabled=inputs.get("deletionProtectionEnabled", False),
            **_billing(inputs),
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=FAST_WAITER)
        self._update_settings(client, {}, inputs)
        return str(name)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        client = aws("dynamodb")
        table = client.describe_table(TableName=id)["Table"]
        ttl = client.describe_time_to_live(TableName=id)["TimeToLiveDescription"]
        backups = client.describe_continuous_backups(TableName=id)["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        capacity = table.get("ProvisionedThroughput", {})
        return {
            "name": id,
            "arn": table["TableArn"],
            "attributes": [
                {"name": entry["AttributeName"], "type": entry["AttributeType"]}
                for entry in table["AttributeDefinitions"]
            ],
            "billingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "deletionProtectionEnabled": table.get("DeletionProtectionEnabled", False),
            "pointInTimeRecovery": {"enabled": recovery == "ENABLED"},
            "readCapacity": capacity.get("ReadCapacityUnits", 0),
            "ttl": {
                "enabled": ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING"),
                "attributeName": ttl.get("AttributeName", ""),
            },
            "writeCapacity": capacity.get("WriteCapacityUnits", 0),
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        client = aws("dynamodb")
        if changed(old, new, "billingMode", "readCapacity", "writeCapacity"):
            client.update_table(TableName=id, **_billing(new))
        if changed(old, new, "deletionProtectionEnabled"):
            protected = new.get("deletionProtectionEnabled", False)
            client.update_table(TableName=id, DeletionProtectionEnabled=protected)
        self._update_settings(client, old, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("dynamodb").delete_table(TableName=id)

    @staticmethod
    def _update_settings(client: Any, old: Props, new: Props) -> None:
        """Sets the settings that AWS accepts only for an existing table."""
        ttl = new.get("ttl") or {}
        if changed(old, new, "ttl") and (ttl or old):
            attribute = ttl.get("attributeName") or old["ttl"]["attributeName"]
            specification = {"Enabled": ttl.get("enabled", False), "AttributeName": attribute}
            client.update_time_to_live(TableName=new["name"], TimeToLiveSpecification=specification)
        if changed(old, new, "pointInTimeRecovery"):
            enabled = (new.get("pointInTimeRecovery") or {}).get("enabled", False)
            client.update_continuous_backups(
                TableName=new["name"], PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled}
            )


class TableItem(ResourceType):
    """Like in the real provider, its id is the table, the key's name and the key."""

    token = "aws:dynamodb/tableItem:TableItem"
    supported_inputs = "hashKey item tableName"
    replacing_inputs = "hashKey tableName"

    def create(self, aws: Clients, inputs: Props) -> str:
        item = json.loads(inputs["item"])
        aws("dynamodb").put_item(
            TableName=inputs["tableName"],
            Item=item,
            ConditionExpression="attribute_not_exists(#key)",
            ExpressionAttributeNames={"#key": inputs["hashKey"]},
        )
        return "|".join([inputs["tableName"], inputs["hashKey"], next(iter(item[inputs["hashKey"]].values()))])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("dynamodb").get_item(TableName=inputs["tableName"], Key=_key(inputs), ConsistentRead=True)
        return {"item": json.dumps(response["Item"])} if "Item" in response else None

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        client = aws("dynamodb")
        client.put_item(TableName=new["tableName"], Item=json.loads(new["item"]))
        if _key(old) != _key(new):
            client.delete_item(TableName=old["tableName"], Key=_key(old))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("dynamodb").delete_item(TableName=inputs["tableName"], Key=_key(inputs))


RESOURCE_TYPES = [Table, TableItem]


def _key(inputs: Props) -> Props:
    return pick(json.loads(inputs["item"]), inputs["hashKey"])


def _billing(inputs: Props) -> Props:
    if inputs.get("billingMode") == "PAY_PER_REQUEST":
        return {"BillingMode": "PAY_PER_REQUEST"}
    throughput = {"ReadCapacityUnits": inputs["readCapacity"], "WriteCapacityUnits": inputs["writeCapacity"]}
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput}
