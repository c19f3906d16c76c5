//! The command line: what a user may type, and nothing of what it does.

mod cascade;
mod compare;
mod cost;
mod evaluate;
mod loadtest;
mod pool;
mod search_bench;
mod serve;
mod simulate;
mod source;
mod values;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use cascade::CascadeArgs;
pub use compare::{AgainArgs, CompareArgs};
pub use cost::{CostArgs, CostModel};
pub use evaluate::EvaluateArgs;
pub use loadtest::LoadtestArgs;
pub use pool::{PoolArgs, PoolMembers};
pub use search_bench::SearchBenchArgs;
pub use serve::{PacketArgs, PolicyName, ServeArgs};
pub use simulate::{AdmissionName, LoadName, SimulateArgs, TrialArgs, TrialPolicy};
pub use source::SourceArgs;
pub use values::{DepthArg, FeatureChoice, Member};

use crate::pick::Pick;
use crate::search::AlgorithmName;

/// Parses the arguments of this process; prints help or the mistake and exits where there is nothing to run.
#[must_use]
pub fn parse() -> Cli {
    Cli::parse()
}

/// Searches for the Pareto front of traffic-analysis pipelines, and builds, measures and vendors its members.
#[derive(Debug, Parser)]
#[command(name = "cato", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Print one JSON document to stdout; everything else goes to stderr.
    #[arg(long, global = true)]
    pub json: bool,
    /// Where built pipelines and flow records are kept between runs [default: the user's cache folder].
    #[arg(long, global = true, value_name = "DIR", env = "CATO_CACHE_DIR")]
    pub cache: Option<PathBuf>,
    /// Say less: no progress line, warnings only.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Writes a synthetic capture and the labels of its flows.
    Synth(SynthArgs),
    /// Writes the features of every flow as a table.
    Features(FeaturesArgs),
    /// Trains a model for one feature set and depth, and scores it.
    Train(TrainArgs),
    /// Searches for the front of quality against measured cost.
    Optimize(OptimizeArgs),
    /// Evaluates candidates that another program chooses, as a search would.
    Evaluate(EvaluateArgs),
    /// Shows the front of a study.
    Front(FrontArgs),
    /// Trains and measures feature sets that need no search, beside the front of a study.
    Compare(CompareArgs),
    /// Puts early stages in front of a member of a study, and says how good and how early that answers.
    Cascade(CascadeArgs),
    /// Chooses a few members of a study's front that span it, and measures what they cost as they serve.
    Pool(PoolArgs),
    /// Plays load to a simulated server of a pool, under several policies, and says how well each does.
    Simulate(SimulateArgs),
    /// Plays load to a server of a pool in real time, under several policies, and says how well each does.
    Loadtest(LoadtestArgs),
    /// Searches tables whose true front is known, and says how much of it is found.
    SearchBench(SearchBenchArgs),
    /// Measures what a pipeline costs on captures: execution time, latency, throughput.
    Measure(MeasureArgs),
    /// Shows what a pipeline parses, keeps and computes.
    Explain(ExplainArgs),
    /// Runs a pipeline over captures: one JSON line for each flow.
    Classify(ClassifyArgs),
    /// Runs a pipeline over the packets of an interface or a capture, for as long as they come.
    Serve(ServeArgs),
    /// Writes a pipeline as a crate: a member of the front, or a spec.
    Vendor(VendorArgs),
    /// Measures pipelines for another process of this program.
    #[command(hide = true)]
    MeasureWorker,
}

/// Arguments of `cato synth`.
#[derive(Debug, Args)]
pub struct SynthArgs {
    /// A built-in profile or a profile file (TOML).
    #[arg(long, value_name = "NAME|FILE")]
    pub profile: String,
    /// Number of flows.
    #[arg(long, value_name = "N")]
    pub flows: u32,
    /// Seed of all random draws.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// The capture to write.
    #[arg(long, value_name = "FILE.pcap")]
    pub out: PathBuf,
    /// The labels to write.
    #[arg(long, value_name = "FILE.csv")]
    pub labels: PathBuf,
}

/// Captures, and how flows are told apart in them.
#[derive(Clone, Debug, Args)]
pub struct FlowArgs {
    /// When flows start and end.
    #[command(flatten)]
    pub rules: FlowRules,
    /// The files are parts of one capture, in order of their names.
    #[arg(long)]
    pub merge: bool,
}

