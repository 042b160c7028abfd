"""Lambda: functions, event source mappings and permissions."""

import json
from typing import Any

from fake_provider.clients import Clients
from fake_provider.resource_type import (
    FAST_WAITER, ResourceType, aws_names, changed, pick, pulumi_names,
)  # fmt: skip
from fake_provider.structs import Props, file_bytes, same

CONFIGURATION = ("description", "environment", "handler", "loggingConfig", "memorySize", "role", "runtime", "timeout")


class Function(ResourceType):
    """Its id is its name."""

    token = "aws:lambda/function:Function"
    supported_inputs = " ".join([*CONFIGURATION, "architectures code name reservedConcurrentExecutions"])
    replacing_inputs = name_input = "name"
    unresettable_inputs = "architectures handler loggingConfig memorySize runtime timeout"

    def create(self, aws: Clients, inputs: Props) -> str:
        client, name = aws("lambda"), inputs["name"]
        client.create_function(
            FunctionName=name,
            Code={"ZipFile": file_bytes(inputs["code"])},
            **aws_names(pick(inputs, *CONFIGURATION, "architectures")),
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=FAST_WAITER)
        self._reserve(aws, name, {}, inputs)
        return str(name)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        configuration = aws("lambda").get_function_configuration(FunctionName=id)
        arn, version = configuration["FunctionArn"], configuration["Version"]
        aws_values = pulumi_names(pick(configuration, *aws_names(dict.fromkeys((*CONFIGURATION, "architectures")))))
        concurrency = aws("lambda").get_function_concurrency(FunctionName=id)
        return {
            **aws_values,
            # The real provider's value for a function without reserved executions is -1, too.
            "reservedConcurrentExecutions": concurrency.get("ReservedConcurrentExecutions", -1),
            "arn": arn,
            "codeSha256": configuration["CodeSha256"],
            "invokeArn": f"arn:aws:apigateway:{aws.region}:lambda:path/2015-03-31/functions/{arn}/invocations",
            "name": id,
            "qualifiedArn": f"{arn}:{version}",
            "sourceCodeSize": configuration["CodeSize"],
            "version": version,
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        client = aws("lambda")
        if not same(old.get("code"), new["code"]) or changed(old, new, "architectures"):
            architectures = {"Architectures": new["architectures"]} if "architectures" in new else {}
            client.update_function_code(FunctionName=id, ZipFile=file_bytes(new["code"]), **architectures)
            client.get_waiter("function_updated_v2").wait(FunctionName=id, WaiterConfig=FAST_WAITER)
        if changed(old, new, *CONFIGURATION):
            # Lambda keeps settings that a call omits, so send empty values for removed settings.
            empty: Props = {"description": "", "environment": {"variables": {}}}
            settings = {**pick(empty, *old), **pick(new, *CONFIGURATION)}
            client.update_function_configuration(FunctionName=id, **aws_names(settings))
            client.get_waiter("function_updated_v2").wait(FunctionName=id, WaiterConfig=FAST_WAITER)
        self._reserve(aws, id, old, new)

    def _reserve(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        name = "reservedConcurrentExecutions"
        if name in new and changed(old, new, name):
            aws("lambda").put_function_concurrency(FunctionName=id, ReservedConcurrentExecutions=new[name])
        elif name in old and name not in new:
            aws("lambda").delete_function_concurrency(FunctionName=id)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("lambda").delete_function(FunctionName=id)


class EventSourceMapping(ResourceType):
    """Its id is the UUID that Lambda generates."""

    token = "aws:lambda/eventSourceMapping:EventSourceMapping"
    supported_inputs = "batchSize eventSourceArn functionName functionResponseTypes scalingConfig"
    replacing_inputs = "eventSourceArn"
    unresettable_inputs = "batchSize"

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(aws("lambda").create_event_source_mapping(**aws_names(inputs))["UUID"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("lambda").get_event_source_mapping(UUID=id)
        aws_values: Props = pulumi_names(response, {"arn": "EventSourceMappingArn", "uuid": "UUID"})
        # Lambda returns the function's ARN; return the program's value if it is the same function's name.
        name = inputs.get("functionName", "")
        enabled = response.get("State") not in ("Disabled", "Disabling")
        function = name if aws_values["functionArn"].split(":function:")[-1] == name else aws_values["functionArn"]
        return {**aws_values, "enabled": enabled, "functionName": function}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        settings = {**pick({"functionResponseTypes": [], "scalingConfig": {}}, *old), **new}
        del settings["eventSourceArn"]
        aws("lambda").update_event_source_mapping(UUID=id, **aws_names(settings))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("lambda").delete_event_source_mapping(UUID=id)


class Permission(ResourceType):
    """Its id is the statement's id."""

    token = "aws:lambda/permission:Permission"
    supported_inputs = replacing_inputs = "action function principal sourceArn statementId"

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("lambda").add_permission(**aws_names(inputs, {"function": "FunctionName"}))
        return str(inputs["statementId"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        policy = json.loads(aws("lambda").get_policy(FunctionName=inputs["function"])["Policy"])
        response = next((entry for entry in policy["Statement"] if entry["Sid"] == id), None)
        if response is None:
            return None
        source = _first(response.get("Condition", {}).get("ArnLike", {}), "AWS:SourceArn")
        principal = response["Principal"]
        return {
            "action": response["Action"],
            "principal": principal if isinstance(principal, str) else next(iter(principal.values())),
            "statementId": id,
            **({"sourceArn": source} if source else {}),
        }

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("lambda").remove_permission(FunctionName=inputs["function"], StatementId=id)


RESOURCE_TYPES = [Function, EventSourceMapping, Permission]


def _first(condition: Props, name: str) -> Any:
    return next((value for key, value in condition.items() if key.lower() == name.lower()), None)
