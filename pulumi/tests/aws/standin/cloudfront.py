"""CloudFront: distributions, and what they sign and send with."""

import uuid
from typing import Any

from standin.clients import Clients
from standin.kind import Kind, pascal
from standin.wire import Props

RENAMED = {
    "acmCertificateArn": "ACMCertificateArn",
    "cloudfrontDefaultCertificate": "CloudFrontDefaultCertificate",
    "customErrorResponses": "CustomErrorResponses",
    "defaultTtl": "DefaultTTL",
    "errorCachingMinTtl": "ErrorCachingMinTTL",
    "isIpv6Enabled": "IsIPV6Enabled",
    "maxTtl": "MaxTTL",
    "minTtl": "MinTTL",
    "orderedCacheBehaviors": "CacheBehaviors",
    "originId": "Id",
    "sslSupportMethod": "SSLSupportMethod",
    "webAclId": "WebACLId",
    "xssProtection": "XSSProtection",
}


class Owned(Kind):
    """A thing of CloudFront, which is changed and removed only by whoever names its latest version.

    What is in it is not read back, so a refresh sees that one is gone but not that one was changed.
    """

    def __init__(self, noun: str, wrapper: str) -> None:
        self.noun, self.wrapper = noun, wrapper

    def create(self, aws: Clients, inputs: Props) -> str:
        made = self._client_call(aws, "create", **{self.wrapper: self.configuration(inputs, {})})
        return str(made[self.answer]["Id"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = self._client_call(aws, "get", Id=id)
        return {"etag": found["ETag"], **self.outputs(aws, id, found[self.answer])}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        found = self._client_call(aws, "get", Id=id)
        configuration = self.configuration(new, found[self.answer][self.wrapper])
        self._client_call(aws, "update", Id=id, IfMatch=found["ETag"], **{self.wrapper: configuration})

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        self._client_call(aws, "delete", Id=id, IfMatch=self._client_call(aws, "get", Id=id)["ETag"])

    @property
    def answer(self) -> str:
        """The name of the thing in AWS's answers."""
        return self.wrapper.removesuffix("Config")

    def configuration(self, inputs: Props, before: Props) -> Props:
        """The whole configuration as AWS takes it."""
        configuration: Props = _sent(inputs)
        return configuration

    def outputs(self, aws: Clients, id: str, found: Props) -> Props:
        """What can be referred to."""
        return {"arn": f"arn:aws:cloudfront::{aws.account}:{self.noun.replace('_', '-')}/{id}"}

    def _client_call(self, aws: Clients, verb: str, **parameters: Any) -> Any:
        return getattr(aws("cloudfront"), f"{verb}_{self.noun}")(**parameters)


class OriginAccessControl(Owned):
    """`aws:cloudfront:OriginAccessControl`."""

    def __init__(self) -> None:
        super().__init__("origin_access_control", "OriginAccessControlConfig")


class ResponseHeadersPolicy(Owned):
    """`aws:cloudfront:ResponseHeadersPolicy`."""

    def __init__(self) -> None:
        super().__init__("response_headers_policy", "ResponseHeadersPolicyConfig")

    def configuration(self, inputs: Props, before: Props) -> Props:
        """The provider writes a list as an object with the list in it."""
        flat = {
            name: value["items"] if name in ("customHeadersConfig", "removeHeadersConfig") else value
            for name, value in inputs.items()
        }
        configuration: Props = _sent(flat)
        return configuration


class Distribution(Owned):
    """`aws:cloudfront:Distribution`. Its domain name is under cloudfront.net, as in AWS; MiniStack answers for it only
    to requests that name it as their host."""

    def __init__(self) -> None:
        super().__init__("distribution", "DistributionConfig")

    def configuration(self, inputs: Props, before: Props) -> Props:
        mine = {name: value for name, value in inputs.items() if name not in ("tags", "waitForDeployment")}
        reference = before.get("CallerReference") or uuid.uuid4().hex
        configuration = {"CallerReference": reference, "Comment": "", **_sent(mine)}
        for origin in configuration["Origins"]["Items"]:
            # AWS wants one of the two. The real provider, too, takes an origin with neither for a bucket.
            if "CustomOriginConfig" not in origin:
                origin.setdefault("S3OriginConfig", {"OriginAccessIdentity": ""})
        return configuration

    def outputs(self, aws: Clients, id: str, found: Props) -> Props:
        return {
            "arn": found["ARN"],
            "domainName": found["DomainName"],
            "enabled": found["DistributionConfig"]["Enabled"],
            "hostedZoneId": "Z2FDTNDATAQYW2",
            "status": found["Status"],
        }

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        """CloudFront removes only what is switched off."""
        found = self._client_call(aws, "get", Id=id)
        configuration = {**found["Distribution"]["DistributionConfig"], "Enabled": False}
        self._client_call(aws, "update", Id=id, IfMatch=found["ETag"], DistributionConfig=configuration)
        super().delete(aws, id, inputs)


def _sent(value: Any) -> Any:
    """CloudFront's spelling: a list is an object that also says how long it is."""
    if isinstance(value, list):
        return {"Quantity": len(value), "Items": [_sent(inner) for inner in value]}
    if not isinstance(value, dict):
        return value
    sent = {RENAMED.get(name) or pascal(name): _sent(inner) for name, inner in value.items()}
    if "CachedMethods" in sent:
        sent["AllowedMethods"]["CachedMethods"] = sent.pop("CachedMethods")
    if "ResponseCode" in sent:
        sent["ResponseCode"] = str(sent["ResponseCode"])
    if "GeoRestriction" in sent:
        locations = sent["GeoRestriction"].pop("Locations", {"Quantity": 0})
        sent["GeoRestriction"].update(locations)
    return sent
