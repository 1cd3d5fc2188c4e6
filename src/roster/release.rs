//! Gives the memory that reading has freed back to the system.
//!
//! Chunks leave many pieces of some kilobytes behind. An allocator that keeps them for later holds half of what a district's tables take, and checking,
//! which wants few and large pieces, has no use for them.

/// Returns freed memory, where the allocator has to be asked.
pub(crate) fn release_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    trim();
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(
    unsafe_code,
    reason = "glibc returns the middle of its heaps only when asked, and no safe way to ask it is in the standard library"
)]
fn trim() {
    unsafe extern "C" {
        fn malloc_trim(pad: usize) -> i32;
    }
    // SAFETY: `malloc_trim` is the C library's own (glibc 2.8 and later), is safe to call from any thread, and touches only memory that is free.
    unsafe {
        malloc_trim(0);
    }
}
