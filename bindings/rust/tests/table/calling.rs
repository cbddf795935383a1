//! Calls, typed from the headers.

use std::any::Any;
use std::ffi::{CStr, c_int, c_void};
use std::mem::MaybeUninit;
use std::panic::{AssertUnwindSafe, catch_unwind};

use nlib::Session;

use crate::kit::{
    self, KIT_BIG, KIT_BLUE, KIT_FLAG_A, KIT_GREEN, KIT_NAME, KIT_ORIGIN, KIT_RATIO, KIT_RED, Kit,
    kit_packet, kit_point,
};
use crate::kitpp::{Exception, Kitpp, kit_Shape, kit_Size, kit_Tally};
use crate::{Shown, fixture};

fn kit() -> Result<Kit, nlib::Error> {
    Kit::load_as(&Session::new()?, fixture("kit.c").as_str())
}

pub fn call() -> Shown {
    let kit = kit()?;
    unsafe {
        assert_eq!(kit.kit_add(-2, 5), 3);
        assert_eq!((kit.kit_max(), KIT_BIG), (u64::MAX, u64::MAX));
        assert_eq!((kit.kit_half(3.0), kit.kit_halff(0.5)), (1.5, 0.25));
        assert!(kit.kit_not(false));
        assert_eq!(
            CStr::from_ptr(kit.kit_greeting()).to_str()?,
            "gr\u{fc}\u{df} dich"
        );
        assert_eq!(kit.kit_length(c"gr\u{fc}\u{df} dich".as_ptr()), 11);
        assert_eq!(kit.kit_next_color(KIT_RED), KIT_GREEN);
        assert_eq!(format!("{:?}", kit.kit_next_color(KIT_GREEN)), "KIT_BLUE");
        assert_eq!(kit.kit_square(7), 49);
        let mut text = [0; 64];
        let format = kit.kit_format();
        let length = format(
            text.as_mut_ptr(),
            64,
            c"%d %s %.2f".as_ptr(),
            5,
            c"f\u{fc}nf".as_ptr(),
            2.0,
        );
        assert_eq!(
            (CStr::from_ptr(text.as_ptr()).to_str()?, length),
            ("5 f\u{fc}nf 2.00", 12)
        );

        let calls = kit.kit_calls();
        *calls = 7;
        kit.kit_add(1, 1);
        assert_eq!(*calls, 8);
        assert_eq!(
            (KIT_RATIO, KIT_NAME, KIT_FLAG_A, KIT_ORIGIN),
            (0.25, c"kit", 16, kit_point { x: 1.0, y: 2.0 })
        );

        let values = [1.0, 2.0, 3.5];
        assert_eq!(kit.kit_sum(values.as_ptr(), values.len()), 6.5);
        let mut floats = [1.0, 2.0];
        kit.kit_double_all(floats.as_mut_ptr(), floats.len());
        assert_eq!(floats, [2.0, 4.0]);
    }
    Ok(())
}

pub fn structures() -> Shown {
    let kit = kit()?;
    unsafe {
        let mid = kit.kit_mid(kit_point { x: 1.0, y: 2.0 }, kit_point { x: 3.0, y: 4.0 });
        assert_eq!(mid, kit_point { x: 2.0, y: 3.0 });
        let mut moved = mid;
        kit.kit_move(&mut moved, 1.0, -1.0);
        assert_eq!(moved, kit_point { x: 3.0, y: 2.0 });

        let mut packet = kit_packet::default();
        kit.kit_fill(&mut packet);
        assert_eq!((packet.tag, packet.low(), packet.high()), (7, 5, 4097));
        assert_eq!(
            (packet.samples, packet.corner),
            ([1, -2, 3, -4], kit_point { x: 0.5, y: 1.5 })
        );
        assert_eq!(
            (packet.anonymous.number, packet.style.color),
            (42, KIT_BLUE)
        );
        assert_eq!(CStr::from_ptr(packet.style.label), c"edge");
        packet.set_high(8191);
        packet.set_low(2);
        packet.anonymous.number = -1;
        packet.samples[3] = 100;
        let sum = 7 + 2 + 8191 - 1 + 1 - 2 + 3 + 100 + 2 + 40;
        assert_eq!(kit.kit_packet_sum(&packet), f64::from(sum));

        let (mut quotient, mut remainder) = (0, 0);
        assert!(kit.kit_divide(17, 5, &mut quotient, &mut remainder));
        assert_eq!((quotient, remainder), (3, 2));
        assert!(!kit.kit_divide(1, 0, &mut quotient, &mut remainder));
    }
    Ok(())
}

unsafe extern "C" fn add_up(index: c_int, point: *const kit_point, data: *mut c_void) -> c_int {
    kit::guard(-1, || unsafe {
        *data.cast::<f64>() += (*point).x;
        if index == 1 { 9 } else { 0 }
    })
}

