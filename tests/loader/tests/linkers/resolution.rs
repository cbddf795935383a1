//! Which definition a reference gets, and what happens when there is none or more than one.

use nlib_loader::{LinkError, Linker, Supplier, find_system_library};

use nlib_test_calls::call_with_float;

use nlib_loader_test::{BOTH, Fixture, call, compile, compile_with, spec};

#[test]
fn two_libraries_with_the_same_names_stay_apart() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let make = |value: i32| {
            compile(
                "same.c",
                &format!(
                    "static int private_state = {value}; int public_state = {value};
                     int helper(void) {{ return private_state * 100 + public_state; }}
                     int run(void) {{ return helper(); }}"
                ),
            )
        };
        let one = fixture
            .load(linker, spec("one", &[]), vec![make(1)])
            .unwrap();
        let two = fixture
            .load(linker, spec("two", &[]), vec![make(2)])
            .unwrap();
        assert_eq!((call(&one, "run"), call(&two, "run")), (101, 202));
    }
}

#[test]
fn dependencies_are_linked_against_in_every_permitted_mixture() {
    use Linker::{Image, Jit};
    for (base, middle, top) in [
        (Jit, Jit, Jit),
        (Image, Jit, Jit),
        (Image, Image, Jit),
        (Image, Image, Image),
    ] {
        let fixture = Fixture::new();
        let a = compile("a.c", "int level = 1; int a(void) { return level; }");
        let a = fixture.load(base, spec("a", &[]), vec![a]).unwrap();
        let b = compile(
            "b.c",
            "extern int level; int a(void); int b(void) { level += 10; return a() * 2; }",
        );
        let b = fixture.load(middle, spec("b", &[&a]), vec![b]).unwrap();
        let c = compile(
            "c.c",
            "int a(void); int b(void); int c(void) { return b() * 1000 + a(); }",
        );
        let c = fixture.load(top, spec("c", &[&b, &a]), vec![c]).unwrap();
        assert_eq!(call(&c, "c"), 22_011, "{base} {middle} {top}");
        let names: Vec<_> = c.dependencies().iter().map(|d| d.name()).collect();
        assert_eq!(names, ["b", "a"]);
    }
}

#[test]
fn an_image_cannot_depend_on_a_jit_library() {
    let fixture = Fixture::new();
    let a = compile("a.c", "int a(void) { return 1; }");
    let a = fixture.load(Linker::Jit, spec("a", &[]), vec![a]).unwrap();
    let objects = [compile("b.c", "int b(void) { return 1; }")];
    let image = fixture.link(&spec("b", &[]), &objects);
    let error = fixture
        .loader
        .link_image(spec("b", &[&a]), nlib_loader::ImageFile::Path(image))
        .unwrap_err();
    assert!(
        matches!(&error, LinkError::DependencyNotImage { dependency, .. } if dependency == "a"),
        "{error}"
    );
}

#[test]
fn unresolved_symbols_are_explained_and_the_corrected_load_works() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "user.cpp",
            "extern \"C\" const char *zlibVersion(); namespace far { int away(int); }
             extern \"C\" int near(float x) {
                 return far::away(zlibVersion()[0] - '0' + (int)x) + far::away(2); }",
        );
        let mut specification = spec("user", &[]);
        specification.system_libraries.clear();

        let error = fixture
            .load(linker, specification.clone(), vec![object.clone()])
            .unwrap_err();
        let text = error.to_string();
        let LinkError::Unresolved { library, symbols } = error else {
            panic!("{text}")
        };
        assert_eq!(library, "user");
        let away = symbols.iter().find(|s| s.name == "_ZN3far4awayEi").unwrap();
        assert_eq!(away.demangled.as_deref(), Some("far::away(int)"));
        assert_eq!(away.referrers, ["user.cpp: near"]);
        assert!(away.suppliers.is_empty());
        assert!(text.contains("`far::away(int)` (_ZN3far4awayEi), referred to by user.cpp: near"));
        let version = symbols.iter().find(|s| s.name == "zlibVersion").unwrap();
        assert_eq!(version.suppliers, [Supplier::SystemLibrary("z".into())]);
        assert!(text.contains("defined by system library `z`"), "{text}");

        let missing = compile(
            "far.cpp",
            "namespace far { int away(int n) { return n + 20; } }",
        );
        specification.system_libraries = vec![find_system_library("z").unwrap()];
        let library = fixture
            .load(linker, specification, vec![object, missing])
            .unwrap();
        assert_eq!(call_with_float(&library, "near", 0.0), 43);
    }
}

