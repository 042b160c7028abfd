"""The protocol: Pulumi's calls to a provider, answered."""

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
from standin import resources
from standin.clients import Clients, SettingsError
from standin.kind import Kind
from standin.table import TYPES
from standin.wire import Props, received, sent

GONE = {
    "404", "AWS.SimpleQueueService.NonExistentQueue", "DashboardNotFoundError", "NoSuchBucket",
    "NoSuchBucketPolicy", "NoSuchDistribution", "NoSuchEntity", "NoSuchOriginAccessControl",
    "NoSuchPublicAccessBlockConfiguration", "NoSuchResponseHeadersPolicy", "NotFound", "NotFoundException",
    "ResourceNotFound", "ResourceNotFoundException",
}  # fmt: skip
"""What the services say of a thing that is not there."""

Method = Callable[[Any, Any, grpc.ServicerContext], Any]


def told_in_one_line(method: Method) -> Method:
    """Turns what goes wrong into the one line that Pulumi shows; for a mistake of the stand-in the trace as well."""

    @functools.wraps(method)
    def wrapped(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except (BotoCoreError, ClientError, SettingsError) as error:
            context.abort(grpc.StatusCode.UNKNOWN, " ".join(str(error).split()))
        except Exception as error:
            traceback.print_exc()
            context.abort(grpc.StatusCode.UNKNOWN, f"the stand-in failed: {type(error).__name__}: {error}")

    return wrapped


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    """The stand-in as Pulumi sees it."""

    def __init__(self) -> None:
        self._clients: Clients | None = None

    @property
    def aws(self) -> Clients:
        """The clients, which exist once Pulumi has sent the settings."""
        if self._clients is None:
            raise SettingsError("the provider was used before it was configured")
        return self._clients

    @told_in_one_line
    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=sdk.VERSION)

    @told_in_one_line
    def GetSchema(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps(package_schema.schema(list(TYPES))))

    @told_in_one_line
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    @told_in_one_line
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Other settings are used, but never mean other resources: an emulator has another port in each run."""
        return _answer(received(request.old_inputs) != received(request.news))

    @told_in_one_line
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._clients = Clients(received(request.args))
        # Without acceptSecrets Pulumi itself keeps track of what is secret, and stores it so.
        return provider_pb2.ConfigureResponse(supportsPreview=True)

    @told_in_one_line
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        of, logical_name = _of(request.urn)
        inputs = resources.named(of, logical_name, request.randomSeed, received(request.olds), received(request.news))
        refused = resources.refused(of, inputs)
        failures = [provider_pb2.CheckFailure(property=name, reason=reason) for name, reason in refused]
        return provider_pb2.CheckResponse(inputs=sent(inputs), failures=failures)

    @told_in_one_line
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        of, _ = _of(request.urn)
        found = resources.difference(of, received(request.old_inputs), received(request.news))
        details = {"diffs": found.changed, "replaces": found.replacing, "deleteBeforeReplace": found.delete_first}
        return _answer(bool(found.changed), **details)

    @told_in_one_line
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        of, _ = _of(request.urn)
        inputs = received(request.properties)
        if request.preview:
            return provider_pb2.CreateResponse(properties=sent(resources.foreseen(of, inputs)))
        id = of.create(self.aws, _plain(inputs))
        return provider_pb2.CreateResponse(id=id, properties=sent(self._state(of, id, inputs)))

    @told_in_one_line
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        of, _ = _of(request.urn)
        old = received(request.inputs)
        told = _unless_gone(lambda: of.read(self.aws, request.id, _plain(old)))
        if told is None:
            return provider_pb2.ReadResponse()
        inputs = resources.seen(old, told)
        properties = resources.state(of, inputs, told)
        return provider_pb2.ReadResponse(id=request.id, properties=sent(properties), inputs=sent(inputs))

    @told_in_one_line
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        of, _ = _of(request.urn)
        old, new = received(request.old_inputs), received(request.news)
        if request.preview:
            return provider_pb2.UpdateResponse(properties=sent({**received(request.olds), **new}))
        dropped = sorted((set(old) - set(new)) & {*of.keeps.split()})
        if dropped:
            raise SettingsError(f"the stand-in cannot take {dropped[0]} away: name the value it should have")
        of.update(self.aws, request.id, _plain(old), _plain(new))
        return provider_pb2.UpdateResponse(properties=sent(self._state(of, request.id, new)))

    @told_in_one_line
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        of, _ = _of(request.urn)
        inputs = received(request.old_inputs)
        _unless_gone(lambda: of.delete(self.aws, request.id, _plain(inputs)))
        return empty_pb2.Empty()

    @told_in_one_line
    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        """Calls to an emulator take a moment each: they are let finish, and the engine asks for no more."""
        return empty_pb2.Empty()

    def _state(self, of: Kind, id: str, inputs: Props) -> Props:
        told = of.read(self.aws, id, _plain(inputs))
        if told is None:
            raise LookupError(f"{of.token} {id} is not there just after it was written")
        return resources.state(of, inputs, told)


def _answer(differs: bool, **details: Any) -> Any:
    kinds = provider_pb2.DiffResponse
    return kinds(changes=kinds.DIFF_SOME if differs else kinds.DIFF_NONE, **details)


def _of(urn: str) -> tuple[Kind, str]:
    """The type and the logical name in a URN, `urn:pulumi:stack::project::parents$type::name`."""
    _, _, types, name = urn.split("::", 3)
    token = types.split("$")[-1]
    if token not in TYPES:
        raise SettingsError(f"the stand-in does not know {token}; it knows {', '.join(TYPES)}")
    return TYPES[token], name


def _plain(inputs: Props) -> Props:
    return {name: value for name, value in inputs.items() if name != resources.MADE_UP}


def _unless_gone(call: Callable[[], Props | None]) -> Props | None:
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in GONE:
            return None
        raise
