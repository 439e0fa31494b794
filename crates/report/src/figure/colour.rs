//! Colours with a meaning that holds through a whole report.

use serde::{Deserialize, Serialize};

/// An sRGB colour, as on a white ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rgb(pub [u8; 3]);

impl Rgb {
    /// The colour of `0xRRGGBB`.
    pub const fn hex(code: u32) -> Self {
        Self([(code >> 16) as u8, (code >> 8) as u8, code as u8])
    }

    /// A colour between two, `share` of the way to the second.
    pub(crate) fn between(self, other: Self, share: f64) -> Self {
        let mut channels = [0; 3];
        for (i, channel) in channels.iter_mut().enumerate() {
            let (from, to) = (f64::from(self.0[i]), f64::from(other.0[i]));
            *channel = (from + (to - from) * share).round() as u8;
        }
        Self(channels)
    }
}

impl std::fmt::Display for Rgb {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

/// A class of networks with its name and colour in every figure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Class {
    /// Name in tables and files, e.g. `relu dale`.
    pub name: String,
    /// Name for readers, e.g. `ReLU Dale`.
    pub label: String,
    /// Colour.
    pub colour: Rgb,
}

/// What the colour of a number fades to as it gets uncertain.
pub(crate) const UNCERTAIN: Rgb = Rgb::hex(0x00c4_cad4);

/// How certain a number is: 1 where its interval is a point, 0 where that is as wide to either side as the number is large.
pub(crate) fn certainty(value: f64, [low, high]: [f64; 2]) -> f64 {
    if high <= low { 1.0 } else { (1.0 - 0.5 * (high - low) / value.abs()).clamp(0.0, 1.0) }
}

/// The published palette: one hue an activation, the lighter one without Dale's law.
const PUBLISHED: [([&str; 2], &str, Rgb); 6] = [
    (["relu", "dale"], "ReLU Dale", Rgb::hex(0x00d6_2839)),
    (["relu", "free"], "ReLU free", Rgb::hex(0x00f5_9331)),
    (["sigmoid", "dale"], "Sigmoid Dale", Rgb::hex(0x001f_5fbf)),
    (["sigmoid", "free"], "Sigmoid free", Rgb::hex(0x006d_b9f2)),
    (["tanh", "dale"], "Tanh Dale", Rgb::hex(0x001b_8a4b)),
    (["tanh", "free"], "Tanh free", Rgb::hex(0x0086_cf73)),
];

/// Colours for other classes, apart from the published six and from each other.
const FURTHER: [Rgb; 8] = [
    Rgb::hex(0x0082_4fc4),
    Rgb::hex(0x00d8_4fa0),
    Rgb::hex(0x008a_5a2b),
    Rgb::hex(0x0000_9ba5),
    Rgb::hex(0x0066_7000),
    Rgb::hex(0x00b5_9f00),
    Rgb::hex(0x00b6_8ae6),
    Rgb::hex(0x007a_1f4d),
];

impl Class {
    /// Colours for the classes of a study, in its order.
    ///
    /// A name whose words are one of {relu, sigmoid, tanh} and one of {dale, free} has the published colour; any
    /// other takes the next of a row of colours apart from those, which repeats after eight.
    pub fn palette<S: AsRef<str>>(names: &[S]) -> Vec<Self> {
        let mut further = FURTHER.into_iter().cycle();
        names
            .iter()
            .map(|name| {
                let name = name.as_ref();
                let lower = name.to_lowercase();
                let mut words: Vec<&str> =
                    lower.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
                words.sort_unstable_by_key(|word| ["dale", "free"].contains(word));
                let known = PUBLISHED.iter().find(|(known, ..)| words == known);
                let (label, colour) = match known {
                    Some((_, label, colour)) => ((*label).to_owned(), *colour),
                    None => (name.to_owned(), further.next().unwrap_or(FURTHER[0])),
                };
                Self { name: name.to_owned(), label, colour }
            })
            .collect()
    }
}

/// A run of colours for an ordered quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ramp {
    /// Blue over violet to red, for a signed quantity; grey is kept for what has none.
    Diverging,
    /// Teal over green to amber, for the same quantity in a second context.
    SecondDiverging,
    /// Violet over rose to gold, for a quantity from low to high.
    Sequential,
    /// Navy over green to lime, for the same quantity in a second context.
    SecondSequential,
    /// Blue over near-white to red, for cells with a sign.
    Weights,
    /// Near-black over blue and green to pale yellow, for cells.
    Cells,
}

impl Ramp {
    /// Equally spaced stops, low to high.
    const fn stops(self) -> &'static [Rgb] {
        match self {
            Self::Diverging => {
                const { &[Rgb::hex(0x001d_4fb8), Rgb::hex(0x009a_5fc0), Rgb::hex(0x00cf_2338)] }
            }
            Self::SecondDiverging => {
                const { &[Rgb::hex(0x0000_8c86), Rgb::hex(0x007f_b03f), Rgb::hex(0x00e0_8600)] }
            }
            Self::Sequential => {
                const {
                    &[
                        Rgb::hex(0x0042_2a9c),
                        Rgb::hex(0x00a1_2f92),
                        Rgb::hex(0x00df_5260),
                        Rgb::hex(0x00f0_a53a),
                    ]
                }
            }
            Self::SecondSequential => {
                const {
                    &[
                        Rgb::hex(0x0015_4a78),
                        Rgb::hex(0x0000_8a8a),
                        Rgb::hex(0x004f_ab5c),
                        Rgb::hex(0x00a9_bc2f),
                    ]
                }
            }
            Self::Weights => {
                const {
                    &[
                        Rgb::hex(0x001f_4fa8),
                        Rgb::hex(0x0082_aee0),
                        Rgb::hex(0x00f4_f3f1),
                        Rgb::hex(0x00ef_9a84),
                        Rgb::hex(0x00b8_1f2f),
                    ]
                }
            }
            Self::Cells => {
                const {
                    &[
                        Rgb::hex(0x001b_1b3a),
                        Rgb::hex(0x002e_4482),
                        Rgb::hex(0x002b_7c8e),
                        Rgb::hex(0x0043_b386),
                        Rgb::hex(0x00a8_d977),
                        Rgb::hex(0x00f7_f3c4),
                    ]
                }
            }
        }
    }

    /// The colour at `share` of the way from low (0) to high (1), clamped; not-a-number counts as 0.
    pub fn at(self, share: f64) -> Rgb {
        let stops = self.stops();
        let along = share.clamp(0.0, 1.0).max(0.0) * (stops.len() - 1) as f64;
        let i = (along as usize).min(stops.len() - 2);
        stops[i].between(stops[i + 1], along - i as f64)
    }

    /// `n` equally spaced colours, for a legend.
    pub fn sample(self, n: usize) -> Vec<Rgb> {
        (0..n).map(|i| self.at(i as f64 / (n.max(2) - 1) as f64)).collect()
    }
}
