use serde_json::Value;

use crate::program::{JsonText, Text, resources};

resources! {
    /// A bucket without a name: bucket names are global, so Pulumi generates one.
    Bucket = "aws:s3:Bucket" {
        force_destroy: bool,
    } outputs arn = "arn", regional_domain_name = "bucketRegionalDomainName";

    BucketPublicAccessBlock = "aws:s3:BucketPublicAccessBlock" {
        bucket: Text,
        block_public_acls: bool,
        block_public_policy: bool,
        ignore_public_acls: bool,
        restrict_public_buckets: bool,
    };

    BucketPolicy = "aws:s3:BucketPolicy" {
        bucket: Text,
        policy: JsonText,
    };

    BucketObject = "aws:s3:BucketObjectv2" {
        bucket: Text,
        key: &'static str,
        source: Option<Value>,
        content: Option<Value>,
        content_type: &'static str,
        cache_control: &'static str,
    };
}
