//! What the public headers of a library declare.
//!
//! These types are the JSON that `nlib bind --format json` prints and the cache keeps; their fields are
//! described in `docs/interface.md`. They hold no behaviour.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of everything in this module. 1: the first.
pub const INTERFACE_VERSION: u32 = 1;

fn is_false(value: &bool) -> bool {
    !value
}

/// Everything that the public headers of a library declare.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Interface {
    /// [`INTERFACE_VERSION`].
    pub interface_version: u32,
    /// The library's name.
    pub library: String,
    /// The language that the headers were read in.
    pub language: InterfaceLanguage,
    /// The triple that sizes and offsets are for, `x86_64-pc-linux-gnu`.
    pub target: String,
    /// The size of a pointer in bytes.
    pub pointer_size: u32,
    /// Whether code compiled with the library's flags can throw C++ exceptions.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exceptions: bool,
    /// The headers that were read, as an `#include` of the library's names them; sources where there is no
    /// header.
    pub headers: Vec<String>,
    /// Functions and methods, in the order of their declarations.
    pub functions: Vec<Function>,
    /// Variables with external linkage.
    pub variables: Vec<Variable>,
    /// Structures, unions and classes; one that another holds by value comes first.
    pub records: Vec<Record>,
    /// Enumerations.
    pub enums: Vec<Enum>,
    /// Names of types; one that another is made of comes first.
    pub typedefs: Vec<Typedef>,
    /// Macros and `constexpr` variables that are constants.
    pub constants: Vec<Constant>,
}

/// The language that headers were read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum InterfaceLanguage {
    /// C.
    #[serde(rename = "c")]
    C,
    /// C++.
    #[serde(rename = "c++")]
    Cpp,
}

/// Where something is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Location {
    /// The header, relative to the library's folder.
    pub file: String,
    /// From 1.
    pub line: u32,
}

/// A type, with its qualifiers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Type {
    /// What it is without qualifiers.
    #[serde(flatten)]
    pub kind: TypeKind,
    /// `const`
    #[serde(rename = "const", default, skip_serializing_if = "is_false")]
    pub constant: bool,
    /// `volatile`
    #[serde(default, skip_serializing_if = "is_false")]
    pub volatile: bool,
}

/// A type without its qualifiers. Sizes are in bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TypeKind {
    /// `void`
    Void,
    /// `bool`, `_Bool`
    Bool,
    /// Whole numbers, `signed char` and `unsigned char` among them.
    Integer {
        /// As C spells it: `unsigned long`.
        name: String,
        /// 1, 2, 4, 8 or 16.
        size: u32,
        /// Whether it has a sign.
        signed: bool,
    },
    /// `char`, `wchar_t`, `char8_t`, `char16_t`, `char32_t`: what text is made of.
    Character {
        /// As C spells it.
        name: String,
        /// 1, 2 or 4.
        size: u32,
        /// Whether it has a sign.
        signed: bool,
    },
    /// `float`, `double`, `long double`, `_Float16`, `__float128`
    Float {
        /// As C spells it.
        name: String,
        /// 2, 4, 8 or 16.
        size: u32,
    },
    /// A pointer.
    Pointer {
        /// What it points to.
        to: Box<Type>,
        /// What `_Nonnull` and `_Nullable` say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nullability: Option<Nullability>,
    },
    /// A C++ reference; in C's eyes a pointer that is not null.
    Reference {
        /// What it refers to.
        to: Box<Type>,
        /// `&&`
        #[serde(default, skip_serializing_if = "is_false")]
        rvalue: bool,
    },
    /// An array. As a parameter it is a pointer already.
    Array {
        /// What it is made of.
        of: Box<Type>,
        /// How many; absent for `[]`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<u64>,
    },
    /// A vector of the processor's.
    Vector {
        /// What it is made of.
        of: Box<Type>,
        /// How many.
        length: u64,
    },
    /// A function; only behind a pointer.
    Function {
        /// What it gives.
        result: Box<Type>,
        /// What it takes.
        parameters: Vec<Parameter>,
        /// Whether `...` follows.
        #[serde(default, skip_serializing_if = "is_false")]
        variadic: bool,
    },
    /// A name in [`Interface::typedefs`].
    Typedef {
        /// The name.
        name: String,
    },
    /// A name in [`Interface::records`].
    Record {
        /// The name.
        name: String,
    },
    /// A name in [`Interface::enums`].
    Enum {
        /// The name.
        name: String,
    },
    /// What none of these is: a pointer to a member, a lambda, `auto`.
    Unsupported {
        /// As the header has it.
        spelling: String,
        /// Its size; 0 where it has none.
        size: u64,
    },
}

