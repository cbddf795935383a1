//! The command line as clap reads it, after the compiler's flags have been taken out.

use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use nlib::interfaces::Format;

/// Said in the help of every command that compiles.
const COMPILER_FLAGS: &str = "\
Compiler flags: those of clang that make sense for one object: -D -U -I -isystem -iquote -include
-std= -O -g -f… -m… -W… -w -x -pthread --target=, joined or with their value in the next argument;
-l names a system library. A flag that cannot work here is refused with the reason.";

/// What was asked for.
#[derive(Debug, Parser)]
#[command(
    name = "nlib",
    about = "Loads native libraries from their source: C, C++, assembler, LLVM IR",
    override_usage = "nlib [OPTIONS] <COMMAND>",
    disable_version_flag = true,
    after_help = "\
Example:
  nlib run --with flecs examples/flecs-hello/main.c

LIB is a name found in ./vendor-manifests, NLIB_PATH or the installed manifests, or the path of a
manifest (.json); SOURCE is a file in C, C++, assembler or LLVM IR, an object or a static library.

Exit status: 0 done, 1 the source does not compile, 2 usage, 3 manifest, 4 link or symbol,
5 toolchain, 6 cache or I/O, 70 a bug of nlib, 130 interrupted. `nlib run` gives the program's."
)]
pub struct Arguments {
    #[command(flatten)]
    pub global: GlobalOptions,

    /// Show the version; with -v the compiler's too
    #[arg(long, short = 'V')]
    pub version: bool,

    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalOptions {
    /// Print data as JSON
    #[arg(long, global = true)]
    pub json: bool,

    /// When to use colours; `auto` honours NO_COLOR and CLICOLOR_FORCE
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,

    /// Show nothing but errors
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Show for each unit whether the cache had it and, if not, why; and what is linked and loaded
    #[arg(short, long, global = true)]
    pub verbose: bool,

    /// Neither use nor fill the cache
    #[arg(long, global = true)]
    pub no_cache: bool,

    /// Refuse to fetch sources over the network
    #[arg(long, global = true)]
    pub offline: bool,

    /// Leave the project file out: nlib.json in the working directory or above
    #[arg(long, global = true)]
    pub no_project: bool,

    /// Refuse to change or make the project's nlib.lock
    #[arg(long, global = true)]
    pub locked: bool,

    /// The profile that libraries are compiled with: dev, release or one of theirs [default: release]
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,

    /// The linker
    #[arg(long, global = true, value_name = "LINKER", default_value = "auto")]
    pub link: Link,

    /// How many units to compile at once [default: one for each processor]
    #[arg(short, long, global = true, value_name = "N")]
    pub jobs: Option<NonZeroUsize>,
}

/// When colours are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal
    Auto,
    Always,
    Never,
}

/// A linker by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Link {
    /// Whichever is faster and can do it
    Auto,
    /// JITLink, from objects in memory
    Jit,
    /// The platform's loader, from an image in the cache
    Image,
}

/// A command with its arguments.
#[derive(Debug, Subcommand)]
pub enum Command {
    Run(RunArguments),
    Load(LoadArguments),
    Why(WhyArguments),
    Symbols(SymbolsArguments),
    Bind(BindArguments),
    Object(ObjectArguments),
    Warm(WarmArguments),
    Fetch(FetchArguments),
    Init(InitArguments),
    Check(CheckArguments),
    List(ListArguments),
    Info(InfoArguments),
    Add(AddArguments),
    Remove(RemoveArguments),
    Update(UpdateArguments),
    Vendor(VendorArguments),
    Cache(CacheArguments),
    Doctor(DoctorArguments),
    Bench(BenchArguments),
    Completions(CompletionsArguments),
    Man(ManArguments),
}

/// Build source files and run their `main` in this process
///
/// A file can say itself what it needs, in lines at its head: `//nlib: with flecs`,
/// `//nlib: flags -O2 -lm`, `//nlib: source helper.c`, `//nlib: language c++`. With
/// `#!/usr/bin/env -S nlib run` in its first line it can be started by its name.
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib run [OPTIONS] [COMPILER FLAGS] <FILE>... [-- <ARGUMENTS>...]",
    after_help = format!("{COMPILER_FLAGS}\n\nExample:\n  nlib run --with sqlite3 -O2 query.c -- library.db")
)]
pub struct RunArguments {
    /// A library to compile and link against; may be repeated
    #[arg(long, value_name = "LIB")]
    pub with: Vec<String>,

