//! libclang's handles made safe: [`Unit`] (a parsed text) → [`Cursor`] (a declaration) → [`ClangType`],
//! [`Evaluated`] (the value of a variable's initialiser).
//!
//! A cursor or type borrows the unit it came from. Everything stays on the thread that parsed.

use std::ffi::{CStr, CString, c_char, c_int, c_uint, c_void};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::ptr;

use clang_sys::*;

use crate::HeaderError;
use crate::diagnostic::{Diagnostic, Severity};
use crate::library::Libclang;

/// Calls a function of libclang's through the unit or library that a handle belongs to.
macro_rules! call {
    ($libclang:expr, $name:ident($($argument:expr),*)) => {{
        let function = $libclang.functions.$name.expect("Libclang::load looks up every function");
        // SAFETY: the function has the signature that clang-sys declares. Handles among the arguments are of
        // the unit that the caller borrows, which is disposed of only when dropped; pointers are to
        // variables of the caller's or to callbacks that do not unwind.
        unsafe { function($($argument),*) }
    }};
}

/// The name that the parsed text has for libclang; no file is called so.
const FILE: &CStr = c"nlib-interface";

/// Parse without function bodies, and keep `_Nonnull` in types.
const PARSE_OPTIONS: CXTranslationUnit_Flags =
    CXTranslationUnit_SkipFunctionBodies | CXTranslationUnit_IncludeAttributedTypes;

/// A text that libclang has parsed.
pub struct Unit {
    libclang: &'static Libclang,
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
        Cursor { raw, unit: self }
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
    fn presumed(&self, location: CXSourceLocation) -> (String, u32, u32) {
        let mut file = CXString::default();
        let (mut line, mut column): (c_uint, c_uint) = (0, 0);
        call!(
            self.libclang,
            clang_getPresumedLocation(location, &raw mut file, &raw mut line, &raw mut column)
        );
        (self.string(file), line, column)
    }

    /// The byte of the text that a location points to.
    fn offset(&self, location: CXSourceLocation) -> usize {
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

    fn range(&self, range: CXSourceRange) -> Range<usize> {
        let start = self.offset(call!(self.libclang, clang_getRangeStart(range)));
        let end = self.offset(call!(self.libclang, clang_getRangeEnd(range)));
        start..end.max(start)
    }

    /// Takes over a string of libclang's. What is not UTF-8 becomes U+FFFD.
    fn string(&self, raw: CXString) -> String {
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

/// A declaration of a unit's, or a part of one.
#[derive(Clone, Copy)]
pub struct Cursor<'u> {
    raw: CXCursor,
    unit: &'u Unit,
}

impl PartialEq for Cursor<'_> {
    fn eq(&self, other: &Self) -> bool {
        call!(self.unit.libclang, clang_equalCursors(self.raw, other.raw)) != 0
    }
}

impl Eq for Cursor<'_> {}

impl Hash for Cursor<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        call!(self.unit.libclang, clang_hashCursor(self.raw)).hash(state);
    }
}

/// Collects cursors that libclang hands to a visitor. It runs no other code, so that nothing unwinds.
struct Collected<'u> {
    cursors: Vec<Cursor<'u>>,
    unit: &'u Unit,
}

extern "C" fn collect_child(
    cursor: CXCursor,
    _parent: CXCursor,
    collected: CXClientData,
) -> CXChildVisitResult {
    collect(cursor, collected);
    CXChildVisit_Continue
}

extern "C" fn collect_member(cursor: CXCursor, collected: CXClientData) -> CXVisitorResult {
    collect(cursor, collected);
    CXVisit_Continue
}

