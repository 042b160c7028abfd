"""CloudFront: distributions, origin access controls and response headers policies."""

import uuid
from typing import Any

from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType, pascal
from fake_provider.structs import Props

RENAMED = {
    "cloudfrontDefaultCertificate": "CloudFrontDefaultCertificate",
    "isIpv6Enabled": "IsIPV6Enabled",
    "originId": "Id",
}


class VersionedResourceType(ResourceType):
    """A CloudFront resource. Updates and deletions must send its latest version (ETag).

    `read` does not return the configuration, so a refresh notices a deleted resource but not a changed one.
    """

    noun: str
    wrapper: str

    def create(self, aws: Clients, inputs: Props) -> str:
        response = self._client_call(aws, "create", **{self.wrapper: self.configuration(inputs, {})})
        return str(response[self.response_member]["Id"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = self._client_call(aws, "get", Id=id)
        return {"etag": response["ETag"], **self.outputs(aws, id, response[self.response_member])}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        response = self._client_call(aws, "get", Id=id)
        configuration = self.configuration(new, response[self.response_member][self.wrapper])
        self._client_call(aws, "update", Id=id, IfMatch=response["ETag"], **{self.wrapper: configuration})

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self._client_call(aws, "delete", Id=id, IfMatch=self._client_call(aws, "get", Id=id)["ETag"])

    @property
    def response_member(self) -> str:
        """The member of AWS's responses that contains the resource."""
        return self.wrapper.removesuffix("Config")

    def configuration(self, inputs: Props, before: Props) -> Props:
        """The complete configuration in AWS's format."""
        return _to_aws(inputs)

    def outputs(self, aws: Clients, id: str, response: Props) -> Props:
        """The outputs that a program can refer to."""
        return {"arn": f"arn:aws:cloudfront::{aws.account}:{self.noun.replace('_', '-')}/{id}"}

    def _client_call(self, aws: Clients, verb: str, **parameters: Any) -> Any:
        return getattr(aws("cloudfront"), f"{verb}_{self.noun}")(**parameters)


class OriginAccessControl(VersionedResourceType):
    token = "aws:cloudfront/originAccessControl:OriginAccessControl"
    supported_inputs = "name originAccessControlOriginType signingBehavior signingProtocol"
    replacing_inputs = name_input = "name"
    noun, wrapper = "origin_access_control", "OriginAccessControlConfig"


class ResponseHeadersPolicy(VersionedResourceType):
    token = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
    supported_inputs = "comment name securityHeadersConfig"
    name_input = "name"
    noun, wrapper = "response_headers_policy", "ResponseHeadersPolicyConfig"


class Distribution(VersionedResourceType):
    """A distribution. Its domain is under cloudfront.net, as on AWS; MiniStack serves it only by the Host header."""

    token = "aws:cloudfront/distribution:Distribution"
    supported_inputs = (
        "comment defaultCacheBehavior defaultRootObject enabled httpVersion isIpv6Enabled origins priceClass"
        " restrictions viewerCertificate"
    )
    noun, wrapper = "distribution", "DistributionConfig"

    def configuration(self, inputs: Props, before: Props) -> Props:
        reference = before.get("CallerReference") or uuid.uuid4().hex
        configuration = {"CallerReference": reference, "Comment": "", **_to_aws(inputs)}
        for origin in configuration["Origins"]["Items"]:
            # AWS requires one of two origin kinds. Like the real provider, treat an origin without one as a bucket.
            origin["S3OriginConfig"] = {"OriginAccessIdentity": ""}
        return configuration

    def outputs(self, aws: Clients, id: str, response: Props) -> Props:
        return {
            "arn": response["ARN"],
            "domainName": response["DomainName"],
            "enabled": response["DistributionConfig"]["Enabled"],
            "hostedZoneId": "Z2FDTNDATAQYW2",
            "status": response["Status"],
        }

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        """Disables the distribution first, because CloudFront deletes only disabled ones."""
        response = self._client_call(aws, "get", Id=id)
        configuration = {**response["Distribution"]["DistributionConfig"], "Enabled": False}
        self._client_call(aws, "update", Id=id, IfMatch=response["ETag"], DistributionConfig=configuration)
        super().delete(aws, id, inputs)


RESOURCE_TYPES = [OriginAccessControl, ResponseHeadersPolicy, Distribution]


def _to_aws(value: Any) -> Any:
    """Converts a value to CloudFront's format, in which a list is an object with its length and items."""
    if isinstance(value, list):
        return {"Quantity": len(value), "Items": [_to_aws(inner) for inner in value]}
    if not isinstance(value, dict):
        return value
    converted = {RENAMED.get(name) or pascal(name): _to_aws(inner) for name, inner in value.items()}
    if "CachedMethods" in converted:
        converted["AllowedMethods"]["CachedMethods"] = converted.pop("CachedMethods")
    if "GeoRestriction" in converted:
        locations = converted["GeoRestriction"].pop("Locations", {"Quantity": 0})
        converted["GeoRestriction"].update(locations)
    return converted
