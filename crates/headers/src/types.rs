//! Types: clang's to the interface's, with the typedefs that they name.

use clang_sys::*;
use nlib_interface::{Nullability, Parameter, Type, TypeKind, Typedef};

use crate::clang::{ClangType, Cursor};
use crate::documentation::of_declaration;
use crate::names::{Holder, is_in_template, qualified};
use crate::reader::Reader;

/// How many types may be inside one another; what is deeper is `unsupported`. Readers of JSON have limits
/// of their own.
const MAX_DEPTH: usize = 30;

/// What C++ has for text and C, where it is a typedef of the system's.
const CHARACTER_TYPEDEFS: [&str; 4] = ["wchar_t", "char8_t", "char16_t", "char32_t"];

impl<'u> Reader<'u, '_> {
    /// A type. `holder` names what has no name in it; `declarator` is the declaration whose children are
    /// the parameters of a function type in it.
    pub(crate) fn type_of(
        &mut self,
        of: ClangType<'u>,
        holder: &Holder,
        declarator: Option<Cursor<'u>>,
    ) -> Type {
        self.depth += 1;
        let mut read = match self.depth > MAX_DEPTH {
            true => plain(unsupported(of)),
            false => self.unqualified(of, holder, declarator),
        };
        self.depth -= 1;
        read.constant |= of.is_const();
        read.volatile |= of.is_volatile();
        read
    }

    fn unqualified(
        &mut self,
        of: ClangType<'u>,
        holder: &Holder,
        declarator: Option<Cursor<'u>>,
    ) -> Type {
        let kind = of.kind();
        plain(match kind {
            CXType_Pointer => TypeKind::Pointer {
                to: Box::new(self.type_of(of.pointee(), holder, declarator)),
                nullability: None,
            },
            CXType_LValueReference | CXType_RValueReference => TypeKind::Reference {
                to: Box::new(self.type_of(of.pointee(), holder, declarator)),
                rvalue: kind == CXType_RValueReference,
            },
            CXType_ConstantArray | CXType_IncompleteArray => match of.array_element() {
                Some(element) => TypeKind::Array {
                    of: Box::new(self.type_of(element, holder, declarator)),
                    length: of.array_length(),
                },
                None => unsupported(of),
            },
            CXType_Vector | CXType_ExtVector => {
                let (element, length) = of.vector();
                TypeKind::Vector {
                    of: Box::new(self.type_of(element, holder, None)),
                    length,
                }
            }
            CXType_FunctionProto | CXType_FunctionNoProto => {
                self.function_type(of, holder, declarator)
            }
            CXType_Typedef => return self.typedef_type(of, holder),
            CXType_Record => self.record_type(of, holder),
            CXType_Enum => self.enum_type(of, holder),
            CXType_Attributed => return self.attributed(of, holder, declarator),
            CXType_Atomic => return self.type_of(of.atomic_value(), holder, declarator),
            _ => match arithmetic(of, &self.interface.target) {
                Some(known) => known,
                None => return self.sugar(of, holder, declarator),
            },
        })
    }

    /// What is written in a way that libclang has no kind for: `auto`, `decltype`, brackets, `using`.
    fn sugar(
        &mut self,
        of: ClangType<'u>,
        holder: &Holder,
        declarator: Option<Cursor<'u>>,
    ) -> Type {
        let canonical = of.canonical();
        let is_new = canonical.kind() != of.kind();
        plain(match canonical.kind() {
            // Through brackets the parameters are still seen as they are written.
            CXType_FunctionProto | CXType_FunctionNoProto if of.result().is_some() => {
                self.function_type(of, holder, declarator)
            }
            _ if is_new => return self.type_of(canonical, holder, declarator),
            _ if canonical.spelling().ends_with("char8_t") => TypeKind::Character {
                name: "char8_t".to_owned(),
                size: 1,
                signed: false,
            },
            _ => unsupported(of),
        })
    }

    fn function_type(
        &mut self,
        of: ClangType<'u>,
        holder: &Holder,
        declarator: Option<Cursor<'u>>,
    ) -> TypeKind {
        let arguments = of.arguments();
        let named: Vec<Cursor<'u>> = declarator.map(parameters_inside).unwrap_or_default();
        let parameters = if named.len() == arguments.len() {
            named
                .into_iter()
                .map(|parameter| self.parameter(parameter, holder))
                .collect()
        } else {
            let mut of_argument = |argument| Parameter {
                name: String::new(),
                kind: self.parameter_type(argument, holder, None),
                default: None,
            };
            arguments.into_iter().map(&mut of_argument).collect()
        };
        let result = match of.result() {
            Some(result) => self.type_of(result, holder, None),
            None => plain(TypeKind::Void),
        };
        TypeKind::Function {
            result: Box::new(result),
            parameters,
            variadic: of.is_variadic() && of.kind() != CXType_FunctionNoProto,
        }
    }

    /// A parameter of a function type, without a default.
    fn parameter(&mut self, parameter: Cursor<'u>, holder: &Holder) -> Parameter {
        Parameter {
            name: parameter.spelling(),
            kind: self.parameter_type(parameter.of_type(), holder, Some(parameter)),
            default: None,
        }
    }

    /// The type of a parameter: an array is a pointer to its elements, a function a pointer to it.
    pub(crate) fn parameter_type(
        &mut self,
        of: ClangType<'u>,
        holder: &Holder,
        declarator: Option<Cursor<'u>>,
    ) -> Type {
        let canonical = of.canonical();
        let declarator = match of.kind() {
            CXType_Typedef => of.declaration(),
            _ => declarator,
        };
        let element = of.array_element().or_else(|| canonical.array_element());
        let to = match (canonical.kind(), element) {
            (
                CXType_ConstantArray
                | CXType_IncompleteArray
                | CXType_VariableArray
                | CXType_DependentSizedArray,
                Some(element),
            ) => {
                let mut element = self.type_of(element, holder, declarator);
                // `const` of a typedef that is an array is its elements'.
                element.constant |= of.is_const();
                element
            }
            (CXType_FunctionProto | CXType_FunctionNoProto, _) => {
                self.type_of(of, holder, declarator)
            }
            _ => return self.type_of(of, holder, declarator),
        };
        plain(TypeKind::Pointer {
            to: Box::new(to),
            nullability: None,
        })
    }

    fn attributed(
        &mut self,
        of: ClangType<'u>,
        holder: &Holder,
        declarator: Option<Cursor<'u>>,
    ) -> Type {
        let mut read = self.type_of(of.modified(), holder, declarator);
        if let TypeKind::Pointer { nullability, .. } = &mut read.kind {
            *nullability = match of.nullability() {
                CXTypeNullability_NonNull => Some(Nullability::Nonnull),
                CXTypeNullability_Nullable => Some(Nullability::Nullable),
                _ => *nullability,
            };
        }
        read
    }

    fn record_type(&mut self, of: ClangType<'u>, holder: &Holder) -> TypeKind {
        match of.declaration() {
            Some(record) => TypeKind::Record {
                name: self.record_name(record, holder),
            },
            None => unsupported(of),
        }
    }

    fn enum_type(&mut self, of: ClangType<'u>, holder: &Holder) -> TypeKind {
        match of.declaration() {
            Some(declaration) => TypeKind::Enum {
                name: self.enumeration(declaration, holder),
            },
            None => unsupported(of),
        }
    }

    fn typedef_type(&mut self, of: ClangType<'u>, holder: &Holder) -> Type {
        let Some(declaration) = of.declaration() else {
            return self.type_of(of.canonical(), holder, None);
        };
        let name = declaration.spelling();
        let is_of_system = declaration.is_of_system();
        if is_in_template(declaration) || !declaration.is_public() {
            self.type_of(of.canonical(), holder, None)
        } else if is_of_system && name.starts_with("__") {
            // How the system makes its types of others is no concern of the library's.
            self.type_of(declaration.underlying(), holder, None)
        } else if is_of_system
            && CHARACTER_TYPEDEFS.contains(&name.as_str())
            && let Some(TypeKind::Integer { size, signed, .. }) =
                arithmetic(of.canonical(), &self.interface.target)
        {
            plain(TypeKind::Character { name, size, signed })
        } else {
            plain(TypeKind::Typedef {
                name: self.typedef(declaration),
            })
        }
    }

    /// Reads a typedef, those that it is made of first. Gives its name.
    pub(crate) fn typedef(&mut self, declaration: Cursor<'u>) -> String {
        let key = declaration.canonical();
        if let Some(known) = self.typedefs.get(&key) {
            return known.clone();
        }
        let name = qualified(declaration, self.cpp);
        self.typedefs.insert(key, name.clone());
        let holder = Holder::of(&name);
        let underlying = declaration.underlying();
        // Its type is read on its own, however deep the type is that names it.
        let depth = std::mem::take(&mut self.depth);
        let kind = self.type_of(underlying, &holder, Some(declaration));
        self.depth = depth;
        if !declaration.is_of_system() {
            self.by_value(underlying);
        }
        let typedef = Typedef {
            name: name.clone(),
            kind,
            documentation: self.documentation(declaration, of_declaration),
            location: self.location(declaration),
        };
        self.interface.typedefs.push(typedef);
        name
    }
}

