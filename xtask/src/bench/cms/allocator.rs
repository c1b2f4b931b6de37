//! The allocator of this program: that of the system, which counts while it is asked to.
#![allow(
    unsafe_code,
    reason = "an allocator is unsafe by its trait; this one hands every call to the system's"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

#[global_allocator]
static COUNTING: Counting = Counting;

/// One load and one branch a call while nothing is counted, so that timings are those of the system's allocator.
struct Counting;

static IS_ON: AtomicBool = AtomicBool::new(false);
static TIMES: AtomicU64 = AtomicU64::new(0);
static OCTETS: AtomicU64 = AtomicU64::new(0);

/// What was asked of the allocator.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Allocations {
    pub times: u64,
    pub octets: u64,
}

/// Does work and counts what it allocates. Other threads count, too: there are none while it is measured.
pub fn measure<T>(work: impl FnOnce() -> T) -> (T, Allocations) {
    let counted = || Allocations {
        times: TIMES.load(Relaxed),
        octets: OCTETS.load(Relaxed),
    };
    let before = counted();
    IS_ON.store(true, Relaxed);
    let outcome = work();
    IS_ON.store(false, Relaxed);
    let after = counted();
    let spent = Allocations {
        times: after.times - before.times,
        octets: after.octets - before.octets,
    };
    (outcome, spent)
}

fn count(octets: usize) {
    if IS_ON.load(Relaxed) {
        TIMES.fetch_add(1, Relaxed);
        OCTETS.fetch_add(octets as u64, Relaxed);
    }
}

// SAFETY: every method hands its arguments to the method of `System` with the same name, whose contract is the same, and
// returns what that returned. Counting touches atomics only and allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of `GlobalAlloc::alloc_zeroed`.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `GlobalAlloc::dealloc`, and the memory came from `System`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        // SAFETY: the caller keeps the contract of `GlobalAlloc::realloc`, and the memory came from `System`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn octets_of_the_work_are_counted() {
        let (vector, counted) = measure(|| std::hint::black_box(vec![1_u8; 5_000]));
        assert_eq!(vector.len(), 5_000);
        assert!(counted.times >= 1 && counted.octets >= 5_000, "{counted:?}");
    }
}
