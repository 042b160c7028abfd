#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| rps_fuzz::Target::Frame.run_once(data));
