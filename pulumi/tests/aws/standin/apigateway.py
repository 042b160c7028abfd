"""API Gateway: WebSocket APIs and their parts, and the account's role for access logs."""

from typing import Any

from standin import tags
from standin.clients import Clients
from standin.kind import Kind, aws_names, pascal, pulumi_names
from standin.wire import Props


class Part(Kind):
    """An API or a part of one; its id is what AWS calls it. The service treats all of them alike."""

    keeps = frozenset(
        {"autoDeploy", "defaultRouteSettings", "requestTemplates", "stageVariables", "timeoutMilliseconds"}
    )

    def __init__(self, noun: str, id_name: str, *parents: str, renamed: dict[str, str] | None = None) -> None:
        self.noun, self.id_name, self.parents, self.renamed = noun, id_name, parents, renamed or {}

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(self._call(aws, "create", aws_names(inputs, self.renamed))[self.id_name])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found: Props = pulumi_names(self._call(aws, "get", self._which(id, inputs)), self.renamed)
        return {**found, **self.outputs(aws, id, {**inputs, **found})}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        # What is not named in the call stays, so a text that the program dropped is named as empty.
        dropped = {name: "" for name, value in old.items() if name not in new and isinstance(value, str)}
        settings = {name: value for name, value in {**dropped, **new}.items() if old.get(name) != value}
        if {*settings} - {"tags"}:
            self._call(aws, "update", {**aws_names(settings, self.renamed), **self._which(id, new)})
        if "tags" in {*old, *new}:
            tags.change(aws, "apigatewayv2", self.arn(aws, id, new), old.get("tags"), new.get("tags"))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self._call(aws, "delete", self._which(id, inputs))

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        """What the real provider adds to AWS's answer."""
        return {}

    def arn(self, aws: Clients, id: str, inputs: Props) -> str:
        """The name that tags are put on; parts without tags have none."""
        raise NotImplementedError

    def _which(self, id: str, inputs: Props) -> Props:
        return {**{pascal(parent): inputs[parent] for parent in self.parents}, self.id_name: id}

    def _call(self, aws: Clients, verb: str, parameters: Props) -> Props:
        client = aws("apigatewayv2")
        if verb == "update":
            takes = client.meta.service_model.operation_model(f"Update{pascal(self.noun)}".replace("_", ""))
            parameters = {name: value for name, value in parameters.items() if name in takes.input_shape.members}
        answer: Props = getattr(client, f"{verb}_{self.noun}")(**parameters)
        return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


class Api(Part):
    """`aws:apigatewayv2:Api`."""

    def __init__(self) -> None:
        super().__init__("api", "ApiId")

    def arn(self, aws: Clients, id: str, inputs: Props) -> str:
        return f"arn:aws:apigateway:{aws.region}::/apis/{id}"

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        execution = f"arn:aws:execute-api:{aws.region}:{aws.account}:{id}"
        return {"arn": self.arn(aws, id, inputs), "executionArn": execution}


class Stage(Part):
    """`aws:apigatewayv2:Stage`; its id is its name."""

    def __init__(self) -> None:
        super().__init__("stage", "StageName", "apiId", renamed={"name": "StageName"})

    def arn(self, aws: Clients, id: str, inputs: Props) -> str:
        return f"arn:aws:apigateway:{aws.region}::/apis/{inputs['apiId']}/stages/{id}"

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        super().update(aws, id, old, new)
        if "accessLogSettings" in old and "accessLogSettings" not in new:
            # AWS has DeleteAccessLogSettings for this, at which MiniStack deletes the whole stage.
            aws("apigatewayv2").update_stage(ApiId=new["apiId"], StageName=id, AccessLogSettings={})

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        api = inputs["apiId"]
        # In AWS it is wss://{api}.execute-api.{region}.amazonaws.com/{stage}. MiniStack serves the socket of every
        # stage on its one port, and @connections below the same path.
        host = aws.endpoint("apigatewayv2").split("://", 1)[-1]
        return {
            "arn": self.arn(aws, id, inputs),
            "executionArn": f"arn:aws:execute-api:{aws.region}:{aws.account}:{api}/{id}",
            "invokeUrl": f"ws://{host}/_aws/execute-api/{api}/{id}",
        }


class Account(Kind):
    """`aws:apigateway:Account`, of which each region has one; its id is fixed."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self._set(aws, inputs.get("cloudwatchRoleArn", ""))
        return "api-gateway-account"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found: Any = aws("apigateway").get_account()
        return {"apiKeyVersion": found.get("apiKeyVersion"), "cloudwatchRoleArn": found.get("cloudwatchRoleArn", "")}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._set(aws, new.get("cloudwatchRoleArn", ""))

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self._set(aws, "")

    @staticmethod
    def _set(aws: Clients, role: str) -> None:
        aws("apigateway").update_account(
            patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
        )
