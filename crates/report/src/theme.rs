//! Colours on a dark ground.
//!
//! Figures state the colours of a white ground as plain attributes, so that a copied SVG stands alone. The page adds
//! one rule a colour that a browser in dark mode follows instead.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::svg::{FAINT, MUTED, SURFACE, TEXT};

/// Style rules for every colour that occurs in the figures of a page.
pub(super) fn rules(html: &str) -> String {
    let mut rules = String::new();
    for attribute in ["fill", "stroke"] {
        let opening = format!(" {attribute}=");
        let colours: BTreeSet<&str> = html
            .match_indices(&opening)
            .filter_map(|(at, found)| html.get(at + found.len() + 1..at + found.len() + 8))
            .filter(|colour| colour.starts_with('#') && colour[1..].bytes().all(|b| b.is_ascii_hexdigit()))
            .collect();
        for colour in colours {
            let dark = dark(colour);
            let _ = writeln!(
                rules,
                r#".fig [{attribute}="{colour}"]{{{attribute}:light-dark({colour},{dark})}}"#
            );
        }
    }
    rules
}

/// The counterpart of a colour on a dark ground: roles by hand, the others lighter at the same hue.
fn dark(colour: &str) -> String {
    match colour {
        TEXT => "#e4e8ef".to_owned(),
        MUTED => "#97a1b2".to_owned(),
        FAINT => "#2b323e".to_owned(),
        SURFACE => "#151921".to_owned(),
        _ => lightened(colour),
    }
}

/// Lightness raised in the `OKLab` space (Ottosson 2020), which keeps hue and order.
fn lightened(colour: &str) -> String {
    let channel = |i: usize| {
        let byte = u8::from_str_radix(&colour[i..i + 2], 16).unwrap_or(0);
        let v = f64::from(byte) / 255.0;
        if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
    };
    let (r, g, b) = (channel(1), channel(3), channel(5));
    let l = (0.412_221_470_8 * r + 0.536_332_536_3 * g + 0.051_445_992_9 * b).cbrt();
    let m = (0.211_903_498_2 * r + 0.680_699_545_1 * g + 0.107_396_956_6 * b).cbrt();
    let s = (0.088_302_461_9 * r + 0.281_718_837_6 * g + 0.629_978_700_5 * b).cbrt();
    let lightness = 0.210_454_255_3 * l + 0.793_617_785_0 * m - 0.004_072_046_8 * s;
    let a = 1.977_998_495_1 * l - 2.428_592_205_0 * m + 0.450_593_709_9 * s;
    let b = 0.025_904_037_1 * l + 0.782_771_766_2 * m - 0.808_675_766_0 * s;
    let lightness = 0.42 + 0.52 * lightness;
    let l = (lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
    let m = (lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
    let s = (lightness - 0.089_484_177_5 * a - 1.291_485_548_0 * b).powi(3);
    let linear = [
        4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
        -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
        -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701_0 * s,
    ];
    let bytes = linear.map(|v| {
        let v = v.clamp(0.0, 1.0);
        let v = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        (v * 255.0).round() as u8
    });
    format!("#{:02x}{:02x}{:02x}", bytes[0], bytes[1], bytes[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_colour_gets_one_rule_and_only_colours_do() {
        let html = r##"<path fill="none" stroke="#d62839"/><path stroke="#d62839"/><i fill="#zzzzzz"/>"##;
        let rules = rules(html);
        assert_eq!(rules.lines().count(), 1, "{rules}");
        assert!(rules.starts_with(r##".fig [stroke="#d62839"]"##), "{rules}");
    }
}
