//! `rpsctl doctor`: what is as it should be, and what is not.
//!
//! One small function a check, one file a service. `orphans` is what lies in the table that nothing will remove soon.

mod clock;
mod cloudwatch;
mod dynamodb;
mod finding;
mod lambda;
mod orphans;
mod policy;
mod show;
mod sqs;

use std::future::Future;

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, join_all};
use rps_contract::names::Function;

use self::finding::{Finding, Found, State};
use crate::aws::{Deployment, Watch};
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
    let is_fine = findings.iter().all(|it| it.state == State::Ok);
    Ok(Exit::healthy_if(is_fine))
}

fn print(findings: &[Finding]) -> anyhow::Result<()> {
    findings.iter().try_for_each(output::row)
}

/// All checks, side by side. Fails only if AWS would answer none of them.
async fn check(deployment: &Deployment) -> Result<Vec<Finding>, Failure> {
    let watch = Watch::default();
    let table = dynamodb::table(deployment, &watch).await?;
    let checks = [
        async { table }.boxed_local(),
        finding("ttl", dynamodb::ttl(deployment)),
        finding("queue", sqs::queue(deployment)),
        finding("dead-letters", sqs::dead_letters(deployment)),
        finding("mapping", lambda::mapping(deployment)),
        finding("functions", lambda::functions(deployment)),
        finding("recursion", lambda::recursion(deployment)),
        finding("permissions", policy::permissions(deployment)),
        finding("clock", async { clock::compare(watch.times()) }),
        finding("errors", cloudwatch::errors(deployment)),
        finding("logs", cloudwatch::lines(deployment)),
        finding("orphans", orphans::orphans(deployment)),
    ];
    Ok(join_all(checks).await)
}

fn finding<'a>(
    check: &'static str,
    looking: impl Future<Output = Result<Found, Failure>> + 'a,
) -> LocalBoxFuture<'a, Finding> {
    looking
        .map(move |found| Finding::new(check, found))
        .boxed_local()
}

/// Looks at each of the four functions, at the same time. What fails is the first of them, not the fastest.
async fn of_each<T>(
    look: impl AsyncFn(Function) -> Result<T, Failure>,
) -> Result<Vec<(Function, T)>, Failure> {
    let all = Function::ALL.map(async |function| Ok((function, look(function).await?)));
    join_all(all).await.into_iter().collect()
}