fn collect(raw: CXCursor, collected: *mut c_void) {
    // SAFETY: the visits below pass a pointer to a `Collected` of theirs that nothing else uses meanwhile.
    let collected = unsafe { &mut *collected.cast::<Collected<'_>>() };
    let unit = collected.unit;
    collected.cursors.push(Cursor { raw, unit });
}

impl<'u> Cursor<'u> {
    /// The unit that it is of.
    pub fn unit(self) -> &'u Unit {
        self.unit
    }

    fn at(self, raw: CXCursor) -> Option<Self> {
        let is_null = call!(self.unit.libclang, clang_Cursor_isNull(raw)) != 0;
        let unit = self.unit;
        (!is_null).then_some(Self { raw, unit })
    }

    fn type_at(self, raw: CXType) -> ClangType<'u> {
        let unit = self.unit;
        ClangType { raw, unit }
    }

    fn children_with(self, visit: impl FnOnce(*mut c_void)) -> Vec<Self> {
        let mut collected = Collected {
            cursors: Vec::new(),
            unit: self.unit,
        };
        visit((&raw mut collected).cast());
        collected.cursors
    }

    /// What is directly inside.
    pub fn children(self) -> Vec<Self> {
        self.children_with(|collected| {
            call!(
                self.unit.libclang,
                clang_visitChildren(self.raw, collect_child, collected)
            );
        })
    }

    /// A `CXCursor_…`.
    pub fn kind(self) -> CXCursorKind {
        call!(self.unit.libclang, clang_getCursorKind(self.raw))
    }

    /// The name, without namespaces.
    pub fn spelling(self) -> String {
        self.unit
            .string(call!(self.unit.libclang, clang_getCursorSpelling(self.raw)))
    }

    /// The type of what is declared.
    pub fn of_type(self) -> ClangType<'u> {
        self.type_at(call!(self.unit.libclang, clang_getCursorType(self.raw)))
    }

    /// The first of the declarations of the same thing.
    pub fn canonical(self) -> Self {
        let raw = call!(self.unit.libclang, clang_getCanonicalCursor(self.raw));
        self.at(raw).unwrap_or(self)
    }

    /// The declaration that says what is inside, if there is one.
    pub fn definition(self) -> Option<Self> {
        self.at(call!(
            self.unit.libclang,
            clang_getCursorDefinition(self.raw)
        ))
    }

    /// The class or namespace that it belongs to.
    pub fn parent(self) -> Option<Self> {
        self.at(call!(
            self.unit.libclang,
            clang_getCursorSemanticParent(self.raw)
        ))
    }

    /// The template that it is made of.
    pub fn template(self) -> Option<Self> {
        self.at(call!(
            self.unit.libclang,
            clang_getSpecializedCursorTemplate(self.raw)
        ))
    }

    /// A template's argument that is a number.
    pub fn template_number(self, position: u32) -> i64 {
        call!(
            self.unit.libclang,
            clang_Cursor_getTemplateArgumentValue(self.raw, position)
        )
    }

    /// The file and line that line markers give it; the file is empty where there is none.
    pub fn location(self) -> (String, u32) {
        let (file, line, _) = self.unit.presumed(self.raw_location());
        (file, line)
    }

    /// Whether it comes with the system or the compiler.
    pub fn is_of_system(self) -> bool {
        let location = self.raw_location();
        call!(
            self.unit.libclang,
            clang_Location_isInSystemHeader(location)
        ) != 0
            || self.unit.presumed(location).1 == 0
    }

    fn raw_location(self) -> CXSourceLocation {
        call!(self.unit.libclang, clang_getCursorLocation(self.raw))
    }

    /// The byte of the text where its name, or else its keyword, stands.
    pub fn offset(self) -> usize {
        self.unit.offset(self.raw_location())
    }

    /// The bytes of the text from its first to after its last token.
    pub fn extent(self) -> Range<usize> {
        self.unit
            .range(call!(self.unit.libclang, clang_getCursorExtent(self.raw)))
    }

    /// Its text.
    pub fn source(self) -> &'u str {
        self.unit.text.get(self.extent()).unwrap_or("")
    }

    /// The bytes of the text that are its comment.
    pub fn comment(self) -> Option<Range<usize>> {
        let raw = call!(self.unit.libclang, clang_Cursor_getCommentRange(self.raw));
        let range = self.unit.range(raw);
        (!range.is_empty()).then_some(range)
    }

    /// A `CXLinkage_…`.
    pub fn linkage(self) -> CXLinkageKind {
        call!(self.unit.libclang, clang_getCursorLinkage(self.raw))
    }

    /// Whether the parser could not make sense of it.
    pub fn is_invalid(self) -> bool {
        call!(self.unit.libclang, clang_isInvalidDeclaration(self.raw)) != 0
    }

    /// A `CX_CXX…` for a member of a class, or a base.
    pub fn access(self) -> CX_CXXAccessSpecifier {
        call!(self.unit.libclang, clang_getCXXAccessSpecifier(self.raw))
    }

    /// Whether it is neither private nor protected.
    pub fn is_public(self) -> bool {
        !matches!(self.access(), CX_CXXPrivate | CX_CXXProtected)
    }

    /// For a record or enumeration: whether neither it nor a typedef has a name for it.
    pub fn is_anonymous(self) -> bool {
        call!(self.unit.libclang, clang_Cursor_isAnonymous(self.raw)) != 0
    }

    /// Whether a namespace is inline.
    pub fn is_inline_namespace(self) -> bool {
        call!(self.unit.libclang, clang_Cursor_isInlineNamespace(self.raw)) != 0
    }

    /// `deprecated`, and what it says.
    pub fn deprecated(self) -> Option<String> {
        let mut deprecated: c_int = 0;
        let mut message = CXString::default();
        call!(
            self.unit.libclang,
            clang_getCursorPlatformAvailability(
                self.raw,
                &raw mut deprecated,
                &raw mut message,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                0
            )
        );
        let message = self.unit.string(message);
        (deprecated != 0).then_some(message)
    }
}

