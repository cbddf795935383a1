//! From a parsed unit to an [`Interface`]: the walk over the declarations.
//!
//! The library's own declarations are read where they stand; what they need of the system is drawn in by
//! `types` and `records` when a type names it.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use clang_sys::*;
use nlib_interface::{Interface, Location};

use crate::clang::{Cursor, Unit};
use crate::names::{Names, is_unnamed};
use crate::probes::{Expansion, Probe};
use crate::questions::{Answers, ClassAnswer, Question};
use crate::records::RecordState;

/// What reads a unit. Each subject's file adds its functions.
pub struct Reader<'u, 'j> {
    pub(crate) unit: &'u Unit,
    pub(crate) answers: Answers<'u>,
    /// What has been missing so far.
    pub(crate) asked: Vec<Question>,
    pub(crate) cpp: bool,
    working_directory: &'j Path,
    /// Where the questions begin in the text.
    pub(crate) end: usize,
    pub(crate) interface: Interface,
    pub(crate) names: Names<'u>,
    pub(crate) records: HashMap<Cursor<'u>, RecordState>,
    /// The records that were named, in that order.
    pub(crate) named_records: Vec<Cursor<'u>>,
    /// Records of the library's whose layout is not read yet.
    pub(crate) pending: Vec<Cursor<'u>>,
    pub(crate) enums: HashSet<Cursor<'u>>,
    /// Enumerations without a name, which nothing may refer to.
    unnamed_enums: Vec<Cursor<'u>>,
    pub(crate) typedefs: HashMap<Cursor<'u>, String>,
    pub(crate) functions: HashMap<Cursor<'u>, usize>,
    /// The classes of C++ whose layout has been read: name, place, and what they can do.
    pub(crate) classes: Vec<(String, Option<Location>, ClassAnswer)>,
    pub(crate) variables: HashSet<Cursor<'u>>,
    /// How many types deep the one being read is.
    pub(crate) depth: usize,
}

/// What a reader needs beside the unit.
pub struct Setting<'j> {
    /// Whether the language is C++.
    pub cpp: bool,
    /// What paths are given relative to.
    pub working_directory: &'j Path,
    /// An interface without declarations.
    pub empty: Interface,
}

impl<'u, 'j> Reader<'u, 'j> {
    /// A reader of the declarations of `unit` that stand before byte `end` of its text.
    pub fn new(unit: &'u Unit, end: usize, answers: Answers<'u>, setting: Setting<'j>) -> Self {
        Self {
            unit,
            answers,
            asked: Vec::new(),
            cpp: setting.cpp,
            working_directory: setting.working_directory,
            end,
            interface: setting.empty,
            names: Names::default(),
            records: HashMap::new(),
            named_records: Vec::new(),
            pending: Vec::new(),
            enums: HashSet::new(),
            unnamed_enums: Vec::new(),
            typedefs: HashMap::new(),
            functions: HashMap::new(),
            classes: Vec::new(),
            variables: HashSet::new(),
            depth: 0,
        }
    }

    /// Reads everything. Gives the interface, and what has to be asked for a better one.
    pub fn read(
        mut self,
        probes: &[Probe],
        expansions: &[Expansion],
    ) -> (Interface, Vec<Question>) {
        let root = self.unit.root();
        self.scope(root);
        self.constants_of_macros(probes, expansions);
        self.pending_records();
        self.implicit_functions();
        self.enums_without_name();
        self.opaque_records();
        (self.interface, self.asked)
    }

    /// Reads what is directly inside the unit, a namespace, or `extern "C" { }`.
    fn scope(&mut self, scope: Cursor<'u>) {
        for declaration in scope.children() {
            if declaration.offset() >= self.end && scope == self.unit.root() {
                return;
            }
            if !declaration.is_of_system() {
                self.declaration(declaration);
            }
        }
    }

    fn declaration(&mut self, declaration: Cursor<'u>) {
        match declaration.kind() {
            // What is in a namespace without a name is of no other file.
            CXCursor_Namespace
                if !declaration.spelling().is_empty() && !declaration.is_anonymous() =>
            {
                self.scope(declaration);
            }
            CXCursor_LinkageSpec => self.scope(declaration),
            CXCursor_FunctionDecl => self.function(declaration),
            CXCursor_CXXMethod
            | CXCursor_Constructor
            | CXCursor_Destructor
            | CXCursor_ConversionFunction => self.definition_of_method(declaration),
            CXCursor_VarDecl => self.variable(declaration),
            // One without a name, or of a template, is read where something refers to it.
            CXCursor_StructDecl | CXCursor_UnionDecl | CXCursor_ClassDecl
                if !is_unnamed(declaration)
                    && declaration.template().is_none()
                    && declaration.definition() == Some(declaration) =>
            {
                self.own_record(declaration);
            }
            CXCursor_EnumDecl => self.own_enum(declaration),
            CXCursor_TypedefDecl | CXCursor_TypeAliasDecl => {
                self.typedef(declaration);
            }
            _ => {}
        }
    }

    /// Reads what a class has inside that is not part of its layout.
    pub(crate) fn members(&mut self, class: Cursor<'u>) {
        for member in class.children() {
            if !member.is_public() {
                continue;
            }
            match member.kind() {
                CXCursor_CXXMethod
                | CXCursor_Constructor
                | CXCursor_Destructor
                | CXCursor_ConversionFunction => self.method(class, member),
                CXCursor_VarDecl
                | CXCursor_StructDecl
                | CXCursor_UnionDecl
                | CXCursor_ClassDecl
                | CXCursor_EnumDecl
                | CXCursor_TypedefDecl
                | CXCursor_TypeAliasDecl => self.declaration(member),
                _ => {}
            }
        }
    }

    fn own_enum(&mut self, declaration: Cursor<'u>) {
        if declaration.definition() != Some(declaration) {
            return;
        }
        if is_unnamed(declaration) && declaration.is_anonymous() {
            self.unnamed_enums.push(declaration);
        } else {
            self.enumeration(declaration, &crate::names::Holder::none());
        }
    }

    /// The values of an enumeration that no type refers to are constants.
    fn enums_without_name(&mut self) {
        for declaration in std::mem::take(&mut self.unnamed_enums) {
            if !self.enums.contains(&declaration.canonical()) {
                self.constants_of_enum(declaration);
            }
        }
    }

    /// Where a declaration of the library's stands; nothing for one of the system's.
    pub(crate) fn location(&self, declaration: Cursor<'u>) -> Option<Location> {
        if declaration.is_of_system() || declaration.offset() >= self.end {
            return None;
        }
        let (file, line) = declaration.location();
        Some(self.place(&file, line))
    }

    /// A place, its file relative to the working directory where it is below it.
    pub(crate) fn place(&self, file: &str, line: u32) -> Location {
        let path = Path::new(file);
        let path = path.strip_prefix(self.working_directory).unwrap_or(path);
        let path = path.strip_prefix(".").unwrap_or(path);
        Location {
            file: path.display().to_string(),
            line,
        }
    }

    /// What `of` gives for a declaration of the library's; the system's is known to everybody.
    pub(crate) fn documentation(
        &self,
        declaration: Cursor<'u>,
        of: fn(Cursor<'_>) -> Option<String>,
    ) -> Option<String> {
        if declaration.is_of_system() {
            return None;
        }
        of(declaration)
    }
}