    #[command(flatten)]
    pub supplies: SupplyArguments,

    /// C, C++, assembler, LLVM IR, objects, archives; `-` is standard input, C unless -x says otherwise
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// The program's arguments
    #[arg(value_name = "ARGUMENTS", last = true)]
    pub arguments: Vec<OsString>,
}

/// Load a library and look symbols up in it
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib load [OPTIONS] [COMPILER FLAGS] <LIB|SOURCE>",
    after_help = format!("{COMPILER_FLAGS}\n\nExample:\n  nlib load flecs --symbol ecs_init --json")
)]
pub struct LoadArguments {
    #[command(flatten)]
    pub library: LibraryArguments,

    #[command(flatten)]
    pub supplies: SupplyArguments,

    /// A symbol to look up, as the object names it; may be repeated
    #[arg(long = "symbol", short = 's', value_name = "NAME")]
    pub symbols: Vec<String>,
}

/// Say whether the cache has a library or program and, if not, what is different
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib why [OPTIONS] [COMPILER FLAGS] <LIB|SOURCE>...",
    after_help = format!("\
Looks only: nothing is compiled, fetched or written into the cache. Source files are taken together,
as `nlib run` takes them. The exit status is 0 when nothing would be compiled, else 1.

{COMPILER_FLAGS}

Example:
  nlib why --with flecs -O2 main.c")
)]
pub struct WhyArguments {
    /// Libraries, manifests or source files
    #[arg(value_name = "LIB|SOURCE", required = true)]
    pub libraries: Vec<String>,

    /// A library that source files are compiled and linked against; may be repeated
    #[arg(long, value_name = "LIB")]
    pub with: Vec<String>,
}

/// List the symbols that a library publishes or needs
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib symbols [OPTIONS] [COMPILER FLAGS] <LIB|SOURCE>",
    after_help = format!("{COMPILER_FLAGS}\n\nExample:\n  nlib symbols --undefined shapes.cpp")
)]
pub struct SymbolsArguments {
    #[command(flatten)]
    pub library: LibraryArguments,

    /// List what it defines and publishes; this is what is listed when nothing is said
    #[arg(long, conflicts_with = "undefined")]
    pub defined: bool,

    /// List what it refers to and does not define, who refers to it and who would supply it
    #[arg(long)]
    pub undefined: bool,

    /// Show C++ names as the object has them
    #[arg(long)]
    pub mangled: bool,
}

/// Write what a library's headers declare: as data, or for a language
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib bind [OPTIONS] [COMPILER FLAGS] <LIB|SOURCE>",
    after_help = format!("{COMPILER_FLAGS}\n\nExample:\n  nlib bind sqlite3 --format python -o sqlite3.pyi")
)]
pub struct BindArguments {
    #[command(flatten)]
    pub library: LibraryArguments,

    /// What to write [default: c]
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<Format>,

    /// The file; `-`, and no file, is standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,

    /// Only read headers, and take every function that they declare as one that the library has
    #[arg(long)]
    pub headers_only: bool,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(|(name, _)| name))
        .map(|name| Format::parse(&name).expect("clap takes only names of formats"))
}

/// Write a library's object code to a file
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib object [OPTIONS] [COMPILER FLAGS] <LIB|SOURCE> -o <OUT>",
    after_help = format!("{COMPILER_FLAGS}\n\nExample:\n  nlib object physics.c -O3 --target=aarch64-linux-gnu -o physics.o")
)]
pub struct ObjectArguments {
    #[command(flatten)]
    pub library: LibraryArguments,

    /// The file; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,
}

/// One library or source file, and what its source is compiled against.
#[derive(Debug, Args)]
pub struct LibraryArguments {
    /// A library, a manifest or a source file
    #[arg(value_name = "LIB|SOURCE")]
    pub library: String,

    /// A library that a source file is compiled and linked against; may be repeated
    #[arg(long, value_name = "LIB")]
    pub with: Vec<String>,
}

/// Where symbols come from besides the libraries named.
#[derive(Debug, Args)]
pub struct SupplyArguments {
    /// Look unresolved symbols up in the system's libraries, and say which were taken
    #[arg(long)]
    pub auto_libs: bool,

    /// A library or source file whose functions and variables replace those of the same names; may
    /// be repeated
    #[arg(long, value_name = "LIB|SOURCE")]
    pub overlay: Vec<String>,
}

