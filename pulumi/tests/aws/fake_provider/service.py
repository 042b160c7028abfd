"""Pulumi's protocol: handles the engine's calls to a provider."""

import functools
import json
import traceback
from collections.abc import Callable
from typing import Any

import grpc
from botocore.exceptions import BotoCoreError, ClientError
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

import package_schema
import sdk_types as sdk
from fake_provider import resources
from fake_provider.clients import Clients, SettingsError
from fake_provider.resource_type import ResourceType
from fake_provider.structs import Props, from_struct, to_struct
from fake_provider.table import TYPES

NOT_FOUND_CODES = {
    "404", "AWS.SimpleQueueService.NonExistentQueue", "DashboardNotFoundError", "NoSuchBucket",
    "NoSuchBucketPolicy", "NoSuchDistribution", "NoSuchEntity", "NoSuchOriginAccessControl",
    "NoSuchPublicAccessBlockConfiguration", "NoSuchResponseHeadersPolicy", "NotFound", "NotFoundException",
    "ResourceNotFound", "ResourceNotFoundException",
}  # fmt: skip
"""The services' error codes for a missing resource."""

Method = Callable[[Any, Any, grpc.ServicerContext], Any]


def with_one_line_errors(method: Method) -> Method:
    """Converts exceptions to one-line errors, which Pulumi shows. Prints the trace of the fake provider's own bugs."""

    @functools.wraps(method)
    def wrapped(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except (BotoCoreError, ClientError, SettingsError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, " ".join(str(error).split()))
        except Exception as error:
            traceback.print_exc()
            context.abort(grpc.StatusCode.UNKNOWN, f"the fake provider failed: {type(error).__name__}: {error}")

    return wrapped


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The fake provider's gRPC service."""

    def __init__(self) -> None:
        self._clients: Clients | None = None

    @property
    def aws(self) -> Clients:
        """The AWS clients. They exist after `Configure`."""
        if self._clients is None:
            raise SettingsError("the provider has no settings: Pulumi must call Configure first")
        return self._clients

    @with_one_line_errors
    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=sdk.VERSION)

    @with_one_line_errors
    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps(package_schema.schema(list(TYPES))))

    @with_one_line_errors
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    @with_one_line_errors
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Changed settings never replace resources: the emulator has another port in each run."""
        return _diff_response(from_struct(request.old_inputs) != from_struct(request.news))

    @with_one_line_errors
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._clients = Clients(from_struct(request.args))
        # Without acceptSecrets, Pulumi itself tracks and encrypts the secret values.
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    @with_one_line_errors
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource_type, logical_name = _type_and_name(request.urn)
        old, new = from_struct(request.olds), from_struct(request.news)
        inputs = resources.with_name(resource_type, logical_name, request.randomSeed, old, new)
        errors = resources.input_errors(resource_type, inputs)
        failures = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in errors]
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=failures)

    @with_one_line_errors
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource_type, _ = _type_and_name(request.urn)
        diff = resources.difference(resource_type, from_struct(request.old_inputs), from_struct(request.news))
        details = {"diffs": diff.changed, "replaces": diff.replacing, "deleteBeforeReplace": diff.delete_first}
        return _diff_response(bool(diff.changed), **details)

    @with_one_line_errors
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource_type, _ = _type_and_name(request.urn)
        inputs = from_struct(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=to_struct(resources.preview_outputs(resource_type, inputs)))
        id = resource_type.create(self.aws, _without_generated(inputs))
        return provider_pb2.CreateResponse(id=id, properties=to_struct(self._outputs(resource_type, id, inputs)))

    @with_one_line_errors
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource_type, _ = _type_and_name(request.urn)
        old = from_struct(request.inputs)
        aws_values = _unless_missing(lambda: resource_type.read(self.aws, request.id, _without_generated(old)))
        if aws_values is None:
            return provider_pb2.ReadResponse()
        inputs = resources.refreshed_inputs(old, aws_values)
        properties = resources.outputs(resource_type, inputs, aws_values)
        return provider_pb2.ReadResponse(id=request.id, properties=to_struct(properties), inputs=to_struct(inputs))

    @with_one_line_errors
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource_type, _ = _type_and_name(request.urn)
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=to_struct({**from_struct(request.olds), **new}))
        removed = sorted((set(old) - set(new)) & {*resource_type.unresettable_inputs.split()})
        if removed:
            raise SettingsError(f"the fake provider cannot reset {removed[0]} to its default: set a value")
        resource_type.update(self.aws, request.id, _without_generated(old), _without_generated(new))
        return provider_pb2.UpdateResponse(properties=to_struct(self._outputs(resource_type, request.id, new)))

    @with_one_line_errors
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        resource_type, _ = _type_and_name(request.urn)
        inputs = from_struct(request.old_inputs)
        _unless_missing(lambda: resource_type.delete(self.aws, request.id, _without_generated(inputs)))
        return empty_pb2.Empty()

    @with_one_line_errors
    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Does nothing: the emulator's calls are short, and the engine sends no more of them."""
        return empty_pb2.Empty()

    def _outputs(self, resource_type: ResourceType, id: str, inputs: Props) -> Props:
        aws_values = resource_type.read(self.aws, id, _without_generated(inputs))
        if aws_values is None:
            raise LookupError(f"{resource_type.token} {id} does not exist right after its creation or update")
        return resources.outputs(resource_type, inputs, aws_values)


def _diff_response(differs: bool, **details: Any) -> Any:
    response = provider_pb2.DiffResponse
    return response(changes=response.DIFF_SOME if differs else response.DIFF_NONE, **details)


def _type_and_name(urn: str) -> tuple[ResourceType, str]:
    """The type and the logical name in a URN, `urn:pulumi:stack::project::parents$type::name`."""
    _, _, types, name = urn.split("::", 3)
    token = types.split("$")[-1]
    if token not in TYPES:
        raise SettingsError(f"the fake provider does not support {token}: use one of {', '.join(TYPES)}")
    return TYPES[token], name


def _without_generated(inputs: Props) -> Props:
    return {name: value for name, value in inputs.items() if name != resources.GENERATED}


def _unless_missing(call: Callable[[], Props | None]) -> Props | None:
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in NOT_FOUND_CODES:
            return None
        raise
