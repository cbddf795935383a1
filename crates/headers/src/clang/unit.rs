//! A parsed text: its target, its errors, and what libclang says about places in it.

use std::ffi::{CStr, CString, c_char, c_int, c_uint};
use std::ops::Range;
use std::ptr;

use clang_sys::*;

use super::cursor::Cursor;
use super::library::Libclang;
use crate::HeaderError;
use crate::diagnostic::{Diagnostic, Severity};

/// The name that the parsed text has for libclang; no file is called so.
const FILE: &CStr = c"nlib-interface";

/// Parse without function bodies, and keep `_Nonnull` in types.
const PARSE_OPTIONS: CXTranslationUnit_Flags =
    CXTranslationUnit_SkipFunctionBodies | CXTranslationUnit_IncludeAttributedTypes;

/// A text that libclang has parsed.
pub struct Unit {
    pub(super) libclang: &'static Libclang,
    index: CXIndex,
    unit: CXTranslationUnit,
    text: String,
}

/// A message of the parser's.
pub struct Message {
    /// Where in the text it points to.
    pub offset: usize,
    /// The same in the header's terms, and what it says.
    pub diagnostic: Diagnostic,
    /// Where in the text the notes that belong to it point to.
    pub notes: Vec<usize>,
}

impl Unit {
    /// Parses `text` with the driver's `arguments`.
    pub fn parse(
        libclang: &'static Libclang,
        text: String,
        arguments: &[String],
    ) -> Result<Self, HeaderError> {
        let arguments = c_strings(arguments)?;
        let pointers: Vec<*const c_char> = arguments.iter().map(|one| one.as_ptr()).collect();
        let mut file = CXUnsavedFile {
            Filename: FILE.as_ptr(),
            Contents: text.as_ptr().cast(),
            Length: text.len() as _,
        };
        let index = call!(libclang, clang_createIndex(0, 0));
        let mut unit = ptr::null_mut();
        let count = c_int::try_from(pointers.len()).unwrap_or(c_int::MAX);
        let code = call!(
            libclang,
            clang_parseTranslationUnit2(
                index,
                FILE.as_ptr(),
                pointers.as_ptr(),
                count,
                &raw mut file,
                1,
                PARSE_OPTIONS,
                &raw mut unit
            )
        );
        if code != CXError_Success || unit.is_null() {
            call!(libclang, clang_disposeIndex(index));
            return Err(HeaderError::Parse { code });
        }
        Ok(Self {
            libclang,
            index,
            unit,
            text,
        })
    }

    /// What was parsed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cursor whose children are the declarations of the text.
    pub fn root(&self) -> Cursor<'_> {
        let raw = call!(self.libclang, clang_getTranslationUnitCursor(self.unit));
        Cursor::new(raw, self)
    }

    /// The target's triple, and the size of a pointer in bytes.
    pub fn target(&self) -> (String, u32) {
        let info = call!(self.libclang, clang_getTranslationUnitTargetInfo(self.unit));
        let triple = self.string(call!(self.libclang, clang_TargetInfo_getTriple(info)));
        let bits = call!(self.libclang, clang_TargetInfo_getPointerWidth(info));
        call!(self.libclang, clang_TargetInfo_dispose(info));
        (triple, u32::try_from(bits).unwrap_or(0) / 8)
    }

    /// The errors that the parser reported.
    pub fn errors(&self) -> Vec<Message> {
        let count = call!(self.libclang, clang_getNumDiagnostics(self.unit));
        let mut errors = Vec::new();
        for position in 0..count {
            let raw = call!(self.libclang, clang_getDiagnostic(self.unit, position));
            if self.severity(raw) >= Severity::Error {
                errors.push(self.message(raw));
            }
            call!(self.libclang, clang_disposeDiagnostic(raw));
        }
        errors
    }

    fn severity(&self, raw: CXDiagnostic) -> Severity {
        match call!(self.libclang, clang_getDiagnosticSeverity(raw)) {
            CXDiagnostic_Fatal => Severity::Fatal,
            CXDiagnostic_Error => Severity::Error,
            CXDiagnostic_Warning => Severity::Warning,
            _ => Severity::Note,
        }
    }

    fn message(&self, raw: CXDiagnostic) -> Message {
        let location = call!(self.libclang, clang_getDiagnosticLocation(raw));
        let (file, line, column) = self.presumed(location);
        // The set belongs to the diagnostic.
        let set = call!(self.libclang, clang_getChildDiagnostics(raw));
        let count = call!(self.libclang, clang_getNumDiagnosticsInSet(set));
        let note = |position| {
            let note = call!(self.libclang, clang_getDiagnosticInSet(set, position));
            self.offset(call!(self.libclang, clang_getDiagnosticLocation(note)))
        };
        Message {
            offset: self.offset(location),
            notes: (0..count).map(note).collect(),
            diagnostic: Diagnostic {
                severity: self.severity(raw),
                file,
                line,
                column,
                message: self.string(call!(self.libclang, clang_getDiagnosticSpelling(raw))),
            },
        }
    }

    /// The place that line markers give a location.
    pub(super) fn presumed(&self, location: CXSourceLocation) -> (String, u32, u32) {
        let mut file = CXString::default();
        let (mut line, mut column): (c_uint, c_uint) = (0, 0);
        call!(
            self.libclang,
            clang_getPresumedLocation(location, &raw mut file, &raw mut line, &raw mut column)
        );
        (self.string(file), line, column)
    }

    /// The byte of the text that a location points to.
    pub(super) fn offset(&self, location: CXSourceLocation) -> usize {
        let mut offset: c_uint = 0;
        call!(
            self.libclang,
            clang_getSpellingLocation(
                location,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut offset
            )
        );
        (offset as usize).min(self.text.len())
    }

    pub(super) fn range(&self, range: CXSourceRange) -> Range<usize> {
        let start = self.offset(call!(self.libclang, clang_getRangeStart(range)));
        let end = self.offset(call!(self.libclang, clang_getRangeEnd(range)));
        start..end.max(start)
    }

    /// Takes over a string of libclang's. What is not UTF-8 becomes U+FFFD.
    pub(super) fn string(&self, raw: CXString) -> String {
        let text = call!(self.libclang, clang_getCString(raw));
        let owned = if text.is_null() {
            String::new()
        } else {
            // SAFETY: `clang_getCString` gives a string that ends with NUL and lives as long as `raw`.
            unsafe { CStr::from_ptr(text) }
                .to_string_lossy()
                .into_owned()
        };
        call!(self.libclang, clang_disposeString(raw));
        owned
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        call!(self.libclang, clang_disposeTranslationUnit(self.unit));
        call!(self.libclang, clang_disposeIndex(self.index));
    }
}

fn c_strings(arguments: &[String]) -> Result<Vec<CString>, HeaderError> {
    let convert = |argument: &String| CString::new(argument.as_str());
    arguments
        .iter()
        .map(convert)
        .collect::<Result<_, _>>()
        .map_err(|_| HeaderError::Arguments)
}