/// Whether a pointer may be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nullability {
    /// `_Nonnull`, `__attribute__((nonnull))`
    Nonnull,
    /// `_Nullable`
    Nullable,
}

/// A parameter of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Parameter {
    /// Its name; empty where the header gives none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Type,
    /// The text of its default, `ImVec2(0, 0)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
}

/// A function or method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Function {
    /// Its qualified name: `ecs_init`, `ImGui::Button`, `ImDrawList::AddLine`.
    pub name: String,
    /// Its name for the linker: mangled in C++.
    pub symbol: String,
    /// What it gives.
    pub result: Type,
    /// What it takes; `this` is not among them.
    pub parameters: Vec<Parameter>,
    /// Whether `...` follows.
    #[serde(default, skip_serializing_if = "is_false")]
    pub variadic: bool,
    /// Whether the header holds its body, so that the library may have no symbol of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub inline: bool,
    /// Present for members of classes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// `noexcept`, or of a language that has no exceptions.
    #[serde(default, skip_serializing_if = "is_false")]
    pub noexcept: bool,
    /// `_Noreturn`
    #[serde(default, skip_serializing_if = "is_false")]
    pub noreturn: bool,
    /// What `deprecated` says; empty where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<String>,
    /// Whether it can be called at `symbol`, in the C calling convention, as it is declared.
    #[serde(default, skip_serializing_if = "is_false")]
    pub direct: bool,
    /// A function with a plain C interface that calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thunk: Option<Thunk>,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// What makes a function a member of a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Method {
    /// The class.
    pub record: String,
    /// What kind of member.
    pub kind: MethodKind,
    /// Whether `this` is const.
    #[serde(rename = "const", default, skip_serializing_if = "is_false")]
    pub constant: bool,
    /// Whether it is virtual: it can then be called although the library has no symbol of it.
    #[serde(rename = "virtual", default, skip_serializing_if = "is_false")]
    pub is_virtual: bool,
}

/// A kind of member function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MethodKind {
    /// It has a `this`.
    Method,
    /// It has none.
    Static,
    /// Makes an object in memory that the caller has.
    Constructor,
    /// Ends an object, whose memory stays the caller's.
    Destructor,
}

/// A function of C's that calls one which has no C form, or which some hosts cannot call.
///
/// Its C parameters are, in this order: `T *result` where `returns` is `pointer`; `T *self` for a method,
/// constructor or destructor; the arguments as `pass` says; `char **error` where it throws.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Thunk {
    /// One for each number of arguments that may be given, defaults taking the place of the others.
    pub symbols: Vec<ThunkSymbol>,
    /// How each argument is given.
    pub pass: Vec<Pass>,
    /// How the result is given.
    pub returns: Returns,
    /// Whether the last parameter is `char **error`: set to NULL, or when the function threw to a message
    /// that the caller frees with `nlib_thunk_free`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub throws: bool,
}

/// A thunk for one number of arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ThunkSymbol {
    /// How many.
    pub arguments: usize,
    /// Its name.
    pub symbol: String,
}

/// How a thunk takes an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Pass {
    /// As it is declared.
    Value,
    /// A reference, as a pointer to what it refers to.
    Reference,
    /// A record that is declared by value, as a pointer to one that is copied.
    Pointer,
    /// A `std::string` or `std::string_view`, as a `const char *` that ends with a NUL byte.
    String,
}

