"""S3: buckets, their settings and objects."""

from fake_provider.clients import Clients
from fake_provider.resource_type import ResourceType, PutResourceType, aws_names, pick, pulumi_names
from fake_provider.structs import Props, file_bytes


class Bucket(ResourceType):
    """Its id is its name. The domain names have AWS's format but do not reach the emulator."""

    token = "aws:s3/bucket:Bucket"
    supported_inputs = "bucket forceDestroy"
    replacing_inputs = name_input = "bucket"

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
        """Does nothing: AWS does not store `forceDestroy`."""

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        client = aws("s3")
        if inputs.get("forceDestroy"):
            for page in client.get_paginator("list_objects_v2").paginate(Bucket=id):
                for entry in page.get("Contents", []):
                    client.delete_object(Bucket=id, Key=entry["Key"])
        client.delete_bucket(Bucket=id)


class BucketPublicAccessBlock(PutResourceType):
    """Its id is the bucket's name."""

    SETTINGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")

    token = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    supported_inputs = " ".join([*SETTINGS, "bucket"])
    replacing_inputs = "bucket"
    id_inputs = ("bucket",)

    def put(self, aws: Clients, inputs: Props) -> None:
        configuration = aws_names(pick(inputs, *self.SETTINGS))
        aws("s3").put_public_access_block(Bucket=inputs["bucket"], PublicAccessBlockConfiguration=configuration)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        response = aws("s3").get_public_access_block(Bucket=id)["PublicAccessBlockConfiguration"]
        return {**pulumi_names(response), "bucket": id}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("s3").delete_public_access_block(Bucket=id)


class BucketObject(PutResourceType):
    """Its id contains the bucket and the key."""

    token = "aws:s3/bucketObjectv2:BucketObjectv2"
    supported_inputs = "bucket cacheControl content contentType key source"
    replacing_inputs = "bucket key"
    name_input = "key"
    id_inputs = ("bucket", "key")
    separator = "/"

    def put(self, aws: Clients, inputs: Props) -> None:
        body = file_bytes(inputs["source"]) if "source" in inputs else inputs.get("content", "").encode()
        headers = aws_names(pick(inputs, "cacheControl", "contentType"))
        aws("s3").put_object(Bucket=inputs["bucket"], Key=inputs["key"], Body=body, **headers)

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        bucket, key = id.split("/", 1)
        response = aws("s3").head_object(Bucket=bucket, Key=key)
        aws_values: Props = pulumi_names(pick(response, "CacheControl", "ContentType"))
        etag = response["ETag"].strip('"')
        return {**aws_values, "arn": f"arn:aws:s3:::{id}", "bucket": bucket, "etag": etag, "key": key}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        bucket, key = id.split("/", 1)
        aws("s3").delete_object(Bucket=bucket, Key=key)


class BucketPolicy(PutResourceType):
    """Its id is the bucket's name."""

    token = "aws:s3/bucketPolicy:BucketPolicy"
    supported_inputs = "bucket policy"
    replacing_inputs = "bucket"
    id_inputs = ("bucket",)

    def put(self, aws: Clients, inputs: Props) -> None:
        aws("s3").put_bucket_policy(Bucket=inputs["bucket"], Policy=inputs["policy"])

    def read(self, aws: Clients, id: str, inputs: Props) -> Props | None:
        return {"bucket": id, "policy": aws("s3").get_bucket_policy(Bucket=id)["Policy"]}

    def delete(self, aws: Clients, id: str, inputs: Props) -> None:
        aws("s3").delete_bucket_policy(Bucket=id)


RESOURCE_TYPES = [Bucket, BucketPublicAccessBlock, BucketObject, BucketPolicy]
