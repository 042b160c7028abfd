use crate::program::{Text, properties, resources};

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
        security_headers_config: SecurityHeaders,
    };

    Distribution = "aws:cloudfront:Distribution" {
        comment: Text,
        enabled: bool,
        is_ipv6_enabled: bool,
        http_version: &'static str,
        price_class: &'static str,
        default_root_object: &'static str,
        origins: Vec<Origin>,
        default_cache_behavior: CacheBehavior,
        restrictions: Restrictions,
        viewer_certificate: ViewerCertificate,
    } gives arn = "arn", domain_name = "domainName";
}

properties! {
    Origin {
        origin_id: &'static str,
        domain_name: Text,
        origin_access_control_id: Text,
    }
    CacheBehavior {
        target_origin_id: &'static str,
        viewer_protocol_policy: &'static str,
        allowed_methods: Vec<&'static str>,
        cached_methods: Vec<&'static str>,
        compress: bool,
        cache_policy_id: &'static str,
        response_headers_policy_id: Text,
    }
    /// Those that protect visitors. Each says whether it replaces what the origin says.
    SecurityHeaders {
        content_security_policy: ContentSecurityPolicy,
        content_type_options: ContentTypeOptions,
        frame_options: FrameOptions,
        referrer_policy: ReferrerPolicy,
        strict_transport_security: StrictTransportSecurity,
    }
    ContentSecurityPolicy { content_security_policy: String, r#override: bool }
    /// That a file is what its type says.
    ContentTypeOptions { r#override: bool }
    FrameOptions { frame_option: &'static str, r#override: bool }
    ReferrerPolicy { referrer_policy: &'static str, r#override: bool }
    StrictTransportSecurity { access_control_max_age_sec: u32, r#override: bool }
    Restrictions { geo_restriction: GeoRestriction }
    /// In which countries.
    GeoRestriction { restriction_type: &'static str }
    ViewerCertificate { cloudfront_default_certificate: bool }
}
