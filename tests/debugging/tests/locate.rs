//! From an address to function and source line, for both linkers.

#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used)]

use nlib_loader::{CodeLocation, Library, Linker, ObjectFile};
use nlib_loader_test::{BOTH, Fixture, call, compile, compile_with, spec};

/// `place_in_inner` says where in `outer` its call was inlined, as a distance from `anchor`.
const C: &str = "\
int anchor(void) { return 1; }
__attribute__((noinline)) static int here(void) {
  return (int)((char *)__builtin_return_address(0) - (char *)anchor); }
static inline __attribute__((always_inline)) int inner(void) {
  volatile int place = here();
  return place; }
int outer(void) {
  volatile int place = inner();
  return place; }
static int hidden(void) { return 2; }
int distance_of_hidden(void) { return (int)((char *)hidden - (char *)anchor); }
";

const CPP: &str = "\
namespace shapes { template <class T> struct Square {
  T side;
  __attribute__((noinline)) T area() const;
}; }
template <class T> T shapes::Square<T>::area() const {
  return side * side;
}
template struct shapes::Square<int>;
";

/// `shapes::Square<int>::area() const`
const AREA: &str = "_ZNK6shapes6SquareIiE4areaEv";

fn load(fixture: &Fixture, linker: Linker, flags: &[&str]) -> Library {
    let objects = vec![
        compile_with("unit.c", C, flags),
        compile_with("shapes.cpp", CPP, flags),
    ];
    fixture.load(linker, spec("a", &[]), objects).unwrap()
}

fn place(library: &Library, distance: &str) -> usize {
    let anchor = library.address("anchor").unwrap();
    anchor.wrapping_add_signed(call(library, distance) as isize)
}

fn name_and_line(location: &CodeLocation) -> Vec<(String, u32)> {
    let frames = location.frames.iter().map(|frame| {
        let position = frame.position.as_ref().unwrap();
        (frame.function.clone().unwrap(), position.line)
    });
    frames.collect()
}

#[test]
fn functions_are_named_without_debug_information() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let library = load(&fixture, linker, &[]);
        let hidden = place(&library, "distance_of_hidden");
        let location = fixture.loader.locate(hidden).unwrap();
        assert_eq!(location.function, "hidden", "{linker}");
        assert_eq!(location.unit.as_deref(), Some("unit.c"), "{linker}");
        assert_eq!((location.offset, location.frames.len()), (0, 0), "{linker}");
        assert_eq!(location.to_string(), "a: hidden+0x0");

        let area = library.address(AREA).unwrap();
        let location = fixture.loader.locate(area + 1).unwrap();
        assert_eq!(location.function, "shapes::Square<int>::area() const");
        assert_eq!((location.symbol.as_str(), location.offset), (AREA, 1));
    }
}

#[test]
fn lines_come_from_debug_information_through_inlined_calls() {
    // Compressed sections, many blocks that are merged and moved, and both versions of the format.
    for flags in [
        &["-g"][..],
        &["-g", "-gz"],
        &["-g", "-gz=zstd"],
        &["-gdwarf-4", "-O0"],
        &["-g", "-ffunction-sections"],
    ] {
        for linker in BOTH {
            let fixture = Fixture::new();
            let library = load(&fixture, linker, flags);
            let call = place(&library, "outer") - 1;
            let location = fixture.loader.locate(call).unwrap();
            assert_eq!(location.function, "outer", "{linker} {flags:?}");
            let expected = [("inner".to_owned(), 5), ("outer".to_owned(), 8)];
            assert_eq!(name_and_line(&location), expected, "{linker} {flags:?}");
            let position = location.position().unwrap();
            assert!(position.file.ends_with("unit.c"), "{position:?}");
            assert_eq!(position.column, Some(24));

            let area = fixture.loader.locate(library.address(AREA).unwrap());
            let position = area.as_ref().unwrap().position().unwrap();
            // The first instruction belongs to the head of the function or to its first line.
            assert!([5, 6].contains(&position.line), "{linker} {flags:?}");
            assert!(position.file.ends_with("shapes.cpp"), "{position:?}");
        }
    }
}

#[test]
fn merged_blocks_keep_names_units_and_lines() {
    let filler: String = (0..200)
        .map(|i| format!("int filler{i}(void) {{ return {i}; }}\n"))
        .collect();
    let object = |name: &str, text: &str| compile_with(name, text, &["-g", "-ffunction-sections"]);
    let fixture = Fixture::new();
    let objects: Vec<ObjectFile> = vec![
        object("last.c", "int last(void) {\n  return 7; }\n"),
        object("filler.c", &filler),
    ];
    let library = fixture.load(Linker::Jit, spec("a", &[]), objects).unwrap();
    for (name, unit, line) in [
        ("last", "last.c", 2),
        ("filler0", "filler.c", 1),
        ("filler150", "filler.c", 151),
    ] {
        let location = fixture
            .loader
            .locate(library.address(name).unwrap())
            .unwrap();
        assert_eq!(location.unit.as_deref(), Some(unit));
        assert_eq!(name_and_line(&location), [(name.to_owned(), line)]);
    }
}

#[test]
fn what_is_no_loaded_code_is_not_located() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile("a.c", "int f(void) { return 1; } int data = 3;");
        let library = fixture.load(linker, spec("a", &[]), vec![object]).unwrap();
        let function = library.address("f").unwrap();
        let data = library.address("data").unwrap();
        assert!(fixture.loader.locate(function).is_some(), "{linker}");
        let ours = what_is_no_loaded_code_is_not_located as *const () as usize;
        for address in [0, usize::MAX, data, ours] {
            assert_eq!(fixture.loader.locate(address), None, "{linker}");
        }
        fixture.loader.unload(library).unwrap();
        assert_eq!(fixture.loader.locate(function), None, "{linker}");
    }
}

#[test]
fn questions_do_not_keep_a_library_loaded() {
    for linker in BOTH {
        let fixture = Fixture::new();
        let object = compile("a.c", "int f(void) { return 1; }");
        for _ in 0..20 {
            let library = fixture
                .load(linker, spec("a", &[]), vec![object.clone()])
                .unwrap();
            let function = library.address("f").unwrap();
            std::thread::scope(|scope| {
                let asking = scope.spawn(|| while fixture.loader.locate(function).is_some() {});
                fixture.loader.unload(library).unwrap();
                asking.join().unwrap();
            });
        }
    }
}
