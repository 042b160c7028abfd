//! Starts a program as Lambda does, and measures it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rps_contract::names::env;
use rps_testkit::rpsctl::memory_bytes;
use rustix::process::{Pid, Signal, kill_process};
use tokio::runtime::Handle;
use wait4::Wait4 as _;

use crate::cgroup::Quota;
use crate::runtime_api::{Answer, RuntimeApi};
use crate::services::STAGE;
use crate::tls::Authority;
use crate::variants::Variant;

/// Invocations after the first one.
const WARM_INVOCATIONS: usize = 200;

pub(crate) struct Sample {
    /// From the start of the process to its first poll of the Runtime API.
    pub(crate) init: Duration,
    /// From the start of the process to its first answer.
    pub(crate) first: Duration,
    /// CPU time of the process until its second poll.
    pub(crate) cpu: Duration,
    /// The first invocation, at the CPU share of a 128 MB function.
    pub(crate) small: Option<Duration>,
    /// The median invocation after the first.
    pub(crate) warm: Duration,
    /// The largest resident set.
    pub(crate) memory_kb: u64,
}

pub(crate) struct Lab<'a> {
    pub(crate) runtime: &'a Handle,
    /// The URL of the services, without a path.
    pub(crate) services: &'a str,
    pub(crate) authority: &'a Authority,
    pub(crate) quota: Option<&'a Quota>,
    /// Receives the output of the programs.
    pub(crate) log: PathBuf,
}

impl Lab<'_> {
    pub(crate) fn measure(&self, variant: &Variant) -> Result<Sample> {
        let (init, first, cpu) = self.start_cold(variant)?;
        let (small, warm, memory_kb) = self.start_small(variant)?;
        Ok(Sample {
            init,
            first,
            cpu,
            small,
            warm,
            memory_kb,
        })
    }

    /// Returns the times to the first poll and to the first answer, and the CPU time.
    fn start_cold(&self, variant: &Variant) -> Result<(Duration, Duration, Duration)> {
        let api = RuntimeApi::start(self.runtime, variant.scene.event().to_string())?;
        let began = Instant::now();
        let process = self.spawn(variant, &api)?;
        let init = api.poll()? - began;
        api.invoke(1);
        let first = checked(variant, api.answer()?)?.at - began;
        api.poll()?;
        Ok((init, first, process.kill()?))
    }

    /// Returns the times of the first invocation and of a later one, and the largest resident set.
    fn start_small(&self, variant: &Variant) -> Result<(Option<Duration>, Duration, u64)> {
        let api = RuntimeApi::start(self.runtime, variant.scene.event().to_string())?;
        let process = self.spawn(variant, &api)?;
        let id = process.0.as_ref().map(Child::id).unwrap_or_default();
        api.poll()?;
        if let Some(quota) = self.quota {
            quota.enter(id)?;
        }
        api.invoke(1);
        let first = checked(variant, api.answer()?)?.took;
        api.poll()?;
        if let Some(quota) = self.quota {
            quota.leave(id)?;
        }
        api.invoke(WARM_INVOCATIONS);
        let mut warm = Vec::new();
        for _ in 0..WARM_INVOCATIONS {
            warm.push(checked(variant, api.answer()?)?.took);
            api.poll()?;
        }
        warm.sort_unstable();
        let small = self.quota.map(|_| first);
        let memory = memory_bytes(id, "VmHWM").context("the function has ended")?;
        Ok((small, warm[WARM_INVOCATIONS / 2], memory / 1024))
    }

    fn spawn(&self, variant: &Variant, api: &RuntimeApi) -> Result<Process> {
        let log = File::create(&self.log)?;
        let (program, arguments) = variant
            .program
            .command
            .split_first()
            .context("no program")?;
        let socket = self.services.replacen("http", "ws", 1) + STAGE;
        let child = Command::new(program)
            .args(arguments)
            .env_clear()
            .envs(variant.program.environment.iter().copied())
            // The peers read the certificates from a file, as they do in Lambda.
            .env("AWS_CA_BUNDLE", &self.authority.roots)
            .env("NODE_EXTRA_CA_CERTS", &self.authority.pem)
            .env("SSL_CERT_FILE", &self.authority.roots)
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("AWS_ENDPOINT_URL", self.services)
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_NAME", "rps")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_RUNTIME_API", api.address.to_string())
            .env("AWS_REGION", "eu-west-1")
            .env(
                "AWS_SECRET_ACCESS_KEY",
                "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            )
            // Real session tokens have about this length.
            .env("AWS_SESSION_TOKEN", "IQoJb3JpZ2luX2VjEXAMPLE".repeat(40))
            .env(
                env::QUEUE_URL,
                format!("{}/123456789012/rps-rounds", self.services),
            )
            .env(env::SOCKET_URL, socket)
            .env(env::TABLE, variant.scene.table())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("cannot start {}", program.to_string_lossy()))?;
        Ok(Process(Some(child)))
    }

    /// Starts the program, lets it have one invocation, and ends it in order.
    pub(crate) fn run_once(&self, variant: &Variant) -> Result<()> {
        let api = RuntimeApi::start(self.runtime, variant.scene.event().to_string())?;
        let process = self.spawn(variant, &api)?;
        api.poll()?;
        api.invoke(1);
        checked(variant, api.answer()?)?;
        api.poll()?;
        process.terminate()
    }

    /// The output of the last program.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }
}

fn checked(variant: &Variant, answer: Answer) -> Result<Answer> {
    let body = String::from_utf8_lossy(&answer.body);
    let body = body.replace(' ', "");
    let expected = variant.scene.result();
    ensure!(
        body.contains(expected),
        "the answer lacks {expected}: {body}"
    );
    Ok(answer)
}

/// A process that ends with this value.
struct Process(Option<Child>);

impl Process {
    /// Returns the CPU time that the process used.
    fn kill(mut self) -> Result<Duration> {
        let mut child = self.0.take().context("already dead")?;
        child.kill()?;
        let used = child.wait4()?.rusage;
        Ok(used.utime + used.stime)
    }

    fn terminate(mut self) -> Result<()> {
        let mut child = self.0.take().context("already dead")?;
        kill_process(Pid::from_child(&child), Signal::TERM)?;
        child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