/// Compile and link libraries into the cache, loading nothing
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib warm [OPTIONS] [COMPILER FLAGS] [LIB]...",
    after_help = format!("{COMPILER_FLAGS}\n\nExample:\n  nlib warm flecs sqlite3 -j 4")
)]
pub struct WarmArguments {
    /// The libraries; those of the project when none is named, without a project every available one
    #[arg(value_name = "LIB")]
    pub libraries: Vec<String>,
}

/// Bring the pinned sources of libraries
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib fetch flecs --print-dir")]
pub struct FetchArguments {
    /// The libraries; those of the project when none is named, without a project every available one
    #[arg(value_name = "LIB")]
    pub libraries: Vec<String>,

    /// Print the folders that hold the sources, and nothing else
    #[arg(long)]
    pub print_dir: bool,
}

/// Write a manifest for sources that have none, and try it
#[derive(Debug, Args)]
#[command(
    override_usage = "nlib init [OPTIONS] [COMPILER FLAGS] <FILE>...\n       nlib init [OPTIONS] [COMPILER FLAGS] <DIRECTORY>",
    after_help = format!("\
The compiler flags become fields of the manifest. The exit status is 0 if the library compiles and
links; if it does not, the manifest is written all the same, and what is missing is said.

{COMPILER_FLAGS}

Example:
  nlib init src/parser.c include/parser.h
  nlib init lz4-sys/liblz4/lib --name lz4 --pin cargo:lz4-sys@1.11.1 --pin-dir liblz4/lib")
)]
pub struct InitArguments {
    /// Sources and the headers that users include, or one folder
    #[arg(value_name = "FILE|DIRECTORY", required = true)]
    pub paths: Vec<PathBuf>,

    /// The manifest; paths in it start in its folder [default: NAME.json beside the sources]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Print the manifest and write no file
    #[arg(long)]
    pub stdout: bool,

    /// Replace a manifest that is there
    #[arg(long, conflicts_with = "stdout")]
    pub force: bool,

    /// The library's name [default: that of the folder or the first file]
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,

    /// Pin the files by digest, to be had from CLIENT:TEXT, for instance cargo:lz4-sys@1.11.1
    #[arg(long, value_name = "ORIGIN")]
    pub pin: Option<String>,

    /// The folder inside the origin's package that holds the files
    #[arg(long, value_name = "FOLDER", requires = "pin")]
    pub pin_dir: Option<String>,
}

/// Say everything that is wrong with manifests, and run their tests
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nlib check mine.json\n  nlib check --run --all --html report.html"
)]
pub struct CheckArguments {
    /// The manifests, by name or path; every available one when none is named
    #[arg(value_name = "LIB|FILE")]
    pub manifests: Vec<String>,

    /// Build and load the libraries and run the tests of their manifests, with each linker
    #[arg(long)]
    pub run: bool,

    /// Every available manifest, besides those named
    #[arg(long)]
    pub all: bool,

    /// Compile everything anew, whatever the cache has
    #[arg(long, requires = "run")]
    pub cold: bool,

    /// Write the report as a page with a bar for each library
    #[arg(long, requires = "run", value_name = "FILE")]
    pub html: Option<PathBuf>,
}

/// List the libraries that can be asked for by name
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib list --json")]
pub struct ListArguments {}

/// Say what a library is, what may be chosen of it and how it is used
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib info imgui")]
pub struct InfoArguments {
    /// The library, or its manifest
    #[arg(value_name = "LIB", value_parser = NonEmptyStringValueParser::new())]
    pub library: String,
}

/// Put libraries into the project, which is made where there is none
#[derive(Debug, Args)]
#[command(after_help = "\
Without a version, those are taken that are compatible with the one found. What is chosen of a library
that the project has already is added to what it asks for.

Example:
  nlib add flecs 'imgui@^1.89[demo,backend=glfw]'")]
pub struct AddArguments {
    /// The libraries, with what is chosen of them: NAME@RANGE[FEATURE,OPTION=VALUE,!default]
    #[arg(value_name = "NAME", required = true, value_parser = NonEmptyStringValueParser::new())]
    pub libraries: Vec<String>,
}

/// Take libraries out of the project
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib remove imgui")]
pub struct RemoveArguments {
    /// The libraries
    #[arg(value_name = "NAME", required = true, value_parser = NonEmptyStringValueParser::new())]
    pub libraries: Vec<String>,
}

