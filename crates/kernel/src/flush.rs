//! Subnormal numbers count as zero while the kernel runs: gradients through silent units decay into them, and some
//! machines handle them a hundred times slower.

/// Switches the treatment of subnormals on creation and back when dropped.
pub(crate) struct FlushedSubnormals {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    before: ControlWord,
}

#[cfg(target_arch = "x86_64")]
type ControlWord = u32;
#[cfg(target_arch = "aarch64")]
type ControlWord = u64;

/// Flush-to-zero (bit 15) and denormals-are-zero (bit 6) of MXCSR.
#[cfg(target_arch = "x86_64")]
const FLUSH: ControlWord = 1 << 15 | 1 << 6;
/// Flush-to-zero (bit 24) of FPCR, for operands and results alike.
#[cfg(target_arch = "aarch64")]
const FLUSH: ControlWord = 1 << 24;

#[cfg(target_arch = "x86_64")]
fn control_word() -> ControlWord {
    let mut word: ControlWord = 0;
    // SAFETY: stores 4 bytes into `word`; every x86_64 machine has MXCSR.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut word, options(nostack, preserves_flags)) };
    word
}

#[cfg(target_arch = "x86_64")]
fn set_control_word(word: ControlWord) {
    // SAFETY: only the two flush bits ever differ from what was read; exceptions stay masked and rounding to nearest.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const word, options(nostack, preserves_flags)) };
}

#[cfg(target_arch = "aarch64")]
fn control_word() -> ControlWord {
    let word: ControlWord;
    // SAFETY: reads a register that every aarch64 machine has.
    unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) word, options(nomem, nostack, preserves_flags)) };
    word
}

#[cfg(target_arch = "aarch64")]
fn set_control_word(word: ControlWord) {
    // SAFETY: only the flush bit ever differs from what was read; exceptions stay masked and rounding to nearest.
    unsafe { std::arch::asm!("msr fpcr, {}", in(reg) word, options(nostack, preserves_flags)) };
}

impl FlushedSubnormals {
    /// Flushes until the value is dropped.
    pub(crate) fn new() -> Self {
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        {
            let before = control_word();
            set_control_word(before | FLUSH);
            Self { before }
        }
        #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
        Self {}
    }
}

impl Drop for FlushedSubnormals {
    fn drop(&mut self) {
        #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
        set_control_word(self.before);
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::FlushedSubnormals;

    #[test]
    fn subnormals_are_zero_inside_and_themselves_again_outside() {
        let half = |x: f32| black_box(black_box(x) * 0.5);
        let inside = {
            let _flushed = FlushedSubnormals::new();
            half(f32::MIN_POSITIVE)
        };
        if cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
            assert_eq!(inside, 0.0);
        }
        assert!(half(f32::MIN_POSITIVE) > 0.0);
    }
}