/// Functions.
impl<'u> Cursor<'u> {
    /// What a function gives.
    pub fn result(self) -> ClangType<'u> {
        self.type_at(call!(
            self.unit.libclang,
            clang_getCursorResultType(self.raw)
        ))
    }

    /// A function's parameters.
    pub fn parameters(self) -> Vec<Self> {
        let count = call!(self.unit.libclang, clang_Cursor_getNumArguments(self.raw));
        let parameter = |position| {
            let raw = call!(
                self.unit.libclang,
                clang_Cursor_getArgument(self.raw, position)
            );
            self.at(raw)
        };
        (0..c_uint::try_from(count).unwrap_or(0))
            .filter_map(parameter)
            .collect()
    }

    /// Whether `...` follows a function's parameters.
    pub fn is_variadic(self) -> bool {
        call!(self.unit.libclang, clang_Cursor_isVariadic(self.raw)) != 0
    }

    /// Whether this declaration makes a function inline.
    pub fn is_inline(self) -> bool {
        call!(self.unit.libclang, clang_Cursor_isFunctionInlined(self.raw)) != 0
    }

    /// The name for the linker of a function or variable.
    pub fn mangled(self) -> String {
        self.unit.string(call!(
            self.unit.libclang,
            clang_Cursor_getMangling(self.raw)
        ))
    }

    /// The names for the linker of a constructor or destructor: of the base object, then of the complete
    /// one, which an abstract class has no constructor for.
    pub fn manglings(self) -> Vec<String> {
        let set = call!(self.unit.libclang, clang_Cursor_getCXXManglings(self.raw));
        if set.is_null() {
            return Vec::new();
        }
        // SAFETY: a set of libclang's has `Count` strings at `Strings`, which live until it is disposed of.
        let strings = unsafe {
            let CXStringSet { Strings, Count } = *set;
            std::slice::from_raw_parts(Strings, Count as usize)
        };
        let copy = |raw: &CXString| {
            let text = call!(self.unit.libclang, clang_getCString(*raw));
            // SAFETY: a member of the set, which is alive; never null there.
            unsafe { CStr::from_ptr(text) }
                .to_string_lossy()
                .into_owned()
        };
        let copies = strings.iter().map(copy).collect();
        call!(self.unit.libclang, clang_disposeStringSet(set));
        copies
    }

    /// Whether a method has no `this`.
    pub fn is_static_method(self) -> bool {
        call!(self.unit.libclang, clang_CXXMethod_isStatic(self.raw)) != 0
    }

    /// Whether a method's `this` is const.
    pub fn is_const_method(self) -> bool {
        call!(self.unit.libclang, clang_CXXMethod_isConst(self.raw)) != 0
    }

    /// Whether a method is virtual.
    pub fn is_virtual_method(self) -> bool {
        call!(self.unit.libclang, clang_CXXMethod_isVirtual(self.raw)) != 0
    }

    /// `= delete`
    pub fn is_deleted(self) -> bool {
        call!(self.unit.libclang, clang_CXXMethod_isDeleted(self.raw)) != 0
    }

    /// `= default`
    pub fn is_defaulted(self) -> bool {
        call!(self.unit.libclang, clang_CXXMethod_isDefaulted(self.raw)) != 0
    }
}

