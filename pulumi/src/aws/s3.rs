use serde_json::Value;

use crate::program::{Json, Text, resources};

resources! {
    /// A bucket. Bucket names are everybody's, so Pulumi makes up one.
    Bucket = "aws:s3:Bucket" {
        force_destroy: bool,
    } gives arn = "arn", regional_domain_name = "bucketRegionalDomainName";

    BucketPublicAccessBlock = "aws:s3:BucketPublicAccessBlock" {
        bucket: Text,
        block_public_acls: bool,
        block_public_policy: bool,
        ignore_public_acls: bool,
        restrict_public_buckets: bool,
    };

    BucketPolicy = "aws:s3:BucketPolicy" {
        bucket: Text,
        policy: Json,
    };

    BucketObject = "aws:s3:BucketObjectv2" {
        bucket: Text,
        key: &'static str,
        source: Option<Value>,
        content: Option<Json>,
        content_type: &'static str,
        cache_control: &'static str,
    };
}
