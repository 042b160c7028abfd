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

/// The arguments that ask for a function.
pub(crate) fn arguments(function: Function) -> Vec<String> {
    vec![NAME.to_owned(), function.name().to_owned()]
}

#[cfg(test)]
mod tests {
    use super::{arguments, requested};
    use rps_contract::names::Function;

    #[test]
    fn what_is_asked_for_is_what_runs() {
        let args = |rest: &[String]| {
            let mut args = vec!["rpsctl".into()];
            args.extend(rest.iter().map(std::ffi::OsString::from));
            args.into_iter()
        };
        for function in Function::ALL {
            assert_eq!(requested(args(&arguments(function))), Some(function));
        }
        for rest in [
            vec![],
            vec!["local"],
            vec!["__function"],
            vec!["__function", "x"],
        ] {
            let rest: Vec<String> = rest.into_iter().map(str::to_owned).collect();
            assert_eq!(requested(args(&rest)), None, "{rest:?}");
        }
    }
}
