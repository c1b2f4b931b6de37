//! Features of the processor that some goals presume.

/// What the fast Streebog needs and the processor lacks.
pub fn lacks_vbmi_and_gfni() -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512vbmi") && is_x86_feature_detected!("gfni") {
        return None;
    }
    Some("AVX-512 VBMI and GFNI")
}

/// What verification in lanes needs and the processor lacks.
pub fn lacks_ifma() -> Option<&'static str> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx512ifma") {
        return None;
    }
    Some("AVX-512 IFMA")
}
