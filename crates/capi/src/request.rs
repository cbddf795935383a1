//! `nlib_request` → [`nlib::Request`].

use nlib::manifest::Language;
use nlib::{HostSymbol, LinkerChoice, Request, Source};

use crate::failure::Failure;
use crate::input::{array, bytes, optional_path, optional_text, pairs, structure, text, texts};
use crate::types::{CRequest, CSource};

/// Copies a request.
///
/// # Safety
///
/// The pointer is null or leads to a request as the header describes it.
pub(crate) unsafe fn request(request: *const CRequest) -> Result<Request, Failure> {
    // SAFETY: promised by the caller, as is all that the members lead to.
    unsafe {
        let asked = structure(request)?;
        let mut request = subject(&asked)?;
        if let Some(name) = optional_text(asked.name, "name")? {
            request = request.named(name);
        }
        if let Some(profile) = optional_text(asked.profile, "profile")? {
            request = request.profile(profile);
        }
        for (name, value) in pairs(asked.defines, asked.define_count, "defines")? {
            request.flags.push(match value {
                Some(value) => format!("-D{name}={value}"),
                None => format!("-D{name}"),
            });
        }
        let folders = texts(asked.include_dirs, asked.include_dir_count, "include_dirs")?;
        request = request
            .flags(folders.iter().map(|folder| format!("-I{folder}")))
            .flags(texts(asked.flags, asked.flag_count, "flags")?)
            .with(texts(asked.with, asked.with_count, "with")?)
            .features(texts(asked.features, asked.feature_count, "features")?)
            .overlay(texts(asked.overlays, asked.overlay_count, "overlays")?)
            .linker(linker(asked.linker)?)
            .auto_libraries(asked.auto_libraries != 0);
        request.system_libraries = texts(
            asked.system_libraries,
            asked.system_library_count,
            "system_libraries",
        )?;
        request.selection.no_default_features |= asked.no_default_features != 0;
        for (name, value) in pairs(asked.options, asked.option_count, "options")? {
            let value = value
                .ok_or_else(|| Failure::argument(format!("the option `{name}` has no value")))?;
            request = request.option(name, value);
        }
        let symbols = array(asked.host_symbols, asked.host_symbol_count, "host_symbols")?;
        for symbol in symbols {
            let name = text(symbol.name, "the name of a host symbol")?;
            if symbol.address.is_null() {
                return Err(Failure::argument(format!(
                    "the host symbol `{name}` is NULL"
                )));
            }
            request = request.grant(HostSymbol::new(name, symbol.address));
        }
        Ok(request)
    }
}

/// What is asked for.
///
/// # Safety
///
/// As for [`request`].
unsafe fn subject(asked: &CRequest) -> Result<Request, Failure> {
    // SAFETY: promised by the caller.
    let (library, manifest, folder, sources) = unsafe {
        (
            optional_text(asked.library, "library")?,
            optional_text(asked.manifest_text, "manifest_text")?,
            optional_path(asked.manifest_folder, "manifest_folder")?,
            array(asked.sources, asked.source_count, "sources")?,
        )
    };
    match (library, manifest, sources) {
        (Some(library), None, []) => Ok(Request::new(library)),
        (None, Some(text), []) => Ok(Request::manifest_text(text, folder.unwrap_or_default())),
        (None, None, [_, ..]) => {
            let sources = sources.iter().map(|one| {
                // SAFETY: promised by the caller.
                unsafe { source(one) }
            });
            let sources: Vec<Source> = sources.collect::<Result<_, _>>()?;
            Ok(Request::sources(sources))
        }
        _ => Err(Failure::argument(
            "a request needs exactly one of library, manifest_text and sources",
        )),
    }
}

/// # Safety
///
/// The members are as the header describes them.
unsafe fn source(source: &CSource) -> Result<Source, Failure> {
    // SAFETY: promised by the caller.
    let (path, name, language) = unsafe {
        (
            optional_path(source.path, "the path of a source")?,
            optional_text(source.name, "the name of a source")?,
            optional_text(source.language, "the language of a source")?,
        )
    };
    if let Some(path) = path {
        return Ok(Source::File(path));
    }
    let language = language.map(language_called).transpose()?;
    // SAFETY: promised by the caller.
    let content = unsafe { bytes(source.data, source.size, "the data of a source") }?;
    Ok(Source::Memory {
        name: name.unwrap_or("<code>").to_owned(),
        language,
        content: content.into(),
    })
}

fn language_called(name: &str) -> Result<Language, Failure> {
    Language::by_name(name).ok_or_else(|| {
        let known = Language::compiled_names().join(", ");
        Failure::argument(format!(
            "`{name}` is no language; these are: {known}, object, archive"
        ))
    })
}

fn linker(linker: u32) -> Result<LinkerChoice, Failure> {
    Ok(match linker {
        0 => LinkerChoice::Auto,
        1 => LinkerChoice::Jit,
        2 => LinkerChoice::Image,
        other => {
            return Err(Failure::argument(format!(
                "linker {other} is no nlib_linker"
            )));
        }
    })
}
