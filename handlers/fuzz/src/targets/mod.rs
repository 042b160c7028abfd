//! The targets.
//!
//! - `frame`, `event`, `queue`, `item`: parsers of the functions; `aws`: what the functions need to run
//! - `http`, `socket`: the local AWS, over real sockets

mod aws;
mod event;
mod frame;
mod http;
mod item;
mod queue;
mod socket;

pub(crate) use self::event::event;
pub(crate) use self::frame::frame;
pub(crate) use self::http::Http;
pub(crate) use self::item::item;
pub(crate) use self::queue::queue;
pub(crate) use self::socket::Socket;
pub use self::socket::become_function;

/// A runtime with one thread.
fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime")
}
