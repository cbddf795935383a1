//! `nlib_ctx`: options in, a session out.

use std::num::NonZeroUsize;
use std::path::Path;

use nlib::{Mode, Session, Settings};

use crate::failure::Failure;
use crate::guard::{guard, guard_or};
use crate::handles::{Object, insert, remove};
use crate::input::{optional_path, optional_text, structure, texts};
use crate::location::own_file;
use crate::output::Out;
use crate::progress::listener;
use crate::types::{COptions, Handle};

/// What an `nlib_ctx` stands for.
pub(crate) struct Context {
    pub session: Session,
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn nlib_open(
    options: *const COptions,
    context: *mut *mut Handle,
) -> *mut Handle {
    guard(|| {
        // SAFETY: the header asks for a writable pointer, and for initialised options or NULL.
        let (out, settings) = unsafe {
            let out = Out::new(context, std::ptr::null_mut(), "context")?;
            (out, settings(options)?)
        };
        let session = Session::open(settings)?;
        out.set(insert(Object::Context(Context { session }.into())));
        Ok(())
    })
}

/// See `nlib.h`.
#[unsafe(no_mangle)]
pub extern "C" fn nlib_close(context: *mut Handle) {
    guard_or((), || {
        remove(context, |object| matches!(object, Object::Context(_)));
    });
}

/// # Safety
///
/// The pointer is null or leads to options as the header describes them.
unsafe fn settings(options: *const COptions) -> Result<Settings, Failure> {
    let own_file = own_file();
    let mut settings = Settings::installed_with(own_file.as_deref())?;
    if options.is_null() {
        return Ok(settings);
    }
    // SAFETY: promised by the caller, as is all that the members lead to.
    unsafe {
        let options = structure(options)?;
        if let Some(folder) = optional_path(options.project_folder, "project_folder")? {
            settings.project = project(&folder)?;
        }
        if let Some(folder) = optional_path(options.cache_directory, "cache_directory")? {
            settings.cache_directory = Some(folder);
        }
        if let Some(worker) = optional_path(options.worker, "worker")? {
            settings.worker = worker;
        }
        if let Some(profile) = optional_text(options.profile, "profile")? {
            settings.profile = Some(profile.to_owned());
        }
        let folders = texts(
            options.library_path,
            options.library_path_count,
            "library_path",
        )?;
        if !folders.is_empty() {
            let folders = folders.into_iter().map(Into::into).collect();
            settings.library_path = settings.library_path.after(Vec::new(), folders);
        }
        if let Some(mode) = cache_mode(options.cache_mode)? {
            settings.cache_mode = mode;
        }
        settings.offline |= options.offline != 0;
        if let Some(jobs) = NonZeroUsize::new(options.jobs as usize) {
            settings.jobs = jobs;
        }
        settings.listener = listener(&options);
    }
    Ok(settings)
}

fn cache_mode(mode: u32) -> Result<Option<Mode>, Failure> {
    Ok(match mode {
        0 => None,
        1 => Some(Mode::ReadWrite),
        2 => Some(Mode::Off),
        3 => Some(Mode::ReadOnly),
        4 => Some(Mode::Recache),
        other => {
            return Err(Failure::argument(format!(
                "cache_mode {other} is no nlib_cache_mode"
            )));
        }
    })
}

fn project(folder: &Path) -> Result<Option<nlib::Project>, Failure> {
    Ok(nlib::Project::find(folder)?)
}
