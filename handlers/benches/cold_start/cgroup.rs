//! The CPU share of a 128 MB function, by a cgroup.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Lambda gives a function one CPU per 1,769 MB ("Configure Lambda function memory", Lambda developer guide).
const PERIOD_US: u32 = 20_000;
const QUOTA_US: u32 = PERIOD_US * 128 / 1769;

/// The controller's folder in version 1 of cgroups, and the root in version 2.
const VERSION_1: &str = "/sys/fs/cgroup/cpu";
const VERSION_2: &str = "/sys/fs/cgroup";

/// A cgroup with this share. It is removed at the end.
pub(crate) struct Quota {
    root: &'static Path,
    folder: PathBuf,
}

impl Quota {
    pub(crate) fn new() -> Result<Self> {
        let is_version_1 = Path::new(VERSION_1).join("cpu.cfs_quota_us").exists();
        let root = Path::new(if is_version_1 { VERSION_1 } else { VERSION_2 });
        if !is_version_1 {
            write(root, "cgroup.subtree_control", "+cpu")?;
        }
        let folder = root.join(format!("cold-start-{}", std::process::id()));
        fs::create_dir(&folder)
            .with_context(|| format!("cannot create {}: run as root", folder.display()))?;
        let quota = Self { root, folder };
        if is_version_1 {
            write(&quota.folder, "cpu.cfs_period_us", &PERIOD_US.to_string())?;
            write(&quota.folder, "cpu.cfs_quota_us", &QUOTA_US.to_string())?;
        } else {
            let max = format!("{QUOTA_US} {PERIOD_US}");
            write(&quota.folder, "cpu.max", &max)?;
        }
        Ok(quota)
    }

    pub(crate) fn enter(&self, process: u32) -> Result<()> {
        write(&self.folder, "cgroup.procs", &process.to_string())
    }

    pub(crate) fn leave(&self, process: u32) -> Result<()> {
        write(self.root, "cgroup.procs", &process.to_string())
    }
}

impl Drop for Quota {
    fn drop(&mut self) {
        // The kernel refuses this while a process is in the cgroup.
        let _ = fs::remove_dir(&self.folder);
    }
}

fn write(folder: &Path, file: &str, value: &str) -> Result<()> {
    let file = folder.join(file);
    fs::write(&file, value)
        .with_context(|| format!("cannot write to {}: run as root", file.display()))
}
