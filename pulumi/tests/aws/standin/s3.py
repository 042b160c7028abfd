"""S3: buckets and what lies in them."""

from typing import Any

from standin.clients import Clients
from standin.kind import Kind, aws_names, document, picked, pulumi_names
from standin.tags import pairs
from standin.wire import Props, file_bytes


class Bucket(Kind):
    """`aws:s3:Bucket`; its id is its name. The domain names are AWS's and lead nowhere from an emulator."""

    def create(self, aws: Clients, inputs: Props) -> str:
        client, name = aws("s3"), inputs["bucket"]
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        client.create_bucket(Bucket=name, **({} if aws.region == "us-east-1" else elsewhere))
        self._tag(client, name, inputs)
        return str(name)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        aws("s3").head_bucket(Bucket=id)
        return {
            "arn": f"arn:aws:s3:::{id}",
            "bucket": id,
            "bucketDomainName": f"{id}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{id}.s3.{aws.region}.amazonaws.com",
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._tag(aws("s3"), id, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        client = aws("s3")
        if inputs.get("forceDestroy"):
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=id):
                for one in page.get("Contents", []):
                    client.delete_object(Bucket=id, Key=one["Key"])
        client.delete_bucket(Bucket=id)

    @staticmethod
    def _tag(client: Any, name: str, inputs: Props) -> None:
        if inputs.get("tags"):
            client.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs(inputs["tags"])})
        else:
            client.delete_bucket_tagging(Bucket=name)


class BucketPublicAccessBlock(Kind):
    """`aws:s3:BucketPublicAccessBlock`; its id is the bucket's name."""

    SETTINGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

    def create(self, aws: Clients, inputs: Props) -> str:
        self._put(aws, inputs)
        return str(inputs["bucket"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("s3").get_public_access_block(Bucket=id)["PublicAccessBlockConfiguration"]
        return {**pulumi_names(found, {}), "bucket": id}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("s3").delete_public_access_block(Bucket=id)

    def _put(self, aws: Clients, inputs: Props) -> None:
        configuration = aws_names(picked(inputs, *self.SETTINGS), {})
        aws("s3").put_public_access_block(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=configuration)


class BucketObject(Kind):
    """`aws:s3:BucketObjectv2`; its id is bucket and key."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self._put(aws, inputs)
        return f"{inputs['bucket']}/{inputs['key']}"

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        bucket, key = id.split("/", 1)
        found = aws("s3").head_object(Bucket=bucket, Key=key)
        told: Props = pulumi_names(picked(found, "CacheControl", "ContentType"), {})
        return {**told, "arn": f"arn:aws:s3:::{id}", "bucket": bucket, "etag": found["ETag"].strip('"'), "key": key}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        bucket, key = id.split("/", 1)
        aws("s3").delete_object(Bucket=bucket, Key=key)

    @staticmethod
    def _put(aws: Clients, inputs: Props) -> None:
        body = file_bytes(inputs["source"]) if "source" in inputs else inputs.get("content", "").encode()
        headers = aws_names(picked(inputs, "cacheControl", "contentType"), {})
        aws("s3").put_object(Bucket=inputs["bucket"], Key=inputs["key"], Body=body, **headers)


class BucketPolicy(Kind):
    """`aws:s3:BucketPolicy`; its id is the bucket's name."""

    def create(self, aws: Clients, inputs: Props) -> str:
        self._put(aws, inputs)
        return str(inputs["bucket"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        return {"bucket": id, "policy": aws("s3").get_bucket_policy(Bucket=id)["Policy"]}

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        self._put(aws, new)

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("s3").delete_bucket_policy(Bucket=id)

    @staticmethod
    def _put(aws: Clients, inputs: Props) -> None:
        aws("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=document(inputs["policy"]))
