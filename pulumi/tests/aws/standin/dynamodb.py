"""DynamoDB: tables and items."""

import json
from typing import Any

from standin.clients import Clients
from standin.kind import SOON, Kind, changed, picked
from standin.wire import Props


class Table(Kind):
    """Its id is its name."""

    token = "aws:dynamodb/table:Table"
    takes = (
        "attributes billingMode deletionProtectionEnabled hashKey name pointInTimeRecovery readCapacity ttl"
        " writeCapacity"
    )
    replaced_by = "hashKey name"
    named_by = "name"

    def create(self, aws: Clients, inputs: Props) -> str:
        client, name = aws("dynamodb"), inputs["name"]
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}],
            AttributeDefinitions=[
                {"AttributeName": one["name"], "AttributeType": one["type"]} for one in inputs["attributes"]
            ],
            DeletionProtectionEnabled=inputs.get("deletionProtectionEnabled", False),
            **_billing(inputs),
        )
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=SOON)
        self._settle(client, {}, inputs)
        return str(name)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        client = aws("dynamodb")
        found = client.describe_table(TableName=id)["Table"]
        ttl = client.describe_time_to_live(TableName=id)["TimeToLiveDescription"]
        backups = client.describe_continuous_backups(TableName=id)["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        capacity = found.get("ProvisionedThroughput", {})
        return {
            "name": id,
            "arn": found["TableArn"],
            "attributes": [
                {"name": one["AttributeName"], "type": one["AttributeType"]} for one in found["AttributeDefinitions"]
            ],
            "billingMode": found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "deletionProtectionEnabled": found.get("DeletionProtectionEnabled", False),
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
        self._settle(client, old, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("dynamodb").delete_table(TableName=id)

    @staticmethod
    def _settle(client: Any, old: Props, new: Props) -> None:
        """What a table takes only once it exists."""
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


class TableItem(Kind):
    """Its id is the table, the name of the key and the key, as the real provider has it."""

    token = "aws:dynamodb/tableItem:TableItem"
    takes = "hashKey item tableName"
    replaced_by = "hashKey tableName"

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
        found = aws("dynamodb").get_item(TableName=inputs["tableName"], Key=_key(inputs), ConsistentRead=True)
        return {"item": json.dumps(found["Item"])} if "Item" in found else None

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        client = aws("dynamodb")
        client.put_item(TableName=new["tableName"], Item=json.loads(new["item"]))
        if _key(old) != _key(new):
            client.delete_item(TableName=old["tableName"], Key=_key(old))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("dynamodb").delete_item(TableName=inputs["tableName"], Key=_key(inputs))


KINDS = [Table, TableItem]


def _key(inputs: Props) -> Props:
    return picked(json.loads(inputs["item"]), inputs["hashKey"])


def _billing(inputs: Props) -> Props:
    if inputs.get("billingMode") == "PAY_PER_REQUEST":
        return {"BillingMode": "PAY_PER_REQUEST"}
    throughput = {"ReadCapacityUnits": inputs["readCapacity"], "WriteCapacityUnits": inputs["writeCapacity"]}
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput}
