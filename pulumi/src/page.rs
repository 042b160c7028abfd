//! The players' page: a bucket that nobody but CloudFront can read.

use serde_json::json;

use crate::STACK;
use crate::api::Socket;
use crate::aws::cloudfront::{
    CacheBehavior, Distribution, GeoRestriction, Origin, OriginAccessControl, Restrictions,
    ViewerCertificate,
};
use crate::aws::s3::{Asset, Bucket, BucketObject, BucketPolicy, BucketPublicAccessBlock};
use crate::program::{Handle, Program, Text};

/// The files of the page, which lie in `pulumi/site/`, and what they are.
const FILES: [(&str, &str); 1] = [("index.html", "text/html; charset=utf-8")];

/// The one origin of the distribution.
const ORIGIN: &str = "bucket";

/// AWS's managed cache policy `CachingOptimized`
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>).
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/// AWS's managed response headers policy `SecurityHeadersPolicy`
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-response-headers-policies.html>).
const SECURITY_HEADERS: &str = "67f7725c-6f97-4210-82d7-5512b31e9d03";

/// How long browsers and CloudFront keep a file: a change must reach players without an invalidation.
const CACHE_CONTROL: &str = "max-age=60";

/// The page, where players and CloudWatch find it.
pub(crate) struct Page {
    /// Its URL.
    pub(crate) url: Text,
    /// The id of the distribution.
    pub(crate) distribution: Text,
}

/// Adds the page.
pub(crate) fn page(program: &mut Program, socket: &Socket) -> Page {
    // Everything in it comes from here, so nothing is lost with it.
    let bucket = program.add(
        "page-bucket",
        Bucket {
            force_destroy: true,
        },
    );
    let block = BucketPublicAccessBlock {
        bucket: bucket.id(),
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
    };
    program.add("page-bucket-is-private", block);
    files(program, &bucket, socket);
    let distribution = distribution(program, &bucket);
    let read = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "cloudfront.amazonaws.com" },
            "Action": "s3:GetObject",
            "Resource": format!("{}/*", bucket.arn()),
            "Condition": { "StringEquals": { "AWS:SourceArn": distribution.arn() } },
        }],
    });
    let policy = BucketPolicy {
        bucket: bucket.id(),
        policy: read.into(),
    };
    program.add("page-bucket-policy", policy);
    Page {
        url: format!("https://{}/", distribution.domain_name()).into(),
        distribution: distribution.id(),
    }
}

fn files(program: &mut Program, bucket: &Handle<Bucket>, socket: &Socket) {
    for (key, content_type) in FILES {
        let file = BucketObject {
            bucket: bucket.id(),
            key,
            source: Some(Asset {
                path: format!("site/{key}"),
            }),
            content: None,
            content_type,
            cache_control: CACHE_CONTROL,
        };
        program.add(format!("page-{}", key.replace('.', "-")), file);
    }
    let config = BucketObject {
        bucket: bucket.id(),
        key: "config.json",
        source: None,
        content: Some(json!({ "socket": socket.url() }).into()),
        content_type: "application/json",
        cache_control: CACHE_CONTROL,
    };
    program.add("page-config-json", config);
}

fn distribution(program: &mut Program, bucket: &Handle<Bucket>) -> Handle<Distribution> {
    let control = OriginAccessControl {
        name: format!("rps-{STACK}").into(),
        origin_access_control_origin_type: "s3",
        signing_behavior: "always",
        signing_protocol: "sigv4",
    };
    let control = program.add("page-origin-access", control);
    let distribution = Distribution {
        comment: format!("The players' page of rps-{STACK}").into(),
        enabled: true,
        is_ipv6_enabled: true,
        http_version: "http2and3",
        price_class: "PriceClass_100",
        default_root_object: "index.html",
        origins: vec![Origin {
            origin_id: ORIGIN,
            domain_name: bucket.regional_domain_name(),
            origin_access_control_id: control.id(),
        }],
        default_cache_behavior: CacheBehavior {
            target_origin_id: ORIGIN,
            viewer_protocol_policy: "redirect-to-https",
            allowed_methods: vec!["GET", "HEAD"],
            cached_methods: vec!["GET", "HEAD"],
            compress: true,
            cache_policy_id: CACHING_OPTIMIZED,
            response_headers_policy_id: SECURITY_HEADERS,
        },
        restrictions: Restrictions {
            geo_restriction: GeoRestriction {
                restriction_type: "none",
            },
        },
        viewer_certificate: ViewerCertificate {
            cloudfront_default_certificate: true,
        },
    };
    program.add("page-distribution", distribution)
}
