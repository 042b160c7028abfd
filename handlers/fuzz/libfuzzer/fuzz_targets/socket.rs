#![no_main]

libfuzzer_sys::fuzz_target!(
    init: rps_fuzz::become_function(),
    |data: &[u8]| rps_fuzz::Target::Socket.run_once(data)
);
