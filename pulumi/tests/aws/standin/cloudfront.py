"""CloudFront: distributions, and what they sign and send with."""

import uuid
from typing import Any

from standin.clients import Clients
from standin.kind import Kind, pascal
from standin.wire import Props

RENAMED = {
    "cloudfrontDefaultCertificate": "CloudFrontDefaultCertificate",
    "isIpv6Enabled": "IsIPV6Enabled",
    "originId": "Id",
}


class Owned(Kind):
    """A thing of CloudFront, which is changed and removed only by whoever names its latest version.

    What is in it is not read back, so a refresh sees that one is gone but not that one was changed.
    """

    noun: str
    wrapper: str

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
        return _sent(inputs)

    def outputs(self, aws: Clients, id: str, found: Props) -> Props:
        """What can be referred to."""
        return {"arn": f"arn:aws:cloudfront::{aws.account}:{self.noun.replace('_', '-')}/{id}"}

    def _client_call(self, aws: Clients, verb: str, **parameters: Any) -> Any:
        return getattr(aws("cloudfront"), f"{verb}_{self.noun}")(**parameters)


class OriginAccessControl(Owned):
    token = "aws:cloudfront/originAccessControl:OriginAccessControl"
    takes = "name originAccessControlOriginType signingBehavior signingProtocol"
    replaced_by = named_by = "name"
    noun, wrapper = "origin_access_control", "OriginAccessControlConfig"


class ResponseHeadersPolicy(Owned):
    token = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
    takes = "comment name securityHeadersConfig"
    named_by = "name"
    noun, wrapper = "response_headers_policy", "ResponseHeadersPolicyConfig"


class Distribution(Owned):
    """Its domain name is under cloudfront.net, as in AWS; MiniStack answers for it only to requests that name it as
    their host."""

    token = "aws:cloudfront/distribution:Distribution"
    takes = (
        "comment defaultCacheBehavior defaultRootObject enabled httpVersion isIpv6Enabled origins priceClass"
        " restrictions viewerCertificate"
    )
    noun, wrapper = "distribution", "DistributionConfig"

    def configuration(self, inputs: Props, before: Props) -> Props:
        reference = before.get("CallerReference") or uuid.uuid4().hex
        configuration = {"CallerReference": reference, "Comment": "", **_sent(inputs)}
        for origin in configuration["Origins"]["Items"]:
            # AWS wants one of the two kinds. The real provider, too, takes an origin with neither for a bucket.
            origin["S3OriginConfig"] = {"OriginAccessIdentity": ""}
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


KINDS = [OriginAccessControl, ResponseHeadersPolicy, Distribution]


def _sent(value: Any) -> Any:
    """CloudFront's spelling: a list is an object that also says how long it is."""
    if isinstance(value, list):
        return {"Quantity": len(value), "Items": [_sent(inner) for inner in value]}
    if not isinstance(value, dict):
        return value
    sent = {RENAMED.get(name) or pascal(name): _sent(inner) for name, inner in value.items()}
    if "CachedMethods" in sent:
        sent["AllowedMethods"]["CachedMethods"] = sent.pop("CachedMethods")
    if "GeoRestriction" in sent:
        locations = sent["GeoRestriction"].pop("Locations", {"Quantity": 0})
        sent["GeoRestriction"].update(locations)
    return sent