/// When flows start and end.
#[derive(Clone, Debug, Args)]
pub struct FlowRules {
    /// A TCP flow starts only at a SYN.
    #[arg(long, default_value_t = true, action = clap::ArgAction::Set, value_name = "true|false")]
    pub require_syn: bool,
    /// Idle time-out of TCP flows, in packet time.
    #[arg(long, default_value = "300s", value_parser = humantime::parse_duration, value_name = "TIME")]
    pub tcp_timeout: Duration,
    /// Idle time-out of UDP flows, in packet time.
    #[arg(long, default_value = "60s", value_parser = humantime::parse_duration, value_name = "TIME")]
    pub udp_timeout: Duration,
}

/// Where labels come from.
#[derive(Clone, Debug, Args)]
#[group(multiple = false)]
pub struct LabelArgs {
    /// A CSV of flows (file, proto, client_ip, ...) or of MAC addresses (mac, label).
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// A flow's label is the name of its folder or its file.
    #[arg(long, value_name = "folder|file")]
    pub label_by: Option<LabelBy>,
}

/// Labels from names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LabelBy {
    /// The folder that holds the capture.
    Folder,
    /// The capture's file name.
    File,
}

/// How the flows are parted into training, validation and test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SplitArg {
    /// Flow by flow.
    Flow,
    /// No capture is in two parts.
    Capture,
}

/// The kind of model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ModelArg {
    /// One tree.
    DecisionTree,
    /// A hundred trees that vote.
    RandomForest,
}

/// Who fits decision trees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TreeTrainerArg {
    /// rafor: the same model from the same seed, byte for byte.
    Rafor,
    /// linfa-trees: ties between splits fall differently from run to run.
    Linfa,
}

/// What is learnt from labelled captures, and how.
#[derive(Clone, Debug, Args)]
pub struct LearnArgs {
    /// Classes with fewer flows are dropped.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub min_flows: usize,
    /// How the flows are parted [default: capture where every class has three captures or more, else flow].
    #[arg(long, value_name = "flow|capture")]
    pub split: Option<SplitArg>,
    /// Seed of split, training and search.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// The model to train.
    #[arg(long, value_enum, default_value_t = ModelArg::DecisionTree)]
    pub model: ModelArg,
    /// Who fits decision trees.
    #[arg(long, value_enum, default_value_t = TreeTrainerArg::Rafor)]
    pub tree_trainer: TreeTrainerArg,
}

/// Arguments of `cato features`.
#[derive(Debug, Args)]
pub struct FeaturesArgs {
    /// Capture files and folders.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub pcap: Vec<PathBuf>,
    /// Labels.
    #[command(flatten)]
    pub label: LabelArgs,
    /// Packets of a flow up to the inference point.
    #[arg(long, value_name = "N|all")]
    pub depth: DepthArg,
    /// Which features: all, a named set (mini, pc, pcpt, pcpttc) or a list.
    #[arg(long, default_value = "all", value_name = "all|a,b,c")]
    pub features: FeatureChoice,
    /// Adds the part (train, validation, test) that a search with this seed uses.
    #[arg(long, value_name = "flow|capture")]
    pub split: Option<SplitArg>,
    /// Seed of the split.
    #[arg(long, default_value_t = 1, value_name = "S")]
    pub seed: u64,
    /// With --split: classes with fewer flows are in no part.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub min_flows: usize,
    /// Flow rules.
    #[command(flatten)]
    pub flow: FlowArgs,
    /// The table's format.
    #[arg(long, value_enum, default_value_t = TableFormat::Csv)]
    pub format: TableFormat,
    /// The file to write [default: stdout].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Formats of a feature table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TableFormat {
    /// Comma-separated values with a header.
    Csv,
    /// One JSON object for each flow.
    Jsonl,
}

