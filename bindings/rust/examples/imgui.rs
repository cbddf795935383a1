//! Dear ImGui: a window with text and a button, drawn without a screen into `imgui.png`.
//!
//! `nlib bind imgui --format rust` wrote a module, and so on for the other two libraries; here the build script
//! runs it. C++ is called through thunks: each call may give an exception as an error.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "what each call asks for is in Dear ImGui's documentation, and all are alike"
)]

mod imgui {
    include!(concat!(env!("OUT_DIR"), "/imgui.rs"));
}
mod rasterizer {
    include!(concat!(env!("OUT_DIR"), "/rasterizer.rs"));
}
mod stb_image_write {
    include!(concat!(env!("OUT_DIR"), "/stb_image_write.rs"));
}

use std::error::Error;
use std::ffi::c_int;
use std::mem::MaybeUninit;

use imgui::{ImGuiCond_Always, ImVec2, Imgui};
use rasterizer::{Image, SoftwareRasterizer};
use stb_image_write::StbImageWrite;

const WIDTH: u16 = 480;
const HEIGHT: u16 = 240;

/// The bytes of an image, which are in a `std::vector`: a function that the header lacks.
const PIXELS: &str = r#"
#include "software_rasterizer.h"
extern "C" unsigned char *pixels(Image *image) { return image->rgba.data(); }
"#;

type Pixels = unsafe extern "C" fn(*mut Image) -> *mut u8;

/// Draws the window and writes the picture.
pub fn main() -> Result<(), Box<dyn Error>> {
    let session = nlib::Session::new()?;
    let imgui = Imgui::load(&session)?;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/imgui-png");
    let source = format!("{folder}/software_rasterizer.cpp");
    let request = nlib::Request::sources([source.as_str()])
        .and(nlib::Source::code(nlib::Language::Cxx, PIXELS))
        .with(["imgui"])
        .flags([
            format!("-I{folder}"),
            "-std=c++17".to_owned(),
            "-O2".to_owned(),
        ]);
    let rasterizer = SoftwareRasterizer::load_as(&session, request)?;
    let png = StbImageWrite::load(&session)?;
    unsafe {
        let pixels = rasterizer.library().symbol::<Pixels>("pixels")?;
        let context = imgui.ImGui_CreateContext_0()?;
        let mut atlas = font_atlas(&imgui, &rasterizer, *pixels)?;
        for frame in 0..3 {
            window(&imgui, frame)?;
        }

        let data = imgui.ImGui_GetDrawData()?;
        let mut picture = image(&rasterizer, c_int::from(WIDTH), c_int::from(HEIGHT))?;
        rasterizer.draw(data.cast(), &mut *picture)?;
        println!("{} triangles", (*data).TotalIdxCount / 3);
        let (width, height) = (c_int::from(WIDTH), c_int::from(HEIGHT));
        let drawn = pixels(&mut *picture).cast();
        let written = png.stbi_write_png(c"imgui.png".as_ptr(), width, height, 4, drawn, 4 * width);
        rasterizer.Image_destruct(&mut *picture);
        rasterizer.Image_destruct(&mut *atlas);
        imgui.ImGui_DestroyContext(context)?;
        match written {
            0 => Err("imgui.png cannot be written".into()),
            _ => Ok(()),
        }
    }
}

/// One frame of the program's user interface.
unsafe fn window(imgui: &Imgui, frame: c_int) -> Result<(), imgui::Exception> {
    unsafe {
        imgui.ImGui_NewFrame()?;
        imgui
            .ImGui_SetNextWindowPos_2(&ImVec2 { x: 20.0, y: 20.0 }, ImGuiCond_Always.0 as c_int)?;
        imgui.ImGui_SetNextWindowSize_1(&ImVec2 { x: 320.0, y: 120.0 })?;
        imgui.ImGui_Begin_1(c"Written in Rust".as_ptr())?;
        // Of what takes any number of arguments, the method gives the function.
        imgui.ImGui_Text()(c"This is frame %d.".as_ptr(), frame);
        if imgui.ImGui_Button_1(c"Press me".as_ptr())? {
            println!("pressed");
        }
        imgui.ImGui_End()?;
        imgui.ImGui_Render()
    }
}

/// The glyphs as an image, which Dear ImGui gets to know, after what it has to know of the screen.
unsafe fn font_atlas(
    imgui: &Imgui,
    rasterizer: &SoftwareRasterizer,
    pixels_of: Pixels,
) -> Result<Box<Image>, Box<dyn Error>> {
    unsafe {
        let io = &mut *imgui.ImGui_GetIO()?;
        io.IniFilename = std::ptr::null();
        io.DisplaySize = ImVec2 {
            x: f32::from(WIDTH),
            y: f32::from(HEIGHT),
        };
        io.DeltaTime = 1.0 / 60.0;
        let (mut pixels, mut width, mut height) = (std::ptr::null_mut(), 0, 0);
        imgui.ImFontAtlas_GetTexDataAsRGBA32_3(io.Fonts, &mut pixels, &mut width, &mut height)?;
        let mut atlas = image(rasterizer, width, height)?;
        let bytes = usize::try_from(4 * width * height)?;
        std::ptr::copy_nonoverlapping(pixels, pixels_of(&mut *atlas), bytes);
        imgui.ImFontAtlas_SetTexID(io.Fonts, (&raw mut *atlas).cast())?;
        Ok(atlas)
    }
}

/// An object of C++ at a place that does not change.
unsafe fn image(
    rasterizer: &SoftwareRasterizer,
    width: c_int,
    height: c_int,
) -> Result<Box<Image>, rasterizer::Exception> {
    let mut image = Box::new(MaybeUninit::<Image>::uninit());
    unsafe {
        rasterizer.Image_construct(image.as_mut_ptr(), width, height)?;
        Ok(Box::from_raw(Box::into_raw(image).cast()))
    }
}