/// Records, enumerations, typedefs.
impl<'u> Cursor<'u> {
    /// A field's first bit, from the start of its record.
    pub fn field_offset(self) -> Option<u64> {
        u64::try_from(call!(
            self.unit.libclang,
            clang_Cursor_getOffsetOfField(self.raw)
        ))
        .ok()
    }

    /// How many bits a bit-field has.
    pub fn bit_width(self) -> Option<u32> {
        let is_bit_field = call!(self.unit.libclang, clang_Cursor_isBitField(self.raw)) != 0;
        let width = call!(self.unit.libclang, clang_getFieldDeclBitWidth(self.raw));
        is_bit_field.then(|| u32::try_from(width).unwrap_or(0))
    }

    /// The first bit of a base, from the start of this class.
    pub fn base_offset(self, base: Self) -> Option<u64> {
        let offset = call!(
            self.unit.libclang,
            clang_getOffsetOfBase(self.raw, base.raw)
        );
        u64::try_from(offset).ok()
    }

    /// Whether a base is virtual.
    pub fn is_virtual_base(self) -> bool {
        call!(self.unit.libclang, clang_isVirtualBase(self.raw)) != 0
    }

    /// Whether a class has pure virtual functions.
    pub fn is_abstract(self) -> bool {
        call!(self.unit.libclang, clang_CXXRecord_isAbstract(self.raw)) != 0
    }

    /// `enum class`
    pub fn is_scoped(self) -> bool {
        call!(self.unit.libclang, clang_EnumDecl_isScoped(self.raw)) != 0
    }

    /// The integer that an enumeration is.
    pub fn enum_integer(self) -> ClangType<'u> {
        self.type_at(call!(
            self.unit.libclang,
            clang_getEnumDeclIntegerType(self.raw)
        ))
    }

    /// An enumerator's value in a signed enumeration.
    pub fn signed_value(self) -> i64 {
        call!(self.unit.libclang, clang_getEnumConstantDeclValue(self.raw))
    }

    /// An enumerator's value in an unsigned enumeration.
    pub fn unsigned_value(self) -> u64 {
        call!(
            self.unit.libclang,
            clang_getEnumConstantDeclUnsignedValue(self.raw)
        )
    }

    /// What a typedef names.
    pub fn underlying(self) -> ClangType<'u> {
        self.type_at(call!(
            self.unit.libclang,
            clang_getTypedefDeclUnderlyingType(self.raw)
        ))
    }
}

/// What a variable's initialiser comes to.
pub enum Evaluated {
    /// Whole numbers of at most 64 bits, characters, truth values, addresses.
    Integer(i128),
    /// Floating-point numbers.
    Float(f64),
    /// A string literal, up to its first NUL.
    Text(Vec<u8>),
}

