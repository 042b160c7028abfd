//! `rpsctl __function NAME`: how `rpsctl local` starts a function, with this very executable.

use std::ffi::OsString;

use rps_contract::names::Function;

const NAME: &str = "__function";

/// The function this process is asked to be.
pub(crate) fn requested(mut args: impl Iterator<Item = OsString>) -> Option<Function> {
    let _executable = args.next()?;
    if args.next()? != NAME {
        return None;
    }
    Function::named(args.next()?.to_str()?)
}

pub(crate) fn arguments(function: Function) -> Vec<String> {
    vec![NAME.to_owned(), function.name().to_owned()]
}
