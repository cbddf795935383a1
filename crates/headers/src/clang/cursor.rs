//! A declaration: what it is called, where it stands, what it says.

use std::ffi::{CStr, c_int, c_uint, c_void};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::ptr;

use clang_sys::*;

use super::clang_type::ClangType;
use super::unit::Unit;

/// A declaration of a unit's, or a part of one.
#[derive(Clone, Copy)]
pub struct Cursor<'u> {
    pub(super) raw: CXCursor,
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

pub(super) extern "C" fn collect_member(
    cursor: CXCursor,
    collected: CXClientData,
) -> CXVisitorResult {
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

    pub(super) fn new(raw: CXCursor, unit: &'u Unit) -> Self {
        Self { raw, unit }
    }

    pub(super) fn at(self, raw: CXCursor) -> Option<Self> {
        let is_null = call!(self.unit.libclang, clang_Cursor_isNull(raw)) != 0;
        let unit = self.unit;
        (!is_null).then_some(Self { raw, unit })
    }

    fn type_at(self, raw: CXType) -> ClangType<'u> {
        ClangType::new(raw, self.unit)
    }

    pub(super) fn children_with(self, visit: impl FnOnce(*mut c_void)) -> Vec<Self> {
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

    /// The arguments that a template's class is made with.
    pub fn template_arguments(self) -> Vec<TemplateArgument<'u>> {
        let count = call!(
            self.unit.libclang,
            clang_Cursor_getNumTemplateArguments(self.raw)
        );
        let count = c_uint::try_from(count).unwrap_or(0);
        (0..count)
            .map(|position| self.template_argument(position))
            .collect()
    }

    fn template_argument(self, position: c_uint) -> TemplateArgument<'u> {
        let libclang = self.unit.libclang;
        match call!(
            libclang,
            clang_Cursor_getTemplateArgumentKind(self.raw, position)
        ) {
            CXTemplateArgumentKind_Type => TemplateArgument::Type(self.type_at(call!(
                libclang,
                clang_Cursor_getTemplateArgumentType(self.raw, position)
            ))),
            CXTemplateArgumentKind_Integral => TemplateArgument::Number(call!(
                libclang,
                clang_Cursor_getTemplateArgumentValue(self.raw, position)
            )),
            _ => TemplateArgument::Other,
        }
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
        self.unit.text().get(self.extent()).unwrap_or("")
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

/// An argument of a template.
pub enum TemplateArgument<'u> {
    /// A type.
    Type(ClangType<'u>),
    /// A whole number, of an enumeration too.
    Number(i64),
    /// A template, an address, several.
    Other,
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
