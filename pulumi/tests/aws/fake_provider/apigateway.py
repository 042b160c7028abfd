"""API Gateway: WebSocket APIs and their parts, and the account's role for access logs."""

from typing import Any

from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType, PutResourceType, aws_names, pascal, pulumi_names
from fake_provider.structs import Props


class ApiResourceType(ResourceType):
    """An API or a part of it. Its id is AWS's id. The operations of all these types follow one pattern."""

    noun: str
    id_name: str
    parents: tuple[str, ...] = ("apiId",)
    renamed: dict[str, str] = {}

    def create(self, aws: Clients, inputs: Props) -> str:
        return str(self._call(aws, "create", aws_names(inputs, self.renamed))[self.id_name])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response: Props = pulumi_names(self._call(aws, "get", self._identifiers(id, inputs)), self.renamed)
        return {**response, **self.outputs(aws, id, {**inputs, **response})}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        # The service keeps parameters that a call omits, so send an empty text for each removed text.
        removed = {name: "" for name, value in old.items() if name not in new and isinstance(value, str)}
        settings = {name: value for name, value in {**removed, **new}.items() if old.get(name) != value}
        if settings:
            self._call(aws, "update", {**aws_names(settings, self.renamed), **self._identifiers(id, new)})

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self._call(aws, "delete", self._identifiers(id, inputs))

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        """The outputs that the real provider adds to AWS's response."""
        return {}

    def _identifiers(self, id: str, inputs: Props) -> Props:
        return {**{pascal(parent): inputs[parent] for parent in self.parents}, self.id_name: id}

    def _call(self, aws: Clients, verb: str, parameters: Props) -> Props:
        client = aws("apigatewayv2")
        if verb == "update":
            operation = client.meta.service_model.operation_model(f"Update{pascal(self.noun)}".replace("_", ""))
            parameters = {name: value for name, value in parameters.items() if name in operation.input_shape.members}
        response: Props = getattr(client, f"{verb}_{self.noun}")(**parameters)
        return {name: value for name, value in response.items() if name != "ResponseMetadata"}


class Api(ApiResourceType):
    token = "aws:apigatewayv2/api:Api"
    supported_inputs = "description name protocolType routeSelectionExpression"
    replacing_inputs = "protocolType"
    name_input = "name"
    noun, id_name, parents = "api", "ApiId", ()

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        # AWS's endpoint is wss://{api}.execute-api.{region}.amazonaws.com. MiniStack serves all APIs on its single port,
        # with @connections below the same path.
        host = aws.endpoint("apigatewayv2").split("://", 1)[-1]
        return {
            "apiEndpoint": f"ws://{host}/_aws/execute-api/{id}",
            "arn": f"arn:aws:apigateway:{aws.region}::/apis/{id}",
            "executionArn": f"arn:aws:execute-api:{aws.region}:{aws.account}:{id}",
        }


class Integration(ApiResourceType):
    token = "aws:apigatewayv2/integration:Integration"
    supported_inputs = "apiId integrationMethod integrationType integrationUri"
    replacing_inputs = "apiId integrationType"
    noun, id_name = "integration", "IntegrationId"


class Route(ApiResourceType):
    token = "aws:apigatewayv2/route:Route"
    supported_inputs = "apiId routeKey routeResponseSelectionExpression target"
    replacing_inputs = "apiId"
    noun, id_name = "route", "RouteId"


class RouteResponse(ApiResourceType):
    token = "aws:apigatewayv2/routeResponse:RouteResponse"
    supported_inputs = "apiId routeId routeResponseKey"
    replacing_inputs = "apiId routeId"
    noun, id_name, parents = "route_response", "RouteResponseId", ("apiId", "routeId")


class Stage(ApiResourceType):
    """Its id is its name."""

    token = "aws:apigatewayv2/stage:Stage"
    supported_inputs = "accessLogSettings apiId autoDeploy defaultRouteSettings name routeSettings"
    replacing_inputs = "apiId name"
    name_input = "name"
    # The real provider removes access logs with an empty object, which AWS ignores.
    unresettable_inputs = "accessLogSettings autoDeploy defaultRouteSettings routeSettings"
    noun, id_name, renamed = "stage", "StageName", {"name": "StageName"}

    def outputs(self, aws: Clients, id: str, inputs: Props) -> Props:
        api = inputs["apiId"]
        host = aws.endpoint("apigatewayv2").split("://", 1)[-1]
        return {
            "arn": f"arn:aws:apigateway:{aws.region}::/apis/{api}/stages/{id}",
            "executionArn": f"arn:aws:execute-api:{aws.region}:{aws.account}:{api}/{id}",
            "invokeUrl": f"ws://{host}/_aws/execute-api/{api}/{id}",
        }

    def _call(self, aws: Clients, verb: str, parameters: Props) -> Props:
        """Pulumi has a list of route settings, and AWS has an object by route key."""
        if "RouteSettings" in parameters:
            settings = {route.pop("RouteKey"): route for route in parameters["RouteSettings"]}
            parameters = {**parameters, "RouteSettings": settings}
            # AWS refuses settings of a missing route, and MiniStack does not.
            routes = aws("apigatewayv2").get_routes(ApiId=parameters["ApiId"], MaxResults="100")["Items"]
            missing = settings.keys() - {route["RouteKey"] for route in routes}
            if missing:
                raise ValueError(f"unable to find routes by the keys {sorted(missing)} within the provided RouteSettings")
        response = super()._call(aws, verb, parameters)
        by_key = response.get("RouteSettings", {})
        routes = [{"RouteKey": key, **settings} for key, settings in sorted(by_key.items())]
        return {**response, "RouteSettings": routes}


class Account(PutResourceType):
    """API Gateway's settings for the account and region. Its id is fixed. Deleting it resets the logging role."""

    token = "aws:apigateway/account:Account"
    supported_inputs = "cloudwatchRoleArn"
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
        account: Any = aws("apigateway").get_account()
        role = account.get("cloudwatchRoleArn", "")
        return {"apiKeyVersion": account.get("apiKeyVersion"), "cloudwatchRoleArn": role}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self.put(aws, {})


RESOURCE_TYPES = [Api, Integration, Route, RouteResponse, Stage, Account]