/// Variables.
impl Cursor<'_> {
    /// Whether a variable's declaration has an initialiser.
    pub fn has_initializer(self) -> bool {
        let raw = call!(
            self.unit.libclang,
            clang_Cursor_getVarDeclInitializer(self.raw)
        );
        self.at(raw).is_some()
    }

    /// Whether each thread has one of its own.
    pub fn is_thread_local(self) -> bool {
        call!(self.unit.libclang, clang_getCursorTLSKind(self.raw)) != CXTLS_None
    }

    /// The value of a variable's initialiser, if the compiler can tell.
    pub fn evaluate(self) -> Option<Evaluated> {
        let result = call!(self.unit.libclang, clang_Cursor_Evaluate(self.raw));
        if result.is_null() {
            return None;
        }
        let kind = call!(self.unit.libclang, clang_EvalResult_getKind(result));
        let value = match kind {
            CXEval_Int => Some(Evaluated::Integer(self.integer(result))),
            CXEval_Float => {
                let value = call!(self.unit.libclang, clang_EvalResult_getAsDouble(result));
                Some(Evaluated::Float(value))
            }
            CXEval_StrLiteral => {
                let text = call!(self.unit.libclang, clang_EvalResult_getAsStr(result));
                // SAFETY: a string literal's result is a string that ends with NUL and lives as long as it.
                let bytes = (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_bytes());
                bytes.map(|bytes| Evaluated::Text(bytes.to_vec()))
            }
            _ => None,
        };
        call!(self.unit.libclang, clang_EvalResult_dispose(result));
        value
    }

    fn integer(self, result: CXEvalResult) -> i128 {
        if call!(self.unit.libclang, clang_EvalResult_isUnsignedInt(result)) != 0 {
            call!(self.unit.libclang, clang_EvalResult_getAsUnsigned(result)).into()
        } else {
            call!(self.unit.libclang, clang_EvalResult_getAsLongLong(result)).into()
        }
    }
}

/// A type as it is written: with the names of its typedefs.
#[derive(Clone, Copy)]
pub struct ClangType<'u> {
    raw: CXType,
    unit: &'u Unit,
}

impl<'u> ClangType<'u> {
    fn at(self, raw: CXType) -> Self {
        let unit = self.unit;
        Self { raw, unit }
    }

    fn at_valid(self, raw: CXType) -> Option<Self> {
        (raw.kind != CXType_Invalid).then(|| self.at(raw))
    }

    /// A `CXType_…`.
    pub fn kind(self) -> CXTypeKind {
        self.raw.kind
    }

    /// As the header has it.
    pub fn spelling(self) -> String {
        self.unit
            .string(call!(self.unit.libclang, clang_getTypeSpelling(self.raw)))
    }

    /// With every name's namespaces, from `::` on where `global`.
    pub fn qualified(self, global: bool) -> String {
        let root = self.unit.root().raw;
        // SAFETY: cursor and type are of the unit that `self` borrows; the policy is disposed of below.
        let (policy, name) = unsafe {
            let policy = (self.unit.libclang.policy_of)(root);
            let name = (self.unit.libclang.qualified_name)(self.raw, policy, global.into());
            (policy, name)
        };
        call!(self.unit.libclang, clang_PrintingPolicy_dispose(policy));
        self.unit.string(name)
    }

    /// Without typedefs.
    pub fn canonical(self) -> Self {
        self.at(call!(self.unit.libclang, clang_getCanonicalType(self.raw)))
    }

    /// In bytes; `None` for what is incomplete or has none.
    pub fn size(self) -> Option<u64> {
        u64::try_from(call!(self.unit.libclang, clang_Type_getSizeOf(self.raw))).ok()
    }

    /// In bytes; `None` for what is incomplete or has none.
    pub fn alignment(self) -> Option<u64> {
        u64::try_from(call!(self.unit.libclang, clang_Type_getAlignOf(self.raw))).ok()
    }

