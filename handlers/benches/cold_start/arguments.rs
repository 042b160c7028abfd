use clap::Parser;

/// Measure how fast the functions start, beside small programs in other stacks that do the same job
#[derive(Parser)]
#[command(name = "cold_start")]
#[expect(clippy::struct_excessive_bools, reason = "independent flags")]
pub(crate) struct Arguments {
    /// Measure only variants whose names contain one of these texts
    pub(crate) names: Vec<String>,
    /// Number of measurements of each variant
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// Use HTTP instead of TLS between the programs and the services
    #[arg(long)]
    pub(crate) plain: bool,
    /// Skip the CPU share of a 128 MB function
    #[arg(long)]
    pub(crate) no_quota: bool,
    /// Write the results to docs/performance.md and its chart
    #[arg(long, conflicts_with = "names")]
    pub(crate) docs: bool,
    /// Instead, count the instructions of two functions, and fail if they rose by more than 5 %
    #[arg(long)]
    pub(crate) instructions: bool,
    /// Count the instructions, and record them
    #[arg(long)]
    pub(crate) record_instructions: bool,
    /// `cargo bench` passes this
    #[arg(long, hide = true)]
    bench: bool,
}
