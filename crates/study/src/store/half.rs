//! Floats of 16 bits as numbers.

/// The number of an IEEE 754 half: 1 bit of sign, 5 of exponent, 10 of fraction. Exact.
pub(crate) fn binary16(bits: u16) -> f64 {
    let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
    let size = match exponent {
        0 => fraction * 2f64.powi(-24),
        0x1f if fraction == 0.0 => f64::INFINITY,
        0x1f => f64::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f64.powi(exponent - 15),
    };
    if bits >> 15 == 1 { -size } else { size }
}

/// The number of a brain float: the upper half of a single. Exact.
pub(crate) fn bfloat16(bits: u16) -> f64 {
    f64::from(f32::from_bits(u32::from(bits) << 16))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_the_numbers_that_numpy_reads() {
        // numpy.array(bits, dtype=numpy.uint16).view(numpy.float16)
        for (bits, number) in [
            (0x0000, 0.0),
            (0x0001, 5.960_464_477_539_063e-8),
            (0x03ff, 6.097_555_160_522_461e-5),
            (0x0400, 6.103_515_625e-5),
            (0x3555, 0.333_251_953_125),
            (0x3c00, 1.0),
            (0x7bff, 65504.0),
            (0xc000, -2.0),
            (0x7c00, f64::INFINITY),
            (0xfc00, f64::NEG_INFINITY),
        ] {
            assert_eq!(binary16(bits), number, "{bits:#06x}");
        }
        assert!(binary16(0x8000).is_sign_negative());
        assert!(binary16(0x7e00).is_nan());
    }

    #[test]
    fn brain_floats_are_the_upper_halves_of_singles() {
        for (bits, number) in
            [(0x3f80, 1.0), (0xc000, -2.0), (0x3eab, 0.333_984_375), (0x0080, 1.175_494_350_822_287_5e-38)]
        {
            assert_eq!(bfloat16(bits), number, "{bits:#06x}");
        }
        assert!(bfloat16(0x7fc0).is_nan());
    }
}