/// Arguments of `cato train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Capture files and folders.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub pcap: Vec<PathBuf>,
    /// Labels.
    #[command(flatten)]
    pub label: LabelArgs,
    /// Packets of a flow up to the inference point.
    #[arg(long, value_name = "N|all")]
    pub depth: DepthArg,
    /// Which features: all, a named set (mini, pc, pcpt, pcpttc) or a list.
    #[arg(long, default_value = "all", value_name = "all|a,b,c")]
    pub features: FeatureChoice,
    /// Learning.
    #[command(flatten)]
    pub learn: LearnArgs,
    /// Flow rules.
    #[command(flatten)]
    pub flow: FlowArgs,
    /// Writes spec.toml and model.json into this folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// Arguments of `cato optimize`.
#[derive(Debug, Args)]
pub struct OptimizeArgs {
    /// Labelled traffic.
    #[command(flatten)]
    pub source: SourceArgs,
    /// Candidate features: all, a named set (mini, pc, pcpt, pcpttc) or a list.
    #[arg(long, default_value = "all", value_name = "all|a,b,c")]
    pub features: FeatureChoice,
    /// Largest packet depth searched.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..), value_name = "N")]
    pub max_depth: u16,
    /// How candidates are chosen: mobo, cato, random, anneal, nsga2 or exhaustive.
    #[arg(long, default_value_t = AlgorithmName::Mobo, value_name = "NAME")]
    pub algorithm: AlgorithmName,
    /// Choose without the cheap estimate of quality that small models on a sample of the flows give.
    #[arg(long)]
    pub no_proxy: bool,
    /// Number of evaluations.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub iterations: usize,
    /// How often candidates on the front, or close to it, are measured again before the front is written.
    #[arg(long, default_value_t = 3, value_name = "N")]
    pub remeasure: u16,
    /// Cost.
    #[command(flatten)]
    pub cost: CostArgs,
    /// Learning.
    #[command(flatten)]
    pub learn: LearnArgs,
    /// Flow rules.
    #[command(flatten)]
    pub flow: FlowArgs,
    /// The study's folder; one that is there already is continued.
    #[arg(long, default_value = "study", value_name = "DIR")]
    pub study: PathBuf,
}

/// Arguments of `cato front`.
#[derive(Debug, Args)]
pub struct FrontArgs {
    /// The study's folder.
    pub study: PathBuf,
}

/// Arguments of `cato measure`.
#[derive(Debug, Args)]
pub struct MeasureArgs {
    /// A spec file, a study (every member of its front) or one member of it.
    #[arg(value_name = "SPEC|DIR[#ID]")]
    pub target: Member,
    /// Capture files and folders.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub pcap: Vec<PathBuf>,
    /// Length of the longest trials of throughput.
    #[arg(long, default_value = "500ms", value_parser = humantime::parse_duration, value_name = "TIME")]
    pub trial: Duration,
    /// How often the highest rate without loss is searched; the median counts.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..), value_name = "N")]
    pub searches: u32,
    /// Flow rules.
    #[command(flatten)]
    pub flow: FlowArgs,
}

/// Arguments of `cato explain`.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// A spec file or one member of a study.
    #[arg(value_name = "SPEC|DIR#ID")]
    pub target: Member,
}

/// Arguments of `cato classify`.
#[derive(Debug, Args)]
pub struct ClassifyArgs {
    /// A spec file or one member of a study.
    #[arg(value_name = "SPEC|DIR#ID")]
    pub target: Member,
    /// Capture files and folders.
    #[arg(long, required = true, num_args = 1.., value_name = "PATH")]
    pub pcap: Vec<PathBuf>,
    /// Labels to set beside the answers.
    #[command(flatten)]
    pub label: LabelArgs,
    /// Flow rules.
    #[command(flatten)]
    pub flow: FlowArgs,
    /// The file to write [default: stdout].
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Arguments of `cato vendor`.
#[derive(Debug, Args)]
pub struct VendorArgs {
    /// With --pick and --out a study's folder; with --out alone a spec file; with neither a vendored crate, which is
    /// written anew, or with --check compared, from its own spec, model and provenance.
    #[arg(value_name = "DIR|SPEC|CRATE")]
    pub source: PathBuf,
    /// Which member of the study's front.
    #[arg(long, value_name = "knee|best|fastest|min-quality=Q|ID")]
    pub pick: Option<Pick>,
    /// The crate's folder.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
    /// Write nothing; fail where a file on disk differs from what would be written.
    #[arg(long)]
    pub check: bool,
}
