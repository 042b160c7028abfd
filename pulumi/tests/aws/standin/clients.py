"""The AWS clients, made as the program's `aws:` settings say."""

import json
import threading
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config

from standin.wire import Props

SETTINGS = {
    "accessKey", "endpoints", "region", "s3UsePathStyle", "secretKey", "skipCredentialsValidation",
    "skipMetadataApiCheck", "skipRequestingAccountId", "version",
}  # fmt: skip
"""The settings of the provider that may be given. The `skip…` ones have nothing to skip here."""


class SettingsError(ValueError):
    """A setting that is missing or wrong, with what to do about it."""


class Clients:
    """Clients of every service, at the endpoints given for them and at no other place."""

    def __init__(self, settings: Props) -> None:
        decoded = {name: _decoded(value) for name, value in settings.items() if value not in (None, "")}
        unknown = sorted(set(decoded) - SETTINGS)
        if unknown:
            raise SettingsError(f"the stand-in does not know aws:{unknown[0]}; it takes {', '.join(sorted(SETTINGS))}")
        self.settings = decoded
        self.endpoints = _endpoints(decoded.get("endpoints", []))
        self._made: dict[str, Any] = {}
        self._making = threading.Lock()
        self._session = self._signed_in()

    @property
    def region(self) -> str:
        """The region, as in `us-east-1`."""
        return str(self._session.region_name)

    @cached_property
    def account(self) -> str:
        """The number of the account. It is needed for the ARNs that AWS itself never returns."""
        return str(self("sts").get_caller_identity()["Account"])

    def endpoint(self, service: str) -> str:
        """Where a service is. There is no default: a forgotten endpoint must not become a call to the real AWS."""
        found = self.endpoints.get(service)
        if not found:
            raise SettingsError(f"aws:endpoints has no {service}, and the stand-in never calls the real AWS: add it")
        return found

    def __call__(self, service: str) -> Any:
        """The client of a service, by the name that boto3 and aws:endpoints have for it."""
        with self._making:
            if service not in self._made:
                style = {"addressing_style": "path"} if self.settings.get("s3UsePathStyle") else None
                self._made[service] = self._session.client(
                    service, endpoint_url=self.endpoint(service), config=Config(s3=style, max_pool_connections=32)
                )
            return self._made[service]

    def _signed_in(self) -> boto3.Session:
        region, *keys = (self.settings.get(name) for name in ("region", "accessKey", "secretKey"))
        if region is None:
            raise SettingsError("no region: set aws:region")
        if None in keys:
            raise SettingsError("no AWS credentials: set aws:accessKey and aws:secretKey")
        return boto3.Session(*keys, region_name=region)


def _decoded(value: Any) -> Any:
    """Settings of the stack's configuration that are no texts arrive as JSON."""
    if isinstance(value, str) and value[:1] in ("{", "[", "t", "f"):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _endpoints(listed: Any) -> dict[str, str]:
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise SettingsError("aws:endpoints must be a list of maps from a service to its URL")
    return {service: url.rstrip("/") for one in listed for service, url in one.items() if url}
