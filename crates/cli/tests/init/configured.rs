//! What a build system would write or define: headers made from templates, versions, configuration.

use crate::common::Place;
use serde_json::json;

use crate::{drafted, passes, written};

#[test]
fn headers_that_a_build_system_writes_are_filled_in() {
    let place = Place::new();
    place.write(
        "gear-1.4/configure.ac",
        "AC_INIT([gear], [1.4.2], [mail])\nAC_CONFIG_HEADERS([config.h])\n",
    );
    place.write(
        "gear-1.4/gear_limits.h.in",
        "/* made */\n#cmakedefine HAVE_UNISTD_H 1\n#cmakedefine HAVE_NO_SUCH_FUNCTION 1\n\
         #cmakedefine01 HAVE_MEMCPY\n#cmakedefine USE_TURBO\n#ifndef HAVE_MEMCPY\n#define memcpy @COPY@\n\
         #endif\n#define GEAR_VERSION_MINOR @GEAR_VERSION_MINOR@\n#define GEAR_TEXT \"@GEAR_VERSION@\"\n\
         #define GEAR_COLOR @GEAR_COLOR@\n",
    );
    let include = "#include \"gear_limits.h\"\n#include <config.h>\n";
    place.write(
        "gear-1.4/gear.c",
        &format!(
            "{include}#if defined HAVE_UNISTD_H && HAVE_MEMCPY && !defined HAVE_NO_SUCH_FUNCTION\n\
             int gear_minor(void) {{ return GEAR_VERSION_MINOR; }}\n#endif\n"
        ),
    );
    place.write(
        "gear-1.4/text.c",
        &format!(
            "{include}#ifdef HAVE_SYS_STAT_H\n#include <sys/stat.h>\nmode_t gear_mode = S_IFDIR;\n#endif\n\
             const char *gear_text(void) {{ return GEAR_TEXT; }}\n"
        ),
    );
    let run = place.ok(&["init", "gear-1.4"]);
    for told in [
        "version            1.4.2, from configure.ac",
        "gear_limits.h, from gear_limits.h.in; defined: HAVE_UNISTD_H and HAVE_MEMCPY; left undefined: \
         USE_TURBO and HAVE_NO_SUCH_FUNCTION; left out, being unknown: GEAR_COLOR\n",
        "config.h, from the macros that the sources ask for; defined: HAVE_MEMCPY, HAVE_SYS_STAT_H",
    ] {
        assert!(run.stdout.contains(told), "{told}: {run:#?}");
    }
    let manifest = written(&place, "gear-1.4/gear.json");
    let made = &manifest["generated-headers"];
    assert_eq!(
        made["gear_limits.h"],
        "#define HAVE_UNISTD_H 1\n#define HAVE_MEMCPY 1\n#define GEAR_VERSION_MINOR 4\n\
         #define GEAR_TEXT \"1.4.2\"\n"
    );
    let config = made["config.h"].as_str().unwrap();
    assert!(config.contains("#define HAVE_SYS_STAT_H 1\n"), "{config}");
    place.ok(&["load", "gear-1.4/gear.json", "-s", "gear_mode"]);
    let test = json!({ "call": "gear_text", "returns": "1.4.2" });
    passes(&place, "gear-1.4/gear.json", &test);
}

#[test]
fn headers_that_are_installed_elsewhere_or_that_cmake_makes_are_found() {
    let place = Place::new();
    place.write("gear/CMakeLists.txt", "project(gear C)\n");
    place.write(
        "gear/src/parts/wheel.h",
        "#include \"gear_export.h\"\nGEAR_EXPORT int gear_wheel(void);\n",
    );
    place.write(
        "gear/src/wheel.c",
        "#include <gear/wheel.h>\nint gear_wheel(void) { return 9; }\n",
    );
    let manifest = drafted(&place, &["gear"], "gear/gear.json");
    let headers = &manifest["generated-headers"];
    assert_eq!(headers["gear/wheel.h"], "#include <src/parts/wheel.h>\n");
    let export = headers["gear_export.h"].as_str().unwrap();
    assert!(
        export.starts_with("#define GEAR_EXPORT __attribute__"),
        "{export}"
    );
    let test = json!({ "call": "gear_wheel", "returns": 9 });
    passes(&place, "gear/gear.json", &test);
}

#[test]
fn a_configuration_header_is_switched_on_where_units_need_it() {
    let place = Place::new();
    place.write("gear/config.h.in", "#undef HAVE_STDINT_H\n");
    place.write(
        "gear/gear.c",
        "#ifdef HAVE_CONFIG_H\n#include <config.h>\n#endif\n#include \"setup.h\"\nint32_t gear(void) { return 6; }\n",
    );
    place.write(
        "gear/setup.h",
        "#include <config.h>\n#ifdef HAVE_CONFIG_H\n#ifdef HAVE_STDINT_H\n#include <stdint.h>\n#endif\n#endif\n",
    );
    let manifest = drafted(&place, &["gear"], "gear/gear.json");
    assert_eq!(manifest["defines"], json!({ "HAVE_CONFIG_H": null }));
    let headers = json!({ "config.h": "#define HAVE_STDINT_H 1\n" });
    assert_eq!(manifest["generated-headers"], headers);
}

#[test]
fn what_the_system_lacks_comes_from_sources_for_others() {
    let place = Place::new();
    place.write(
        "gear/gear.c",
        "int openbsd_turn(int);\nint gear(void) { return openbsd_turn(4); }\n",
    );
    place.write(
        "gear/openbsd_turn.c",
        "int openbsd_turn(int by) { return by; }\n",
    );
    place.write(
        "gear/win32_turn.c",
        "int win32_turn(int by) { return by; }\n",
    );
    let manifest = drafted(&place, &["gear"], "gear/gear.json");
    let units = json!([{ "src": "gear.c" }, { "src": "openbsd_turn.c" }]);
    assert_eq!(manifest["units"], units);
    let test = json!({ "call": "gear", "returns": 4 });
    passes(&place, "gear/gear.json", &test);
}

#[test]
fn macros_of_the_version_are_defined_where_the_build_system_would() {
    let place = Place::new();
    place.write(
        "gear-2.7/gear.c",
        "int gear_minor(void) { return GEAR_VERSION_MINOR; }\n\
         const char *gear_text(void) { return GEAR_VERSION_STRING; }\n",
    );
    let manifest = drafted(&place, &["gear-2.7"], "gear-2.7/gear.json");
    assert_eq!(manifest["version"], "2.7");
    let defines = json!({ "GEAR_VERSION_MINOR": "7", "GEAR_VERSION_STRING": "\"2.7\"" });
    assert_eq!(manifest["defines"], defines);
    let test = json!({ "call": "gear_minor", "returns": 7 });
    passes(&place, "gear-2.7/gear.json", &test);
}

#[test]
fn a_library_is_told_that_it_is_compiled_itself() {
    let place = Place::new();
    place.write(
        "gear/gear.h",
        "#ifdef GEAR_BUILD_LIBRARY\n#define TEETH 12\n#endif\n#ifdef GEAR_BUILD_SHARED\n#error no\n#endif\n",
    );
    place.write(
        "gear/gear.c",
        "#include \"gear.h\"\nint gear(void) { return TEETH; }\n",
    );
    let manifest = drafted(&place, &["gear"], "gear/gear.json");
    assert_eq!(manifest["defines"], json!({ "GEAR_BUILD_LIBRARY": null }));
}