/// The parameters that a declarator holds: those of the function type in it.
fn parameters_inside(declarator: Cursor<'_>) -> Vec<Cursor<'_>> {
    let mut children = declarator.children();
    children.retain(|child| child.kind() == CXCursor_ParmDecl);
    children
}

/// A type without qualifiers.
pub fn plain(kind: TypeKind) -> Type {
    Type {
        kind,
        constant: false,
        volatile: false,
    }
}

fn unsupported(of: ClangType<'_>) -> TypeKind {
    TypeKind::Unsupported {
        spelling: of.spelling(),
        size: of.size().unwrap_or(0),
    }
}

fn arithmetic(of: ClangType<'_>, target: &str) -> Option<TypeKind> {
    let size = u32::try_from(of.size().unwrap_or(0)).ok()?;
    let integer = |name: &str, signed| TypeKind::Integer {
        name: name.to_owned(),
        size,
        signed,
    };
    let character = |name: &str, signed| TypeKind::Character {
        name: name.to_owned(),
        size,
        signed,
    };
    let float = |name: &str| TypeKind::Float {
        name: name.to_owned(),
        size,
    };
    Some(match of.kind() {
        CXType_Void => TypeKind::Void,
        CXType_Bool => TypeKind::Bool,
        CXType_Char_S => character("char", true),
        CXType_Char_U => character("char", false),
        // libclang does not say. Of the targets with 32 bits only Arm's have an unsigned one.
        CXType_WChar => character(
            "wchar_t",
            !target.starts_with("aarch64") && !target.starts_with("arm"),
        ),
        CXType_Char16 => character("char16_t", false),
        CXType_Char32 => character("char32_t", false),
        CXType_SChar => integer("signed char", true),
        CXType_UChar => integer("unsigned char", false),
        CXType_Short => integer("short", true),
        CXType_UShort => integer("unsigned short", false),
        CXType_Int => integer("int", true),
        CXType_UInt => integer("unsigned int", false),
        CXType_Long => integer("long", true),
        CXType_ULong => integer("unsigned long", false),
        CXType_LongLong => integer("long long", true),
        CXType_ULongLong => integer("unsigned long long", false),
        CXType_Int128 => integer("__int128", true),
        CXType_UInt128 => integer("unsigned __int128", false),
        CXType_Half => float("__fp16"),
        CXType_Float16 => float("_Float16"),
        CXType_Float => float("float"),
        CXType_Double => float("double"),
        CXType_LongDouble => float("long double"),
        CXType_Float128 => float("__float128"),
        _ => return None,
    })
}
