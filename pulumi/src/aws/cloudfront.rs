use serde_json::Value;

use crate::program::{Text, resources};

resources! {
    OriginAccessControl = "aws:cloudfront:OriginAccessControl" {
        name: Text,
        origin_access_control_origin_type: &'static str,
        signing_behavior: &'static str,
        signing_protocol: &'static str,
    };

    ResponseHeadersPolicy = "aws:cloudfront:ResponseHeadersPolicy" {
        name: Text,
        comment: Text,
        security_headers_config: Value,
    };

    Distribution = "aws:cloudfront:Distribution" {
        comment: Text,
        enabled: bool,
        is_ipv6_enabled: bool,
        http_version: &'static str,
        price_class: &'static str,
        default_root_object: &'static str,
        origins: Value,
        default_cache_behavior: Value,
        restrictions: Value,
        viewer_certificate: Value,
    } outputs arn = "arn", domain_name = "domainName";
}
