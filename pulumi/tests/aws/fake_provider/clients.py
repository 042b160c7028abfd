"""AWS clients, configured by the program's `aws:` settings."""

import json
import threading
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config

from fake_provider.structs import Props

SETTINGS = {
    "accessKey", "endpoints", "region", "s3UsePathStyle", "secretKey", "skipCredentialsValidation",
    "skipMetadataApiCheck", "skipRequestingAccountId", "version",
}  # fmt: skip
"""The supported settings. The `skip…` settings have no effect."""


class SettingsError(ValueError):
    """A missing or invalid setting. The message names the remedy."""


class Clients:
    """The services' clients. They use only the configured endpoints."""

    def __init__(self, settings: Props) -> None:
        decoded = {name: _decoded(value) for name, value in settings.items() if value not in (None, "")}
        unknown = sorted(set(decoded) - SETTINGS)
        if unknown:
            raise SettingsError(f"unknown setting aws:{unknown[0]}: use one of {', '.join(sorted(SETTINGS))}")
        self.settings = decoded
        self.endpoints = _endpoints(decoded.get("endpoints", []))
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._session = self._new_session()

    @property
    def region(self) -> str:
        """The region, such as `us-east-1`."""
        return str(self._session.region_name)

    @cached_property
    def account(self) -> str:
        """The account id, for ARNs that AWS does not return."""
        return str(self("sts").get_caller_identity()["Account"])

    def endpoint(self, service: str) -> str:
        """The service's endpoint. There is no default, so that a missing endpoint cannot cause a call to real AWS."""
        endpoint = self.endpoints.get(service)
        if not endpoint:
            raise SettingsError(f"aws:endpoints has no {service}: add it, because the fake provider has no default")
        return endpoint

    def __call__(self, service: str) -> Any:
        """The service's client. boto3 and aws:endpoints use the same service names."""
        with self._lock:
            if service not in self._clients:
                style = {"addressing_style": "path"} if self.settings.get("s3UsePathStyle") else None
                self._clients[service] = self._session.client(
                    service, endpoint_url=self.endpoint(service), config=Config(s3=style, max_pool_connections=32)
                )
            return self._clients[service]

    def _new_session(self) -> boto3.Session:
        region, *keys = (self.settings.get(name) for name in ("region", "accessKey", "secretKey"))
        if region is None:
            raise SettingsError("no region: set aws:region")
        if None in keys:
            raise SettingsError("no AWS credentials: set aws:accessKey and aws:secretKey")
        return boto3.Session(*keys, region_name=region)


def _decoded(value: Any) -> Any:
    """Decodes settings that are not texts: Pulumi sends them as JSON."""
    if isinstance(value, str) and value[:1] in ("{", "[", "t", "f"):
        try:
            return json.loads(value)
        except json.JSONDecodeError:
            return value
    return value


def _endpoints(maps: Any) -> dict[str, str]:
    if not isinstance(maps, list) or not all(isinstance(entry, dict) for entry in maps):
        raise SettingsError("invalid aws:endpoints: use a list of maps from a service to its URL")
    return {service: url.rstrip("/") for entry in maps for service, url in entry.items() if url}
