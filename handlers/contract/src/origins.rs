//! Web origins from which a browser may connect.

use std::str::FromStr;

/// A connection without an Origin header does not come from a browser and is always allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AllowedOrigins {
    All,
    Only(Vec<String>),
}

impl AllowedOrigins {
    pub fn allow(&self, origin: Option<&str>) -> bool {
        match (self, origin) {
            (Self::All, _) | (_, None) => true,
            (Self::Only(allowed), Some(origin)) => {
                allowed.iter().any(|o| o.eq_ignore_ascii_case(origin))
            }
        }
    }
}

impl FromStr for AllowedOrigins {
    type Err = &'static str;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        if list.trim() == "*" {
            return Ok(Self::All);
        }
        let origins: Vec<String> = list
            .split(',')
            .map(|origin| origin.trim().trim_end_matches('/').to_owned())
            .collect();
        if origins.iter().any(|origin| !origin.contains("://")) {
            return Err("* or origins such as https://example.com, separated by commas");
        }
        Ok(Self::Only(origins))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_must_be_listed() {
        let only: AllowedOrigins = "https://a.example, http://localhost:4566/"
            .parse()
            .expect("list");
        assert!(only.allow(Some("https://a.example")) && only.allow(Some("http://localhost:4566")));
        assert!(!only.allow(Some("https://b.example")) && !only.allow(Some("null")));
        assert!(only.allow(None), "not a browser");
        assert!(AllowedOrigins::All.allow(Some("https://b.example")));
        assert!("a.example".parse::<AllowedOrigins>().is_err());
    }
}
