"""Lambda: functions, what may call them, and what does."""

import json
from typing import Any

from standin.clients import Clients
from standin.kind import SOON, Kind, Put, aws_names, changed, picked, pulumi_names
from standin.wire import Props, file_bytes, same

CONFIGURATION = ("description", "environment", "handler", "loggingConfig", "memorySize", "role", "runtime", "timeout")


class Function(Kind):
    """Its id is its name."""

    token = "aws:lambda/function:Function"
    takes = " ".join([*CONFIGURATION, "architectures code name"])
    replaced_by = named_by = "name"
    keeps = "architectures handler loggingConfig memorySize runtime timeout"

    def create(self, aws: Clients, inputs: Props) -> str:
        client, name = aws("lambda"), inputs["name"]
        client.create_function(
            FunctionName=name,
            Code={"ZipFile": file_bytes(inputs["code"])},
            **aws_names(picked(inputs, *CONFIGURATION, "architectures")),
        )
        client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig=SOON)
        return str(name)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        configuration = aws("lambda").get_function_configuration(FunctionName=id)
        arn, version = configuration["FunctionArn"], configuration["Version"]
        told = pulumi_names(picked(configuration, *aws_names(dict.fromkeys((*CONFIGURATION, "architectures")))))
        return {
            **told,
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
            client.get_waiter("function_updated_v2").wait(FunctionName=id, WaiterConfig=SOON)
        if changed(old, new, *CONFIGURATION):
            # Lambda keeps what is not named in the call, so what the program dropped is named as empty.
            empty: Props = {"description": "", "environment": {"variables": {}}}
            settings = {**picked(empty, *old), **picked(new, *CONFIGURATION)}
            client.update_function_configuration(FunctionName=id, **aws_names(settings))
            client.get_waiter("function_updated_v2").wait(FunctionName=id, WaiterConfig=SOON)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("lambda").delete_function(FunctionName=id)


class FunctionRecursionConfig(Put):
    """Its id is the function's name. Without one Lambda terminates loops."""

    token = "aws:lambda/functionRecursionConfig:FunctionRecursionConfig"
    takes = "functionName recursiveLoop"
    replaced_by = "functionName"
    id_inputs = ("functionName",)

    def put(self, aws: Clients, inputs: Props) -> None:
        aws("lambda").put_function_recursion_config(**aws_names(inputs))

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("lambda").get_function_recursion_config(FunctionName=id)
        return {"functionName": id, "recursiveLoop": found["RecursiveLoop"]}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self.put(aws, {"functionName": id, "recursiveLoop": "Terminate"})


class EventSourceMapping(Kind):
    """Its id is the UUID that Lambda gives it."""

    token = "aws:lambda/eventSourceMapping:EventSourceMapping"
    takes = "batchSize eventSourceArn functionName functionResponseTypes"
    replaced_by = "eventSourceArn"
    keeps = "batchSize"

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(aws("lambda").create_event_source_mapping(**aws_names(inputs))["UUID"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("lambda").get_event_source_mapping(UUID=id)
        told: Props = pulumi_names(found, {"arn": "EventSourceMappingArn", "uuid": "UUID"})
        # Lambda knows the function by its ARN; the program may have named it, which is the same.
        named = inputs.get("functionName", "")
        enabled = found.get("State") not in ("Disabled", "Disabling")
        function = named if told["functionArn"].split(":function:")[-1] == named else told["functionArn"]
        return {**told, "enabled": enabled, "functionName": function}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        settings = {**picked({"functionResponseTypes": []}, *old), **new}
        del settings["eventSourceArn"]
        aws("lambda").update_event_source_mapping(UUID=id, **aws_names(settings))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("lambda").delete_event_source_mapping(UUID=id)


class Permission(Kind):
    """Its id is the statement's."""

    token = "aws:lambda/permission:Permission"
    takes = replaced_by = "action function principal sourceArn statementId"

    def create(self, aws: Clients, inputs: Props) -> str:
        aws("lambda").add_permission(**aws_names(inputs, {"function": "FunctionName"}))
        return str(inputs["statementId"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        policy = json.loads(aws("lambda").get_policy(FunctionName=inputs["function"])["Policy"])
        found = next((one for one in policy["Statement"] if one["Sid"] == id), None)
        if found is None:
            return None
        source = _first(found.get("Condition", {}).get("ArnLike", {}), "AWS:SourceArn")
        principal = found["Principal"]
        return {
            "action": found["Action"],
            "principal": principal if isinstance(principal, str) else next(iter(principal.values())),
            "statementId": id,
            **({"sourceArn": source} if source else {}),
        }

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("lambda").remove_permission(FunctionName=inputs["function"], StatementId=id)


KINDS = [Function, FunctionRecursionConfig, EventSourceMapping, Permission]


def _first(condition: Props, name: str) -> Any:
    return next((value for key, value in condition.items() if key.lower() == name.lower()), None)