    /// Whether `const` stands at this level.
    pub fn is_const(self) -> bool {
        call!(self.unit.libclang, clang_isConstQualifiedType(self.raw)) != 0
    }

    /// Whether `volatile` stands at this level.
    pub fn is_volatile(self) -> bool {
        call!(self.unit.libclang, clang_isVolatileQualifiedType(self.raw)) != 0
    }

    /// What a typedef, record or enumeration is declared by.
    pub fn declaration(self) -> Option<Cursor<'u>> {
        let raw = call!(self.unit.libclang, clang_getTypeDeclaration(self.raw));
        let declaration = self.unit.root().at(raw)?;
        (declaration.kind() != CXCursor_NoDeclFound).then_some(declaration)
    }

    /// What a pointer or reference is to.
    pub fn pointee(self) -> Self {
        self.at(call!(self.unit.libclang, clang_getPointeeType(self.raw)))
    }

    /// What an array is made of; `None` if it is none.
    pub fn array_element(self) -> Option<Self> {
        self.at_valid(call!(
            self.unit.libclang,
            clang_getArrayElementType(self.raw)
        ))
    }

    /// How many elements an array has.
    pub fn array_length(self) -> Option<u64> {
        u64::try_from(call!(self.unit.libclang, clang_getArraySize(self.raw))).ok()
    }

    /// What a vector or complex number is made of, and how many.
    pub fn vector(self) -> (Self, u64) {
        let element = self.at(call!(self.unit.libclang, clang_getElementType(self.raw)));
        let length = call!(self.unit.libclang, clang_getNumElements(self.raw));
        (element, u64::try_from(length).unwrap_or(0))
    }

    /// What `_Atomic` makes atomic.
    pub fn atomic_value(self) -> Self {
        self.at(call!(self.unit.libclang, clang_Type_getValueType(self.raw)))
    }

    /// What an attribute is applied to.
    pub fn modified(self) -> Self {
        self.at(call!(
            self.unit.libclang,
            clang_Type_getModifiedType(self.raw)
        ))
    }

    /// A `CXTypeNullability_…`.
    pub fn nullability(self) -> CXTypeNullabilityKind {
        call!(self.unit.libclang, clang_Type_getNullability(self.raw))
    }

    /// What a function gives; `None` if it is none.
    pub fn result(self) -> Option<Self> {
        self.at_valid(call!(self.unit.libclang, clang_getResultType(self.raw)))
    }

    /// What a function takes.
    pub fn arguments(self) -> Vec<Self> {
        let count = call!(self.unit.libclang, clang_getNumArgTypes(self.raw));
        let argument = |position| {
            self.at(call!(
                self.unit.libclang,
                clang_getArgType(self.raw, position)
            ))
        };
        (0..c_uint::try_from(count).unwrap_or(0))
            .map(argument)
            .collect()
    }

    /// Whether `...` follows what a function takes.
    pub fn is_variadic(self) -> bool {
        call!(self.unit.libclang, clang_isFunctionTypeVariadic(self.raw)) != 0
    }

    /// A `CXCursor_ExceptionSpecificationKind_…` of a function.
    pub fn exception_specification(self) -> CXCursor_ExceptionSpecificationKind {
        call!(
            self.unit.libclang,
            clang_getExceptionSpecificationType(self.raw)
        )
    }

    /// The fields of a record, also of one that is made of a template.
    pub fn fields(self) -> Vec<Cursor<'u>> {
        self.unit.root().children_with(|collected| {
            call!(
                self.unit.libclang,
                clang_Type_visitFields(self.raw, collect_member, collected)
            );
        })
    }

    /// The direct bases of a class, also of one that is made of a template.
    pub fn bases(self) -> Vec<Cursor<'u>> {
        self.unit.root().children_with(|collected| {
            // SAFETY: as for `call!`; the callback does not unwind.
            unsafe { (self.unit.libclang.visit_bases)(self.raw, collect_member, collected) };
        })
    }
}
