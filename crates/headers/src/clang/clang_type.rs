//! A type, as clang sees it.

use std::ffi::c_uint;

use clang_sys::*;

use super::cursor::{Cursor, collect_member};
use super::unit::Unit;

/// A type as it is written: with the names of its typedefs.
#[derive(Clone, Copy)]
pub struct ClangType<'u> {
    raw: CXType,
    unit: &'u Unit,
}

impl<'u> ClangType<'u> {
    pub(super) fn new(raw: CXType, unit: &'u Unit) -> Self {
        Self { raw, unit }
    }

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

    /// Whether a method ends with `&&`: its object has to be one that nobody needs any more.
    pub fn is_for_rvalues(self) -> bool {
        call!(self.unit.libclang, clang_Type_getCXXRefQualifier(self.raw)) == CXRefQualifier_RValue
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
