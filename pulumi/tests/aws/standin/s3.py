"""S3: buckets and what lies in them."""

from standin.clients import Clients
from standin.kind import Kind, Put, aws_names, picked, pulumi_names
from standin.wire import Props, file_bytes


class Bucket(Kind):
    """Its id is its name. The domain names are AWS's and lead nowhere from an emulator."""

    token = "aws:s3/bucket:Bucket"
    takes = "bucket forceDestroy"
    replaced_by = named_by = "bucket"

    def create(self, aws: Clients, inputs: Props) -> str:
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        aws("s3").create_bucket(Bucket=inputs["bucket"], **({} if aws.region == "us-east-1" else elsewhere))
        return str(inputs["bucket"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        aws("s3").head_bucket(Bucket=id)
        return {
            "arn": f"arn:aws:s3:::{id}",
            "bucket": id,
            "bucketDomainName": f"{id}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{id}.s3.{aws.region}.amazonaws.com",
        }

    def update(self, aws: Clients, id: str, old: Props, new: Props) -> None:
        """`forceDestroy` is the provider's own."""

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        client = aws("s3")
        if inputs.get("forceDestroy"):
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=id):
                for one in page.get("Contents", []):
                    client.delete_object(Bucket=id, Key=one["Key"])
        client.delete_bucket(Bucket=id)


class BucketPublicAccessBlock(Put):
    """Its id is the bucket's name."""

    SETTINGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    takes = " ".join([*SETTINGS, "bucket"])
    replaced_by = "bucket"
    id_inputs = ("bucket",)

    def put(self, aws: Clients, inputs: Props) -> None:
        configuration = aws_names(picked(inputs, *self.SETTINGS))
        aws("s3").put_public_access_block(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=configuration)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        found = aws("s3").get_public_access_block(Bucket=id)["PublicAccessBlockConfiguration"]
        return {**pulumi_names(found), "bucket": id}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("s3").delete_public_access_block(Bucket=id)


class BucketObject(Put):
    """Its id is bucket and key."""

    token = "aws:s3/bucketObjectv2:BucketObjectv2"
    takes = "bucket cacheControl content contentType key source"
    replaced_by = "bucket key"
    named_by = "key"
    id_inputs = ("bucket", "key")
    separator = "/"

    def put(self, aws: Clients, inputs: Props) -> None:
        body = file_bytes(inputs["source"]) if "source" in inputs else inputs.get("content", "").encode()
        headers = aws_names(picked(inputs, "cacheControl", "contentType"))
        aws("s3").put_object(Bucket=inputs["bucket"], Key=inputs["key"], Body=body, **headers)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        bucket, key = id.split("/", 1)
        found = aws("s3").head_object(Bucket=bucket, Key=key)
        told: Props = pulumi_names(picked(found, "CacheControl", "ContentType"))
        return {**told, "arn": f"arn:aws:s3:::{id}", "bucket": bucket, "etag": found["ETag"].strip('"'), "key": key}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        bucket, key = id.split("/", 1)
        aws("s3").delete_object(Bucket=bucket, Key=key)


class BucketPolicy(Put):
    """Its id is the bucket's name."""

    token = "aws:s3/bucketPolicy:BucketPolicy"
    takes = "bucket policy"
    replaced_by = "bucket"
    id_inputs = ("bucket",)

    def put(self, aws: Clients, inputs: Props) -> None:
        aws("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        return {"bucket": id, "policy": aws("s3").get_bucket_policy(Bucket=id)["Policy"]}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("s3").delete_bucket_policy(Bucket=id)


KINDS = [Bucket, BucketPublicAccessBlock, BucketObject, BucketPolicy]
