//! A proxy between a page and its server that can be cut.

pub(crate) use rps_testkit::proxy::CuttableProxy;