unsafe extern "C" fn fail(_: c_int, _: *const kit_point, _: *mut c_void) -> c_int {
    kit::guard(1, || panic!("broken on purpose"))
}

unsafe extern "C" fn keep(data: *mut c_void, value: i32) {
    kit::guard((), || unsafe { *data.cast::<i32>() += value });
}

unsafe extern "C" fn fail_to_listen(_: *mut c_void, value: i32) {
    kit::guard((), || panic!("{value} is too much"));
}

/// The message of the panic that a call ends in.
fn panic_of<R>(call: impl FnOnce() -> R) -> String {
    let message = |panic: Box<dyn Any + Send>| match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => panic
            .downcast::<&str>()
            .map_or_else(|_| String::new(), |text| text.to_string()),
    };
    catch_unwind(AssertUnwindSafe(call)).map_or_else(message, |_| "no panic".to_owned())
}

pub fn callback() -> Shown {
    let kit = kit()?;
    let points = [1.0, 2.0, 4.0].map(|x| kit_point { x, y: 0.0 });
    unsafe {
        let mut sum = 0.0_f64;
        assert_eq!(
            kit.kit_each(points.as_ptr(), 3, Some(add_up), (&raw mut sum).cast()),
            9
        );
        assert_eq!(sum, 3.0);

        let mut kept = 0_i32;
        kit.kit_listen(Some(keep), (&raw mut kept).cast());
        kit.kit_emit(40);
        kit.kit_emit(2);
        assert_eq!(kept, 42);

        // The panic goes on in the call that ran the callback.
        let each = || kit.kit_each(points.as_ptr(), 3, Some(fail), std::ptr::null_mut());
        assert_eq!(panic_of(each), "broken on purpose");
        kit.kit_listen(Some(fail_to_listen), std::ptr::null_mut());
        assert_eq!(panic_of(|| kit.kit_emit(3)), "3 is too much");
        assert_eq!(kit.kit_add(1, 2), 3);
    }
    Ok(())
}

pub fn callback_thread() -> Shown {
    let kit = kit()?;
    let mut kept = 0_i32;
    unsafe {
        kit.kit_on_thread(Some(keep), (&raw mut kept).cast(), 7);
        assert_eq!(kept, 7);
        let call = || kit.kit_on_thread(Some(fail_to_listen), std::ptr::null_mut(), 8);
        assert_eq!(panic_of(call), "8 is too much");
    }
    Ok(())
}

pub fn cpp() -> Shown {
    let kit = Kitpp::load_as(&Session::new()?, fixture("kitpp.cpp").as_str())?;
    unsafe {
        assert_eq!(kit.kit_add_int_int(1, 2)?, 3);
        assert_eq!(kit.kit_add_double_double(0.5, 0.25)?, 0.75);
        assert_eq!(kit.kit_area_0()?, 6.0);
        let mut size = kit_Size {
            width: 1.0,
            height: 2.0,
        };
        assert_eq!(
            (kit.kit_area_1(&size)?, kit.kit_area(&size, 3.0)?),
            (2.0, 6.0)
        );
        kit.kit_grow(&mut size, 1.0)?;
        assert_eq!(
            size,
            kit_Size {
                width: 2.0,
                height: 3.0
            }
        );
        assert_eq!(
            kit.kit_scaled(size, 2.0)?,
            kit_Size {
                width: 4.0,
                height: 6.0
            }
        );
        let mut made = MaybeUninit::uninit();
        kit.kit_Size_construct_float_float(made.as_mut_ptr(), 5.0, 6.0)?;
        assert_eq!(
            made.assume_init(),
            kit_Size {
                width: 5.0,
                height: 6.0
            }
        );

        assert_eq!(kit.kit_greet_1(c"J\u{f6}rg")?, "hello J\u{f6}rg");
        assert_eq!(kit.kit_greet(c"Jo", 2)?, "hello Jo, hello Jo");
        assert_eq!(kit.kit_count(c"f\u{fc}nf")?, 5);
        assert_eq!(kit.kit_other(kit_Shape::Round)?, kit_Shape::Square);

        assert_eq!(kit.kit_checked(7)?, 7);
        let thrown = Err(Exception("value -1 is below zero".to_owned()));
        assert_eq!(kit.kit_checked(-1), thrown);

        let mut tally = MaybeUninit::<kit_Tally>::uninit();
        let tally = tally.as_mut_ptr();
        kit.kit_Tally_construct(tally, 40)?;
        assert_eq!(
            (kit.kit_Tally_next(tally)?, kit.kit_Tally_total(tally)?),
            (41, 41)
        );
        assert_eq!(
            (kit.kit_Tally_label(tally)?, kit.kit_Tally_alive()?),
            ("tally 41".to_owned(), 1)
        );
        kit.kit_Tally_destruct(tally);
        assert_eq!(kit.kit_Tally_alive()?, 0);
    }
    Ok(())
}
