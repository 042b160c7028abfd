//! `rpsctl doctor`: checks a stack and suggests remedies.
//!
//! Each check is one function; there is one file per AWS service. `orphans` checks the table for items that nothing
//! removes.

mod clock;
mod cloudwatch;
mod dynamodb;
mod finding;
mod gateway;
mod lambda;
mod orphans;
mod policy;
mod show;
mod sqs;

use std::future::Future;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, join_all};
use rps_contract::names::Function;

pub(super) use self::finding::Finding;
use self::finding::{CheckResult, CheckState};
use crate::aws::{CallTimer, Deployment};
use crate::cli::{DoctorArgs, Global};
use crate::commands::watch;
use crate::exit::{Exit, Failure};
use crate::output::{self, Format};

pub(crate) async fn run(args: DoctorArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    if args.watch {
        let print = async || print(&check(&deployment).await?);
        return watch::watch(args.every, &deployment, global, print, async || {
            let findings = check(&deployment).await?;
            Ok((show::head(&findings), show::text(&findings)))
        })
        .await;
    }
    let findings = check(&deployment).await?;
    match global.output {
        Format::Json => print(&findings)?,
        Format::Table => output::data(show::text(&findings))?,
    }
    let is_healthy = findings.iter().all(|it| it.state == CheckState::Ok);
    Ok(Exit::healthy_if(is_healthy))
}

fn print(findings: &[Finding]) -> anyhow::Result<()> {
    findings.iter().try_for_each(output::row)
}

/// Runs all checks concurrently. Fails only if AWS would refuse every check.
async fn check(deployment: &Deployment) -> Result<Vec<Finding>, Failure> {
    let watch = CallTimer::default();
    let table = dynamodb::table(deployment, &watch).await?;
    let checks = [
        async { table }.boxed_local(),
        finding("ttl", dynamodb::ttl(deployment)),
        finding("queue", sqs::queue(deployment)),
        finding("dead-letters", sqs::dead_letters(deployment)),
        finding("mapping", lambda::mapping(deployment)),
        finding("functions", lambda::functions(deployment)),
        finding("concurrency", lambda::concurrency(deployment)),
        finding("recursion", lambda::recursion(deployment)),
        finding("stage", gateway::stage(deployment)),
        finding("permissions", policy::permissions(deployment)),
        finding("clock", async { clock::compare(watch.times()) }),
        finding("alarms", cloudwatch::alarms(deployment)),
        finding("errors", cloudwatch::errors(deployment)),
        finding("logs", cloudwatch::logs(deployment)),
        finding("orphans", orphans::orphans(deployment)),
    ];
    Ok(join_all(checks).await)
}

fn finding<'a>(
    check: &'static str,
    result: impl Future<Output = Result<CheckResult, Failure>> + 'a,
) -> LocalBoxFuture<'a, Finding> {
    result
        .map(move |result| Finding::new(check, result))
        .boxed_local()
}

/// Queries all four functions concurrently. Returns the error of the first function in order, so that the error does
/// not depend on timing.
async fn for_each_function<T>(
    query: impl AsyncFn(Function) -> Result<T, Failure>,
) -> Result<Vec<(Function, T)>, Failure> {
    let all = Function::ALL.map(async |function| Ok((function, query(function).await?)));
    join_all(all).await.into_iter().collect()
}
