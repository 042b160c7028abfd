//! The permissions of API Gateway to invoke the functions.

use aws_sdk_lambda::Client;
use rps_contract::names::{Function, ROUTES};
use serde_json::Value;

use super::finding::{CheckResult, Problems};
use super::for_each_function;
use crate::aws::Deployment;
use crate::exit::{Exit, Failure};

/// Checks that API Gateway may invoke the function of each route. The mapping needs no such permission: it uses the
/// role of `decide`.
pub(super) async fn permissions(deployment: &Deployment) -> Result<CheckResult, Failure> {
    let parts = deployment.parts().await?;
    let has_routes = |function| ROUTES.iter().any(|route| route.function == function);
    let statements = for_each_function(async |function| {
        if has_routes(function) {
            statements(deployment, function).await
        } else {
            Ok(Vec::new())
        }
    });
    let mut refused = Vec::new();
    for (function, statements) in statements.await? {
        for route in ROUTES.iter().filter(|route| route.function == function) {
            let source = format!("{}/{}/{}", parts.api, parts.stage, route.key);
            if !statements.iter().any(|it| allows(it, &source)) {
                refused.push(route.key);
            }
        }
    }
    let (all, api) = (ROUTES.len(), &parts.api);
    let mut problems = Problems::of(deployment.target());
    if !refused.is_empty() {
        let refused = refused.join(", ");
        problems.add_drift(format!(
            "routes of API {api} that may not invoke their functions: {refused}"
        ));
    }
    Ok(problems.result_or(format!(
        "all {all} routes of API {api} may invoke their functions"
    )))
}

async fn statements(deployment: &Deployment, function: Function) -> Result<Vec<Value>, Failure> {
    let name = deployment.target().function(function);
    let request = Client::new(deployment.config()).get_policy();
    let policy = match request.function_name(&name).send().await {
        Ok(output) => output.policy.unwrap_or_default(),
        Err(error) => {
            let failure = deployment.explain_function("lambda:GetPolicy", function, &error);
            // Without any permission, a function has no policy.
            return match failure.exit() {
                Exit::NoSuchThing => Ok(Vec::new()),
                _ => Err(failure),
            };
        }
    };
    let policy: Value = serde_json::from_str(&policy).unwrap_or_default();
    Ok(policy["Statement"].as_array().cloned().unwrap_or_default())
}

/// Whether a statement allows API Gateway to invoke the function from this API, stage and route.
fn allows(statement: &Value, source: &str) -> bool {
    let arn = ["ArnLike", "StringLike", "ArnEquals", "StringEquals"]
        .into_iter()
        .find_map(|operator| statement["Condition"][operator]["AWS:SourceArn"].as_str());
    // arn:PARTITION:execute-api:REGION:ACCOUNT:SOURCE
    let pattern = arn.and_then(|arn| arn.splitn(6, ':').last());
    statement["Effect"] == "Allow"
        && statement["Action"] == "lambda:InvokeFunction"
        && statement["Principal"]["Service"] == "apigateway.amazonaws.com"
        && pattern.is_none_or(|pattern| matches_pattern(pattern, source))
}

/// Whether a text matches a pattern in which `*` matches any text.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
            ends.into_iter()
                .any(|at| matches_pattern(after, &rest[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{allows, matches_pattern};

    #[test]
    fn a_star_in_a_pattern_matches_any_text() {
        for (pattern, matches) in [
            ("a1/live/$connect", true),
            ("a1/live/$default", false),
            ("a1/live/*", true),
            ("a1/*", true),
            ("a1/*/$connect", true),
            ("*", true),
            ("*/live", false),
            ("b2/*", false),
            ("a1/live/$connect*", true),
            ("", false),
        ] {
            assert_eq!(
                matches_pattern(pattern, "a1/live/$connect"),
                matches,
                "{pattern}"
            );
        }
    }

    #[test]
    fn only_a_statement_for_this_api_allows_a_route() {
        let statement = |principal: &str, source: &str| {
            json!({
                "Effect": "Allow",
                "Principal": { "Service": principal },
                "Action": "lambda:InvokeFunction",
                "Condition": { "ArnLike": { "AWS:SourceArn": format!("arn:aws:execute-api:eu-west-1:1:{source}") } },
            })
        };
        let gateway = "apigateway.amazonaws.com";
        let good = statement(gateway, "a1/live/join-game");
        let mut anywhere = good.clone();
        anywhere["Condition"] = json!(null);
        let mut denied = good.clone();
        denied["Effect"] = json!("Deny");
        for (statement, allowed) in [
            (good, true),
            (anywhere, true),
            (denied, false),
            (statement("s3.amazonaws.com", "a1/live/join-game"), false),
            (statement(gateway, "b2/live/join-game"), false),
            (json!({}), false),
        ] {
            assert_eq!(
                allows(&statement, "a1/live/join-game"),
                allowed,
                "{statement}"
            );
        }
    }
}
