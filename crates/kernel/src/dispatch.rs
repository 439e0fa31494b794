//! Which instruction set the kernel runs on: chosen once by the caller, named for provenance.

use crate::vector::{Job, Vector as _, portable::Portable};

/// An instruction set the kernel is compiled for.
///
/// AVX-512, AVX2 and NEON give the same bits; the portable path rounds multiply-adds twice and differs in the last places.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KernelPath {
    /// `x86_64` with AVX-512F: 16 lanes.
    Avx512,
    /// `x86_64` with AVX2 and FMA: 8 lanes.
    Avx2,
    /// `aarch64` with NEON: 4 lanes.
    Neon,
    /// Any machine.
    Portable,
}

/// What makes a name no path to run on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No path has this name.
    #[error("no kernel path is called `{name}`, expected avx512, avx2, neon or portable")]
    Unknown {
        /// The name asked for.
        name: String,
    },
    /// This machine lacks the path's instructions.
    #[error("this machine cannot run the kernel path `{name}`; the best it has is `{best}`")]
    Missing {
        /// Name of the path asked for.
        name: &'static str,
        /// Name of the best path of this machine.
        best: &'static str,
    },
}

impl KernelPath {
    /// Every path, the best first.
    pub const ALL: [Self; 4] = [Self::Avx512, Self::Avx2, Self::Neon, Self::Portable];

    /// The best path of this machine.
    pub fn detect() -> Self {
        Self::ALL.into_iter().find(|path| path.is_available()).unwrap_or(Self::Portable)
    }

    /// Every path of this machine, the best first.
    pub fn available() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|path| path.is_available())
    }

    /// The path of this name, if this machine can run it.
    ///
    /// # Errors
    /// [`PathError`] if no path is called so, or if the machine lacks it.
    pub fn named(name: &str) -> Result<Self, PathError> {
        let path = Self::ALL.into_iter().find(|path| path.name() == name);
        path.ok_or_else(|| PathError::Unknown { name: name.to_owned() })?.checked()
    }

    /// The name that [`KernelPath::named`] reads and that provenance records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Avx512 => "avx512",
            Self::Avx2 => "avx2",
            Self::Neon => "neon",
            Self::Portable => "portable",
        }
    }

    /// Passes the path on if this machine can run it.
    ///
    /// # Errors
    /// [`PathError::Missing`] if it cannot.
    pub fn checked(self) -> Result<Self, PathError> {
        if self.is_available() {
            Ok(self)
        } else {
            Err(PathError::Missing { name: self.name(), best: Self::detect().name() })
        }
    }

    /// Whether this machine has the path's instructions.
    pub fn is_available(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx512 => std::arch::is_x86_feature_detected!("avx512f") && Self::Avx2.is_available(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2 => {
                std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma")
            }
            #[cfg(target_arch = "aarch64")]
            Self::Neon => std::arch::is_aarch64_feature_detected!("neon"),
            Self::Portable => true,
            #[allow(unreachable_patterns)] // which paths are left depends on the architecture
            _ => false,
        }
    }

    /// Runs a job on this path.
    ///
    /// # Panics
    /// If the machine lacks the path; [`KernelPath::checked`] tells beforehand.
    pub(crate) fn run<J: Job>(self, job: J) -> J::Output {
        assert!(self.is_available(), "this machine cannot run the kernel path `{}`", self.name());
        // SAFETY: the machine has the path's instructions, as just asserted.
        unsafe {
            match self {
                #[cfg(target_arch = "x86_64")]
                Self::Avx512 => crate::vector::avx512::Avx512::enter(job),
                #[cfg(target_arch = "x86_64")]
                Self::Avx2 => crate::vector::avx2::Avx2::enter(job),
                #[cfg(target_arch = "aarch64")]
                Self::Neon => crate::vector::neon::Neon::enter(job),
                #[allow(unreachable_patterns)] // the paths of other architectures were refused above
                _ => Portable::enter(job),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{KernelPath, PathError};

    #[test]
    fn a_path_is_found_by_the_name_it_gives_itself() {
        for path in KernelPath::available() {
            assert_eq!(KernelPath::named(path.name()), Ok(path));
        }
    }

    #[test]
    fn a_path_of_another_machine_or_of_no_machine_is_refused() {
        assert!(matches!(KernelPath::named("mmx"), Err(PathError::Unknown { .. })));
        for path in KernelPath::ALL {
            if !path.is_available() {
                assert!(matches!(KernelPath::named(path.name()), Err(PathError::Missing { .. })));
            }
        }
    }

    #[test]
    fn the_detected_path_is_the_first_available() {
        assert_eq!(KernelPath::available().next(), Some(KernelPath::detect()));
    }
}
