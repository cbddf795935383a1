//! Whatever the text, the parser answers; its places lie inside the text.

#![allow(clippy::unwrap_used)]

use nlib_plan::{Choices, FileError, Manifest, Target, resolve};
use proptest::prelude::*;

const SEED: &str = include_str!("../../../vendor-manifests/cimgui.json");

/// Parses, renders and, where that works, resolves.
fn exercise(text: &str) -> Result<(), TestCaseError> {
    match Manifest::parse(text) {
        Ok(manifest) => {
            let written = serde_json::to_string(&manifest).unwrap();
            prop_assert_eq!(Manifest::parse(&written).unwrap(), manifest.clone());
            // The parser refuses what cannot be resolved.
            let plan = resolve(&manifest, &Target::default(), &Choices::default()).unwrap();
            prop_assert_eq!(plan.units.len(), manifest.units.len());
        }
        Err(error) => {
            let is_invalid = matches!(error, FileError::Invalid { .. });
            prop_assert!(is_invalid);
            prop_assert!(!error.problems().is_empty());
            let lines: Vec<&str> = text.split('\n').collect();
            for problem in error.problems() {
                let place = &problem.place;
                prop_assert!((1..=lines.len()).contains(&place.line), "{place:?}");
                let width = lines[place.line - 1].chars().count();
                prop_assert!((1..=width + 1).contains(&place.column), "{place:?}");
            }
            let rendered = error.to_string();
            prop_assert!(
                rendered.chars().all(|c| c == '\n' || !c.is_control()),
                "{rendered:?}"
            );
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        exercise(&text)?;
    }

    #[test]
    fn a_manifest_with_bytes_changed(
        edits in prop::collection::vec((0..SEED.len(), any::<char>(), 0usize..20), 1..4),
    ) {
        let mut characters: Vec<char> = SEED.chars().collect();
        for (at, character, removed) in edits {
            let at = at.min(characters.len());
            let end = (at + removed).min(characters.len());
            characters.splice(at..end, [character]);
        }
        exercise(&characters.into_iter().collect::<String>())?;
    }

    #[test]
    fn a_manifest_with_values_changed(
        which in any::<prop::sample::Index>(),
        value in prop_oneof![
            Just(serde_json::json!(null)),
            Just(serde_json::json!({})),
            Just(serde_json::json!([])),
            Just(serde_json::json!(["-fplugin=x", "-I"])),
            Just(serde_json::json!({"A=1": "x\ny"})),
            any::<i64>().prop_map(Into::into),
            any::<f64>().prop_map(Into::into),
            ".{0,12}".prop_map(Into::into),
            "[a-z0-9.+/-]{0,12}".prop_map(Into::into),
        ],
    ) {
        let mut manifest: serde_json::Value = serde_json::from_str(SEED).unwrap();
        let mut pointers = Vec::new();
        collect_pointers(&manifest, String::new(), &mut pointers);
        *manifest.pointer_mut(which.get::<String>(&pointers)).unwrap() = value;
        exercise(&serde_json::to_string_pretty(&manifest).unwrap())?;
    }
}

fn collect_pointers(value: &serde_json::Value, pointer: String, pointers: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(members) => {
            for (key, member) in members {
                let key = key.replace('~', "~0").replace('/', "~1");
                collect_pointers(member, format!("{pointer}/{key}"), pointers);
            }
        }
        serde_json::Value::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                collect_pointers(element, format!("{pointer}/{index}"), pointers);
            }
        }
        _ => {}
    }
    pointers.push(pointer);
}
