//! What is asked of the compiler and what it gives.

use std::path::PathBuf;

use nlib_cache::{Input, Recorded, Roots};
use serde::{Deserialize, Serialize};

use crate::annotations::Annotations;
use crate::cancel::Cancellation;
use crate::diagnostic::Diagnostics;
use crate::error::{CompileError, Phase};

/// One translation unit to compile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompileRequest {
    /// The unit's name in messages.
    pub unit: String,
    /// The source root, absolute; relative paths in `arguments` and `source` start here.
    pub working_directory: PathBuf,
    /// Driver arguments without compiler, input and output.
    pub arguments: Vec<String>,
    /// Further arguments, of which those are used that the compiler takes without a word.
    pub optional_arguments: Vec<String>,
    /// The source file.
    pub source: String,
    /// Files that exist only for this compile: absolute path and content.
    pub virtual_files: Vec<(String, Vec<u8>)>,
    /// What `__DATE__` and its like expand to, in seconds since 1970; the clock when `None`.
    pub source_date_epoch: Option<u64>,
}

/// Headers to read, as one translation unit that includes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceRequest {
    /// The unit: its text, and the arguments that the library is compiled with.
    pub unit: CompileRequest,
    /// What the interface says of its library.
    pub description: InterfaceDescription,
}

/// What an interface says of its library besides what its headers declare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InterfaceDescription {
    /// The library's name.
    pub library: String,
    /// The headers, as the unit includes them.
    pub headers: Vec<String>,
    /// Read as C++, not as C.
    pub cpp: bool,
}

/// Why a result must not be cached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Uncacheable {
    /// A macro stands for the time of the compile.
    #[error("it uses {0}; set SOURCE_DATE_EPOCH to give it a fixed value")]
    TimeMacro(String),
    /// The assembler may read files that the trace does not know.
    #[error("its inline assembly uses {0}, which can read files behind the compiler's back")]
    AssemblerDirective(String),
    /// A file changed while it was compiled.
    #[error("{0} changed during the compile")]
    Unstable(String),
}

/// A compiled unit, or headers that were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompiledUnit {
    /// The object file, or the interface as JSON.
    #[serde(skip)]
    pub object: Vec<u8>,
    /// Warnings.
    pub diagnostics: Diagnostics,
    /// Everything the compiler asked of the file system; paths absolute.
    pub inputs: Vec<Input>,
    /// Why the result must not be cached; empty when it may be.
    pub uncacheable: Vec<Uncacheable>,
}

impl CompiledUnit {
    /// What the cache keeps: the inputs, with paths below `roots` made symbolic, and `annotations`.
    pub fn recorded(&self, roots: &Roots, annotations: &Annotations) -> Recorded {
        let inputs = self.inputs.iter().cloned().map(|mut input| {
            input.path = roots.fold(input.path.as_ref());
            if let nlib_cache::PathState::RealPath {
                target: Some(target),
            } = &mut input.state
            {
                *target = roots.fold(target.as_ref());
            }
            input
        });
        Recorded {
            inputs: inputs.collect(),
            annotations: annotations.to_bytes(),
        }
    }
}

/// An object file that goes into an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageInput {
    /// Its name in messages, `flecs.c`.
    pub name: String,
    /// The object file.
    pub bytes: Vec<u8>,
}

/// Objects to link to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRequest {
    /// The library's name in messages.
    pub library: String,
    /// The image's soname; unused when `relocatable`.
    pub soname: String,
    /// Make one relocatable object of all, instead of an image.
    pub relocatable: bool,
    /// The objects in link order.
    pub objects: Vec<ImageInput>,
    /// Images that it depends on, in order; named as needed even if it refers to them by weak
    /// references only.
    pub dependencies: Vec<PathBuf>,
    /// System libraries, in order; named as needed only if it refers to them.
    pub libraries: Vec<PathBuf>,
}

/// What a worker says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolchainReport {
    /// clang's version.
    pub version: String,
    /// The triple compiled for when none is asked for.
    pub default_triple: String,
    /// The folder of clang's own headers.
    pub resource_directory: PathBuf,
    /// The worker program and the clang and LLVM libraries it runs: their contents are the
    /// compiler.
    pub files: Vec<PathBuf>,
}

/// Compiles units and links images.
///
/// Implementations may be called from many threads at once.
pub trait Compiler: Send + Sync {
    /// Compiles one unit, unless it is cancelled. `phase` is told where the compile has got to, on the
    /// calling thread.
    ///
    /// # Errors
    /// The source is rejected, the compiler fails, or somebody cancelled; a later call works all the same.
    fn compile(
        &self,
        request: &CompileRequest,
        cancellation: &Cancellation,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<CompiledUnit, CompileError>;

    /// Reads headers, unless it is cancelled; otherwise as [`Compiler::compile`].
    ///
    /// # Errors
    /// The headers do not parse, the compiler fails, or somebody cancelled; a later call works all the same.
    fn read_interface(
        &self,
        request: &InterfaceRequest,
        cancellation: &Cancellation,
        phase: &mut dyn FnMut(Phase),
    ) -> Result<CompiledUnit, CompileError>;

    /// Links objects to an image and gives its bytes.
    ///
    /// # Errors
    /// The link fails, or the linker does; a later call works all the same.
    fn link_image(&self, request: &ImageRequest) -> Result<Vec<u8>, CompileError>;

    /// What the compiler is.
    ///
    /// # Errors
    /// It cannot be started.
    fn report(&self) -> Result<ToolchainReport, CompileError>;
}