/// Take the newest versions that the project takes, instead of the locked ones
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib update flecs")]
pub struct UpdateArguments {
    /// The libraries; every locked one when none is named
    #[arg(value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub libraries: Vec<String>,
}

/// Copy what the project is built from into a folder of it
///
/// The sources and manifests of its libraries, and of what these depend on.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib vendor third-party")]
pub struct VendorArguments {
    /// The folder, made if it is not there; from now on the project takes its libraries from it
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

/// Look at the cache, or empty it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib cache stats")]
pub struct CacheArguments {
    #[command(subcommand)]
    pub command: CacheCommand,
}

/// What to do with the cache.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum CacheCommand {
    /// Print the cache's folder
    #[command(after_help = "Example:\n  du -sh \"$(nlib cache dir)\"")]
    Dir,
    /// Count what is in it
    #[command(after_help = "Example:\n  nlib cache stats --json")]
    Stats,
    /// List the compiled units
    #[command(after_help = "Example:\n  nlib cache ls")]
    Ls,
    /// Delete compiled code; fetched sources stay
    #[command(after_help = "Example:\n  nlib cache clean")]
    Clean,
}

/// Find out what keeps nlib from working, and what to do about it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib doctor")]
pub struct DoctorArguments {}

/// Measure loads from a warm cache beside dlopen of the same code
#[derive(Debug, Args)]
#[command(after_help = "\
Loads, looks one symbol up and unloads, in this process: with one session, with a new session each
time, and with dlopen(RTLD_NOW) of a shared object that clang links from the same objects with its
defaults. The three take turns; unloading is not timed.

Example:
  nlib bench flecs --symbol ecs_init -n 100 --json")]
pub struct BenchArguments {
    #[command(flatten)]
    pub library: LibraryArguments,

    /// The symbol to look up [default: the first function published]
    #[arg(long, short = 's', value_name = "NAME")]
    pub symbol: Option<String>,

    /// How many times each is measured
    #[arg(short = 'n', long, value_name = "N", default_value = "50")]
    pub runs: NonZeroUsize,
}

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  nlib completions bash > ~/.local/share/bash-completion/completions/nlib"
)]
pub struct CompletionsArguments {
    /// The shell
    pub shell: Shell,
}

/// Write the manual pages, one for each command, into a folder
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  nlib man ~/.local/share/man/man1")]
pub struct ManArguments {
    /// The folder, made if it is not there
    #[arg(value_name = "DIR")]
    pub directory: PathBuf,
}

impl Arguments {
    /// Reads a command line, the program's name first.
    pub fn read(arguments: Vec<OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(arguments)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    const GUIDE: &str = include_str!("../../../docs/cli.md");

    fn all() -> Vec<(String, clap::Command)> {
        fn collect(
            prefix: &str,
            command: &clap::Command,
            found: &mut Vec<(String, clap::Command)>,
        ) {
            for inner in command
                .get_subcommands()
                .filter(|inner| inner.get_name() != "help")
            {
                let name = format!("{prefix} {}", inner.get_name());
                collect(&name, inner, found);
                found.push((name, inner.clone()));
            }
        }
        let mut root = Arguments::command();
        root.build();
        let mut found = vec![("nlib".to_string(), root.clone())];
        collect("nlib", &root, &mut found);
        found
    }

    #[test]
    fn clap_finds_no_fault() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_help_has_an_example_of_its_command() {
        for (name, mut command) in all() {
            let help = command.render_long_help().to_string();
            let example = help
                .split("Example:\n")
                .nth(1)
                .unwrap_or_else(|| panic!("{name}: {help}"));
            assert!(example.contains(&name), "{name}: {example}");
        }
    }

    #[test]
    fn the_guide_has_a_section_for_every_command_and_names_every_option() {
        let documented: Vec<&str> = GUIDE
            .lines()
            .filter_map(|line| line.strip_prefix("## nlib "))
            .collect();
        let commands: Vec<String> = all()
            .into_iter()
            .filter(|(name, _)| name.split(' ').count() == 2)
            .map(|(_, command)| command.get_name().to_string())
            .collect();
        assert_eq!(documented, commands);
        for (name, command) in all() {
            for option in command.get_opts().filter_map(clap::Arg::get_long) {
                assert!(GUIDE.contains(&format!("--{option}")), "{name} --{option}");
            }
            assert!(GUIDE.contains(&name), "{name}");
        }
    }
}