#[test]
fn duplicate_definitions_name_both_objects() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let objects = vec![
            compile("one.c", "int twice(void) { return 1; }"),
            compile("two.c", "int twice(void) { return 2; }"),
        ];
        let error = fixture
            .load(linker, spec("a", &[]), objects)
            .unwrap_err()
            .to_string();
        assert!(error.contains("`twice`, in `one.c` and `two.c`"), "{error}");
    }
}

#[test]
fn weak_and_tentative_definitions_give_way() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let objects = vec![
            compile_with(
                "a.c",
                "__attribute__((weak)) int chosen(void) { return 1; }
                 __attribute__((weak)) int first(void) { return 10; }
                 int tentative; int array[2];
                 __attribute__((weak)) int absent(void);
                 int a_chosen(void) { return chosen(); }
                 int a_first(void) { return first(); }
                 int a_tentative(void) { return tentative; }
                 int a_array(void) { return (int)(long)array; }
                 int no_absent(void) { return absent == 0; }",
                &["-fcommon"],
            ),
            compile_with(
                "b.c",
                "int chosen(void) { return 2; }
                 __attribute__((weak)) int first(void) { return 20; }
                 int tentative = 7; int array[1000];
                 int big_padding[5000] = {1};
                 int array_works(void) { array[999] = 5; return array[999]; }
                 int b_array(void) { return (int)(long)array; }
                 int b_first(void) { return first(); }",
                &["-fcommon"],
            ),
        ];
        let library = fixture.load(linker, spec("a", &[]), objects).unwrap();
        assert_eq!(call(&library, "a_chosen"), 2, "{linker}");
        assert_eq!(call(&library, "a_first"), 10, "{linker}");
        assert_eq!(call(&library, "b_first"), 10, "{linker}");
        assert_eq!(call(&library, "a_tentative"), 7, "{linker}");
        assert_eq!(call(&library, "array_works"), 5);
        assert_eq!(call(&library, "a_array"), call(&library, "b_array"));
        assert_eq!(call(&library, "no_absent"), 1);
    }
}

#[test]
fn inline_functions_and_variables_are_one_within_a_library() {
    let header = "struct Counter { int value = 0; };
                  inline Counter &counter() { static Counter one; return one; }
                  inline int shared = [] { counter().value += 100; return 1; }();
                  template <class T> struct Tag { static inline T tag = T(counter().value += 1000); };";
    for linker in BOTH {
        let fixture = Fixture::new();
        let part = |name: &str| {
            compile(
                &format!("{name}.cpp"),
                &format!(
                    "{header} extern \"C\" int {name}() {{ Tag<int>::tag; return counter().value += 1; }}"
                ),
            )
        };
        let library = fixture
            .load(linker, spec("a", &[]), vec![part("one"), part("two")])
            .unwrap();
        assert_eq!(call(&library, "one"), 1101, "{linker}");
        assert_eq!(call(&library, "two"), 1102, "{linker}");
    }
}

#[test]
fn sets_of_sections_span_all_objects() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let member = |name: &str, value: i32| {
            compile(
                name,
                &format!("__attribute__((section(\"numbers\"), used)) static int entry = {value};"),
            )
        };
        let walk = compile(
            "walk.c",
            "extern int __start_numbers[], __stop_numbers[];
             int walk(void) { int n = 0; for (int *p = __start_numbers; p != __stop_numbers; p++)
               n = n * 10 + *p; return n; }",
        );
        let objects = vec![
            member("one.c", 1),
            walk,
            member("two.c", 2),
            member("three.c", 3),
        ];
        let library = fixture.load(linker, spec("a", &[]), objects).unwrap();
        assert_eq!(call(&library, "walk"), 123, "{linker}");
    }
}

#[test]
fn system_libraries_are_linked_against() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile(
            "z.c",
            "double lgamma(double); int round_trip(void) { return (int)(lgamma(5.0) * 100); }",
        );
        let mut specification = spec("z", &[]);
        specification.system_libraries = vec![find_system_library("z").unwrap()];
        let library = fixture.load(linker, specification, vec![object]).unwrap();
        assert_eq!(call(&library, "round_trip"), 317);
    }
}