/// How a thunk gives its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Returns {
    /// As it is declared, `void` among it.
    Value,
    /// A reference, as a pointer.
    Reference,
    /// A record, made in memory that the first parameter points to: of the record's size and alignment,
    /// its content not looked at. One that is not trivial is ended with its destructor.
    Pointer,
    /// A `std::string`, as a `char *` that ends with a NUL byte and is freed with `nlib_thunk_free`.
    String,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Variable {
    /// Its qualified name.
    pub name: String,
    /// Its name for the linker.
    pub symbol: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Whether each thread has one of its own.
    #[serde(default, skip_serializing_if = "is_false")]
    pub thread_local: bool,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A structure, union or class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Record {
    /// Its qualified name. One without a name is called like the typedef it is made for, or
    /// `OUTER__FIELD`, or `OUTER__anonymousN`.
    pub name: String,
    /// What it is.
    pub kind: RecordKind,
    /// Its size in bytes; 0 when it is opaque.
    pub size: u64,
    /// Its alignment in bytes; 0 when it is opaque.
    pub alignment: u64,
    /// Whether the headers declare it without saying what is in it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub opaque: bool,
    /// How it is without a name in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unnamed: Option<Unnamed>,
    /// Whether copying its bytes copies it and nothing is to be done at its end. Always so in C.
    #[serde(default, skip_serializing_if = "is_false")]
    pub trivial: bool,
    /// Whether it has virtual functions.
    #[serde(default, skip_serializing_if = "is_false")]
    pub polymorphic: bool,
    /// Whether some of them have no body, so that no object of it can be made.
    #[serde(rename = "abstract", default, skip_serializing_if = "is_false")]
    pub is_abstract: bool,
    /// Its base classes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bases: Vec<Base>,
    /// Its fields, in order. Private ones are among them, for they are in its layout.
    pub fields: Vec<Field>,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecordKind {
    /// `struct`
    Struct,
    /// `union`
    Union,
    /// `class`
    Class,
}

/// How a type is without a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Unnamed {
    /// `typedef struct { … } name;`: only the typedef names it.
    Typedef,
    /// Declared inside another, which holds it: `struct { … } field;`, or without a field's name.
    Nested,
}

/// A base class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Base {
    /// Its qualified name.
    pub name: String,
    /// Where it lies, in bytes; absent for a virtual base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<u64>,
}

/// A field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Field {
    /// Its name; empty for an unnamed structure or union, whose fields are used like the record's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Where it lies, in bytes; of a bit-field, the byte in which its first bit lies.
    pub offset: u64,
    /// Present for a bit-field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bits: Option<Bits>,
    /// Whether only the class itself may use it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub private: bool,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
}

/// Where a bit-field lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Bits {
    /// Its first bit, from the start of the record.
    pub offset: u64,
    /// How many bits it has.
    pub width: u32,
}

/// An enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Enum {
    /// Its qualified name, made as that of a [`Record`].
    pub name: String,
    /// The integer that it is.
    #[serde(rename = "type")]
    pub kind: Type,
    /// `enum class`: its values are only known as `NAME::VALUE`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub scoped: bool,
    /// How it is without a name in the header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unnamed: Option<Unnamed>,
    /// Its values, in order.
    pub values: Vec<Enumerator>,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A value of an enumeration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Enumerator {
    /// Its qualified name: `ImGuiDir_Left`, `Shape::Round`.
    pub name: String,
    /// Its value.
    pub value: Value,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
}

/// A name of a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Typedef {
    /// Its qualified name.
    pub name: String,
    /// What it names.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// Where it is declared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// A macro or `constexpr` variable that is a constant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Constant {
    /// Its qualified name.
    pub name: String,
    /// The type of its value.
    #[serde(rename = "type")]
    pub kind: Type,
    /// Its value.
    pub value: Value,
    /// Its comment, without the comment's marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// Where it is defined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// The value of a constant, as JSON: a number for numbers, pointers and characters, `true` or `false`, a
/// text for text, a list of values for a record. An integer beyond ±(2^53 - 1), which many readers of JSON
/// cannot hold, is a text of decimal digits; so are `inf`, `-inf` and `nan`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Value(#[schemars(with = "crate::schema::ValueShape")] pub serde_json::Value);
