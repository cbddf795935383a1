//! `nlib why`: what the cache has of a program or library, and what is different.

use std::process::ExitCode;

use nlib::{
    Difference, ErrorKind, Forecast, ImageForecast, Request, Settings, Source, UnitForecast, What,
};
use serde::Serialize;

use crate::arguments::WhyArguments;
use crate::context::Context;
use crate::diagnostics::NamedSources;
use crate::errors::Failure;

#[derive(Serialize)]
struct Answer {
    /// Whether nothing would be compiled.
    hit: bool,
    libraries: Vec<Library>,
}

#[derive(Serialize)]
struct Library {
    library: String,
    /// Whether its sources are here; nothing else is known where they are not.
    fetched: bool,
    image: &'static str,
    units: Vec<Unit>,
    #[serde(skip)]
    named: String,
}

#[derive(Serialize)]
struct Unit {
    unit: String,
    hit: bool,
    differences: Vec<Explained>,
    /// Why its object is never kept.
    unkept: Vec<String>,
    #[serde(skip)]
    named: String,
}

#[derive(Serialize)]
struct Explained {
    message: String,
    #[serde(flatten)]
    difference: Difference,
}

/// Says for each unit whether it would hit and, if not, what is different.
pub fn why(context: &Context, arguments: &WhyArguments) -> Result<ExitCode, Failure> {
    let settings = context.settings()?;
    let requests = requests(context, &settings, arguments);
    let forecasts = nlib::why(settings, &requests)?;
    let answer = Answer {
        hit: forecasts.iter().all(Forecast::hits),
        libraries: forecasts
            .into_iter()
            .map(|forecast| library(forecast, &context.sources))
            .collect(),
    };
    context.output.data(&answer, text)?;
    match answer.hit {
        true => Ok(ExitCode::SUCCESS),
        false => Err(Failure::Reported(ErrorKind::Compile)),
    }
}

/// One request for all source files together, as for `nlib run`, and one for each library.
fn requests(context: &Context, settings: &Settings, arguments: &WhyArguments) -> Vec<Request> {
    let mut files: Vec<Source> = Vec::new();
    let mut requests = Vec::new();
    for name in &arguments.libraries {
        let request = Request::new(name);
        match request.what {
            What::Sources(named) => files.extend(named),
            _ => requests.push(context.with_flags(request)),
        }
    }
    if !files.is_empty() {
        let program = Request::sources(files).with(&arguments.with);
        requests.push(context.for_program(settings, program));
    }
    requests
}

fn library(forecast: Forecast, sources: &NamedSources) -> Library {
    let Forecast {
        library,
        root,
        units,
        image,
    } = forecast;
    let base = root.clone().unwrap_or_default();
    let unit = |forecast: UnitForecast| Unit {
        named: sources.unit_name(&library, &forecast.unit),
        unit: forecast.unit,
        hit: forecast.differences.is_empty(),
        differences: forecast
            .differences
            .into_iter()
            .map(|difference| Explained {
                message: difference.sentence(&base),
                difference,
            })
            .collect(),
        unkept: forecast.unkept.iter().map(ToString::to_string).collect(),
    };
    Library {
        fetched: root.is_some(),
        image: match image {
            ImageForecast::Stored => "stored",
            ImageForecast::NotStored => "not-stored",
            _ => "undecided",
        },
        units: units.into_iter().map(unit).collect(),
        named: library.clone(),
        library,
    }
}

fn text(answer: &Answer) -> String {
    let mut text = String::new();
    for library in &answer.libraries {
        let name = &library.named;
        if !library.fetched {
            text += &format!(
                "{name}: miss: its sources have not been fetched; `nlib fetch {name}` brings them\n"
            );
            continue;
        }
        for unit in &library.units {
            text += &unit_text(unit);
        }
        text += match library.image {
            "stored" => format!("{name}: its image is stored\n"),
            "not-stored" => format!("{name}: its image is not stored; it would be linked\n"),
            _ => format!("{name}: its image depends on what is compiled\n"),
        }
        .as_str();
    }
    text
}

fn unit_text(unit: &Unit) -> String {
    let name = &unit.named;
    if let [first, ..] = unit.unkept.as_slice() {
        return format!("{name}: miss: its object is never kept: {first}\n");
    }
    match unit.differences.as_slice() {
        [] => format!("{name}: hit\n"),
        [only] => format!("{name}: miss: {}\n", only.message),
        several => {
            let mut text = format!("{name}: miss: {} things differ\n", several.len());
            for difference in several {
                text += &format!("  {}\n", difference.message);
            }
            text
        }
    }
}
