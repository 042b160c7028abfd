"""API Gateway: WebSocket APIs and their parts, and the account's role for access logs."""

from typing import Any

from standin.clients import Clients
from standin.kind import Kind, Put, aws_names, pascal, pulumi_names
from standin.wire import Props


class Part(Kind):
    """An API or a part of one; its id is what AWS calls it. The service treats all of them alike."""

    noun: str
    id_name: str
    parents: tuple[str, ...] = ("apiId",)
    renamed: dict[str, str] = {}

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(self._call(aws, "create", aws_names(inputs, self.renamed))[self.id_name])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found: Props = pulumi_names(self._call(aws, "get", self._which(id, inputs)), self.renamed)
        return {**found, **self.outputs(aws, id, {**inputs, **found})}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        # What is not named in the call stays, so a text that the program dropped is named as empty.
        dropped = {name: "" for name, value in old.items() if name not in new and isinstance(value, str)}
        settings = {name: value for name, value in {**dropped, **new}.items() if old.get(name) != value}
        if settings:
            self._call(aws, "update", {**aws_names(settings, self.renamed), **self._which(id, new)})

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self._call(aws, "delete", self._which(id, inputs))

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        """What the real provider adds to AWS's answer."""
        return {}

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
    token = "aws:apigatewayv2/api:Api"
    takes = "description name protocolType routeSelectionExpression"
    replaced_by = "protocolType"
    named_by = "name"
    noun, id_name, parents = "api", "ApiId", ()

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        execution = f"arn:aws:execute-api:{aws.region}:{aws.account}:{id}"
        return {"arn": f"arn:aws:apigateway:{aws.region}::/apis/{id}", "executionArn": execution}


class Integration(Part):
    token = "aws:apigatewayv2/integration:Integration"
    takes = "apiId integrationMethod integrationType integrationUri"
    replaced_by = "apiId integrationType"
    noun, id_name = "integration", "IntegrationId"


class Route(Part):
    token = "aws:apigatewayv2/route:Route"
    takes = "apiId routeKey routeResponseSelectionExpression target"
    replaced_by = "apiId"
    noun, id_name = "route", "RouteId"


class RouteResponse(Part):
    token = "aws:apigatewayv2/routeResponse:RouteResponse"
    takes = "apiId routeId routeResponseKey"
    replaced_by = "apiId routeId"
    noun, id_name, parents = "route_response", "RouteResponseId", ("apiId", "routeId")


class Stage(Part):
    """Its id is its name."""

    token = "aws:apigatewayv2/stage:Stage"
    takes = "accessLogSettings apiId autoDeploy defaultRouteSettings name"
    replaced_by = "apiId name"
    named_by = "name"
    keeps = "autoDeploy defaultRouteSettings"
    noun, id_name, renamed = "stage", "StageName", {"name": "StageName"}

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
            "arn": f"arn:aws:apigateway:{aws.region}::/apis/{api}/stages/{id}",
            "executionArn": f"arn:aws:execute-api:{aws.region}:{aws.account}:{api}/{id}",
            "invokeUrl": f"ws://{host}/_aws/execute-api/{api}/{id}",
        }


class Account(Put):
    """Of these each region has one; its id is fixed."""

    token = "aws:apigateway/account:Account"
    takes = "cloudwatchRoleArn"
    id_inputs = ()

    def put(self, aws: Clients, inputs: Props) -> None:
        role = inputs.get("cloudwatchRoleArn", "")
        aws("apigateway").update_account(
            patchOperations=[{"op": "replace", "path": "/cloudwatchRoleArn", "value": role}]
        )

    def create(self, aws: Clients, inputs: Props) -> str:
        self.put(aws, inputs)
        return "api-gateway-account"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found: Any = aws("apigateway").get_account()
        return {"apiKeyVersion": found.get("apiKeyVersion"), "cloudwatchRoleArn": found.get("cloudwatchRoleArn", "")}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self.put(aws, {})


KINDS = [Api, Integration, Route, RouteResponse, Stage, Account]
