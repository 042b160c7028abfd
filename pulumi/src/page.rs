//! The players' page: a private bucket that only CloudFront can read.

use rps_contract::page::{
    self, CACHE_CONTROL, CONFIG, Config, FILES, INDEX, PREVIEW, content_security_policy,
};
use serde_json::json;

use crate::aws::cloudfront::{Distribution, OriginAccessControl, ResponseHeadersPolicy};
use crate::aws::iam::policy;
use crate::aws::s3::{Bucket, BucketObject, BucketPolicy, BucketPublicAccessBlock};
use crate::program::{Handle, Program, STACK, Text};
use crate::settings::Settings;
use crate::websocket::WebSocketApi;

const ORIGIN: &str = "bucket";

const INDEX_HTML: &str = include_str!("../site/index.html");

/// AWS's managed cache policy `CachingOptimized`
/// (<https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html>).
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

/// For how many seconds browsers use only HTTPS: a year, as in AWS's managed policy.
const HTTPS_ONLY_S: u32 = 31_536_000;

pub(crate) struct Page {
    pub(crate) url: Text,
    /// The distribution's id: rpsctl queries CloudWatch with it.
    pub(crate) distribution: Text,
}

pub(crate) fn page(
    program: &mut Program,
    settings: &Settings,
    websocket: &WebSocketApi,
    region: &Text,
) -> Page {
    // Pulumi can upload all files again, so it may delete a bucket that is not empty.
    let bucket = Bucket {
        force_destroy: true,
    };
    let bucket = program.add("page-bucket", bucket);
    let block = BucketPublicAccessBlock {
        bucket: bucket.id(),
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
    };
    program.add("page-bucket-is-private", block);
    // CloudFront's names belong to the account, not to a region.
    let name = Text::from(format!("rps-{STACK}-{region}"));
    let headers = headers(program, websocket, &name);
    let distribution = distribution(program, &bucket, &headers, &name);
    let url = format!("https://{}/", distribution.domain_name());
    let config = Config {
        socket: websocket.url().to_string(),
        closed: !settings.accept_players,
    };
    upload_files(program, &bucket, &config, &url);
    let read = json!({
        "Effect": "Allow",
        "Principal": { "Service": "cloudfront.amazonaws.com" },
        "Action": "s3:GetObject",
        "Resource": format!("{}/*", bucket.arn()),
        "Condition": { "StringEquals": { "AWS:SourceArn": distribution.arn() } },
    });
    let policy = BucketPolicy {
        bucket: bucket.id(),
        policy: policy(&[read]),
    };
    program.add("page-bucket-policy", policy);
    Page {
        url: url.into(),
        distribution: distribution.id(),
    }
}

/// Uploads the files as they are, but for the index: chats accept only an absolute URL of the preview.
fn upload_files(program: &mut Program, bucket: &Handle<Bucket>, config: &Config, url: &str) {
    let object = |file: page::File| BucketObject {
        bucket: bucket.id(),
        key: file.name,
        source: None,
        content: None,
        content_type: file.content_type,
        cache_control: CACHE_CONTROL,
    };
    for file in FILES {
        let upload = if file.name == INDEX {
            let index = INDEX_HTML.replace(PREVIEW, &format!("{url}{PREVIEW}"));
            BucketObject {
                content: Some(index.into()),
                ..object(file)
            }
        } else {
            BucketObject {
                source: Some(json!({ "fn::fileAsset": format!("site/{}", file.name) })),
                ..object(file)
            }
        };
        program.add(format!("page-{}", file.name.replace('.', "-")), upload);
    }
    let upload = BucketObject {
        content: Some(json!({ "fn::toJSON": config })),
        ..object(CONFIG)
    };
    program.add("page-config-json", upload);
}

/// Adds the security headers that CloudFront sets on every response.
fn headers(
    program: &mut Program,
    websocket: &WebSocketApi,
    name: &Text,
) -> Handle<ResponseHeadersPolicy> {
    let policy = content_security_policy(Some(&websocket.url().to_string()));
    let headers = json!({
        "contentSecurityPolicy": { "contentSecurityPolicy": policy, "override": true },
        "contentTypeOptions": { "override": true },
        "frameOptions": { "frameOption": page::FRAME_OPTION, "override": true },
        "referrerPolicy": { "referrerPolicy": page::REFERRER_POLICY, "override": true },
        "strictTransportSecurity": { "accessControlMaxAgeSec": HTTPS_ONLY_S, "override": true },
    });
    let policy = ResponseHeadersPolicy {
        name: name.clone(),
        comment: format!("The players' page of {name}").into(),
        security_headers_config: headers,
    };
    program.add("page-headers", policy)
}

fn distribution(
    program: &mut Program,
    bucket: &Handle<Bucket>,
    headers: &Handle<ResponseHeadersPolicy>,
    name: &Text,
) -> Handle<Distribution> {
    let control = OriginAccessControl {
        name: name.clone(),
        origin_access_control_origin_type: "s3",
        signing_behavior: "always",
        signing_protocol: "sigv4",
    };
    let control = program.add("page-origin-access", control);
    let distribution = Distribution {
        comment: format!("The players' page of {name}").into(),
        enabled: true,
        is_ipv6_enabled: true,
        http_version: "http2and3",
        price_class: "PriceClass_100",
        default_root_object: INDEX,
        origins: json!([{
            "originId": ORIGIN,
            "domainName": bucket.regional_domain_name(),
            "originAccessControlId": control.id(),
        }]),
        default_cache_behavior: json!({
            "targetOriginId": ORIGIN,
            "viewerProtocolPolicy": "redirect-to-https",
            "allowedMethods": ["GET", "HEAD"],
            "cachedMethods": ["GET", "HEAD"],
            "compress": true,
            "cachePolicyId": CACHING_OPTIMIZED,
            "responseHeadersPolicyId": headers.id(),
        }),
        restrictions: json!({ "geoRestriction": { "restrictionType": "none" } }),
        viewer_certificate: json!({ "cloudfrontDefaultCertificate": true }),
    };
    program.add("page-distribution", distribution)
}
