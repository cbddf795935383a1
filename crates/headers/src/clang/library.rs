//! libclang as a shared library: where it lies, and its functions.
//!
//! clang-sys has the types, numbers and signatures. Its own loader searches the machine and runs
//! `llvm-config`; here the library is opened at the one path that belongs to this build's LLVM.

use std::ffi::{c_uint, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clang_sys::{CXCursor, CXPrintingPolicy, CXString, CXType, Functions};
use libloading::Library;

use crate::HeaderError;

/// What libclang 22 may be called, below an LLVM prefix and in the folders of distributions.
const NAMES: [&str; 3] = ["libclang-22.so.1", "libclang-22.so.22", "libclang.so.22"];

/// Where libclang 22 lies for an LLVM that is installed below `prefix`.
pub fn find_libclang(prefix: &Path) -> Option<PathBuf> {
    let multiarch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let folders = [
        prefix.join("lib"),
        prefix.join("lib64"),
        PathBuf::from(multiarch),
    ];
    let in_folder = |folder: &PathBuf| NAMES.map(|name| folder.join(name));
    folders
        .iter()
        .flat_map(in_folder)
        .find(|path| path.is_file())
}

/// Visits the bases of a class; clang-sys 1.9 declares it with other parameters.
type VisitBases = unsafe extern "C" fn(CXType, clang_sys::CXFieldVisitor, *mut c_void) -> c_uint;
/// Prints a type with all its qualifiers; newer than clang-sys 1.9.
type QualifiedName = unsafe extern "C" fn(CXType, CXPrintingPolicy, c_uint) -> CXString;
/// A printing policy for the language of a cursor's unit.
type PolicyOf = unsafe extern "C" fn(CXCursor) -> CXPrintingPolicy;

/// The functions of a libclang that stays loaded until the process ends.
pub struct Libclang {
    /// Those that clang-sys declares rightly.
    pub functions: Functions,
    /// `clang_visitCXXBaseClasses`
    pub visit_bases: VisitBases,
    /// `clang_getFullyQualifiedName`
    pub qualified_name: QualifiedName,
    /// `clang_getCursorPrintingPolicy`
    pub policy_of: PolicyOf,
}

/// The functions of [`Functions`] that are used, each looked up in `$library`.
macro_rules! functions {
    ($library:ident, $($name:ident)+) => {
        Functions {
            $($name: Some(*$library.get(concat!(stringify!($name), "\0").as_bytes())?),)+
            ..Functions::default()
        }
    };
}

impl Libclang {
    /// Loads the library at `path`, once in a process.
    pub fn load(path: &Path) -> Result<&'static Self, HeaderError> {
        static LOADED: Mutex<Vec<(PathBuf, &'static Libclang)>> = Mutex::new(Vec::new());
        let mut loaded = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, libclang)) = loaded.iter().find(|(known, _)| known == path) {
            return Ok(libclang);
        }
        let libclang = Self::open(path).map_err(|error| HeaderError::Libclang {
            path: path.to_path_buf(),
            message: error.to_string(),
        })?;
        let libclang = Box::leak(Box::new(libclang));
        loaded.push((path.to_path_buf(), libclang));
        Ok(libclang)
    }

    fn open(path: &Path) -> Result<Self, libloading::Error> {
        // SAFETY: `path` is the libclang of the LLVM that the worker is linked against; its initialisers
        // register LLVM's options and nothing else.
        let library = unsafe { Library::new(path)? };
        // SAFETY: libclang's ABI is stable: each function has had its signature, which clang-sys and the
        // types above state after `clang-c/Index.h` of LLVM 22, since it exists.
        let libclang = unsafe {
            Self {
                functions: functions!(library,
                    clang_CXXMethod_isConst
                    clang_CXXMethod_isDefaulted
                    clang_CXXMethod_isDeleted
                    clang_CXXMethod_isStatic
                    clang_CXXMethod_isVirtual
                    clang_CXXRecord_isAbstract
                    clang_Cursor_Evaluate
                    clang_Cursor_getArgument
                    clang_Cursor_getCXXManglings
                    clang_Cursor_getCommentRange
                    clang_Cursor_getMangling
                    clang_Cursor_getNumArguments
                    clang_Cursor_getOffsetOfField
                    clang_Cursor_getNumTemplateArguments
                    clang_Cursor_getTemplateArgumentKind
                    clang_Cursor_getTemplateArgumentType
                    clang_Cursor_getTemplateArgumentValue
                    clang_Cursor_getVarDeclInitializer
                    clang_Cursor_isAnonymous
                    clang_Cursor_isBitField
                    clang_Cursor_isFunctionInlined
                    clang_Cursor_isInlineNamespace
                    clang_Cursor_isNull
                    clang_Cursor_isVariadic
                    clang_EnumDecl_isScoped
                    clang_EvalResult_dispose
                    clang_EvalResult_getAsDouble
                    clang_EvalResult_getAsLongLong
                    clang_EvalResult_getAsStr
                    clang_EvalResult_getAsUnsigned
                    clang_EvalResult_getKind
                    clang_EvalResult_isUnsignedInt
                    clang_Location_isInSystemHeader
                    clang_PrintingPolicy_dispose
                    clang_TargetInfo_dispose
                    clang_TargetInfo_getPointerWidth
                    clang_TargetInfo_getTriple
                    clang_Type_getAlignOf
                    clang_Type_getCXXRefQualifier
                    clang_Type_getModifiedType
                    clang_Type_getNullability
                    clang_Type_getSizeOf
                    clang_Type_getValueType
                    clang_Type_visitFields
                    clang_createIndex
                    clang_disposeDiagnostic
                    clang_disposeIndex
                    clang_disposeString
                    clang_disposeStringSet
                    clang_disposeTranslationUnit
                    clang_equalCursors
                    clang_getArgType
                    clang_getArrayElementType
                    clang_getArraySize
                    clang_getCString
                    clang_getCXXAccessSpecifier
                    clang_getCanonicalCursor
                    clang_getCanonicalType
                    clang_getChildDiagnostics
                    clang_getCursorDefinition
                    clang_getCursorExtent
                    clang_getCursorKind
                    clang_getCursorLinkage
                    clang_getCursorLocation
                    clang_getCursorPlatformAvailability
                    clang_getCursorResultType
                    clang_getCursorSemanticParent
                    clang_getCursorSpelling
                    clang_getCursorTLSKind
                    clang_getCursorType
                    clang_getDiagnostic
                    clang_getDiagnosticInSet
                    clang_getDiagnosticLocation
                    clang_getDiagnosticSeverity
                    clang_getDiagnosticSpelling
                    clang_getElementType
                    clang_getEnumConstantDeclUnsignedValue
                    clang_getEnumConstantDeclValue
                    clang_getEnumDeclIntegerType
                    clang_getExceptionSpecificationType
                    clang_getFieldDeclBitWidth
                    clang_getNumArgTypes
                    clang_getNumDiagnostics
                    clang_getNumDiagnosticsInSet
                    clang_getNumElements
                    clang_getOffsetOfBase
                    clang_getPointeeType
                    clang_getPresumedLocation
                    clang_getRangeEnd
                    clang_getRangeStart
                    clang_getResultType
                    clang_getSpecializedCursorTemplate
                    clang_getSpellingLocation
                    clang_getTranslationUnitCursor
                    clang_getTranslationUnitTargetInfo
                    clang_getTypeDeclaration
                    clang_getTypeSpelling
                    clang_getTypedefDeclUnderlyingType
                    clang_hashCursor
                    clang_isConstQualifiedType
                    clang_isFunctionTypeVariadic
                    clang_isInvalidDeclaration
                    clang_isVirtualBase
                    clang_isVolatileQualifiedType
                    clang_parseTranslationUnit2
                    clang_visitChildren
                ),
                visit_bases: *library.get(b"clang_visitCXXBaseClasses\0")?,
                qualified_name: *library.get(b"clang_getFullyQualifiedName\0")?,
                policy_of: *library.get(b"clang_getCursorPrintingPolicy\0")?,
            }
        };
        // LLVM registers handlers that run at the process's end: it is never unloaded.
        std::mem::forget(library);
        Ok(libclang)
    }
}
