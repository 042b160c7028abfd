//! The functions' zip files: their paths and how to write them.
//!
//! Pulumi updates a function when its zip file changes. The zip files are therefore reproducible: each contains
//! one file with a fixed mode and date.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use rps_contract::names::Function;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::settings::Architecture;

/// The folder with one subfolder per architecture, relative to the Pulumi program's folder.
const FOLDER: &str = "../target/functions";

/// The zip file's path, relative to the Pulumi program's folder.
#[must_use]
pub fn path(architecture: Architecture, function: Function) -> String {
    format!("{FOLDER}/{}/{}.zip", architecture.name(), function.name())
}

#[must_use]
pub fn absolute_path(architecture: Architecture, function: Function) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path(architecture, function))
}

/// The functions without a zip file. Call this in the Pulumi program's folder: it checks relative paths, as Pulumi
/// does.
#[must_use]
pub fn missing(architecture: Architecture) -> Vec<&'static str> {
    let mut functions = Function::ALL.to_vec();
    functions.retain(|function| !Path::new(&path(architecture, *function)).is_file());
    functions.into_iter().map(Function::name).collect()
}

/// The subject of the test CA that the cold-start benchmark builds into the functions. Its key is not secret.
pub const TEST_CA: &str = "rps test CA, never deploy";

/// Writes the function's zip file. Returns its size in bytes. Refuses a function that trusts the test CA.
pub fn write(executable: &Path, zip: &Path) -> io::Result<u64> {
    let bytes = fs::read(executable)?;
    let mut texts = bytes.windows(TEST_CA.len());
    if texts.any(|text| text == TEST_CA.as_bytes()) {
        return Err(io::Error::other(
            "the function trusts the benchmark's test CA; build it without the feature test-ca",
        ));
    }
    compress(&bytes, zip)
}

/// Writes a zip file with the bytes as `bootstrap`, the name that Lambda runs. Returns its size in bytes.
pub fn compress(bytes: &[u8], zip: &Path) -> io::Result<u64> {
    if let Some(folder) = zip.parent() {
        fs::create_dir_all(folder)?;
    }
    // The default date is constant: the earliest date that a zip file can contain.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o755);
    let mut writer = ZipWriter::new(File::create(zip)?);
    writer.start_file("bootstrap", options)?;
    writer.write_all(bytes)?;
    let written = writer.finish()?;
    written.sync_all()?;
    Ok(written.metadata()?.len())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn a_function_that_trusts_the_test_ca_gets_no_zip() {
        let folder = tempfile::tempdir().expect("a folder");
        let executable = folder.path().join("decide");
        fs::write(&executable, ["code ", TEST_CA, " code"].concat()).expect("written");
        let zip = folder.path().join("decide.zip");
        let error = write(&executable, &zip).expect_err("refused");
        assert!(error.to_string().contains("test-ca"), "{error}");
        assert!(!zip.exists());
    }

    #[test]
    fn zips_of_the_same_executable_are_equal_and_contain_an_executable_bootstrap() {
        let folder = tempfile::tempdir().expect("a folder");
        let executable = folder.path().join("decide");
        fs::write(&executable, b"code").expect("written");
        let zips = ["a", "b"].map(|name| folder.path().join(name).join("decide.zip"));
        for (zip, age_s) in zips.iter().zip([0, 86_400]) {
            let built = SystemTime::now() - Duration::from_secs(age_s);
            let file = File::options().write(true).open(&executable);
            file.expect("a file").set_modified(built).expect("dated");
            write(&executable, zip).expect("written");
        }
        let [first, second] = zips.each_ref().map(|zip| fs::read(zip).expect("a zip"));
        assert_eq!(first, second);

        let [zip, _] = zips;
        let mut archive = ZipArchive::new(File::open(zip).expect("a zip")).expect("a zip");
        assert_eq!(archive.len(), 1);
        let mut entry = archive.by_name("bootstrap").expect("an entry");
        assert_eq!(entry.unix_mode(), Some(0o100_755));
        let mut bytes = Vec::new();
        io::copy(&mut entry, &mut bytes).expect("read");
        assert_eq!(bytes, b"code");
    }
}
