//! The threads that a command works on.
use super::exit::Exit;
use super::output;

/// Does the work of a command on `threads` threads, or on one per processor, and gives its exit code. The thread that asks is one of them: none need be woken
/// for a small run. To be called once.
pub(super) fn on(threads: Option<usize>, work: impl FnOnce() -> Result<Exit, Exit> + Send) -> Exit {
    match rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).use_current_thread().build() {
        Ok(pool) => pool.install(work).unwrap_or_else(|exit| exit),
        Err(error) => output::error(&format!("no threads: {error}"), "give a smaller number to --threads"),
    }
}
