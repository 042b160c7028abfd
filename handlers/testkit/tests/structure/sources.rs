//! Finds the uses between modules in the text of their files.

use std::collections::BTreeMap;
use std::path::Path;

use super::{files_under, read, relative_path, root};

/// Pairs of sibling modules, and an example. The first module uses the second.
pub(crate) type Uses = BTreeMap<(String, String), String>;

/// A path from a crate's root to a module or an item in it.
type Names = Vec<String>;

/// The modules of one crate. Tests are excluded, because no rules apply to them.
pub(crate) struct Sources {
    modules: BTreeMap<Names, Source>,
    /// Paths of reexports, and the paths of their definitions.
    reexports: BTreeMap<Names, Names>,
}

struct Source {
    file: String,
    text: String,
}

impl Sources {
    pub(crate) fn read(folder: &str) -> Self {
        let top = root().join(folder).join("src");
        let files = files_under(&top, &["rs"]).into_iter();
        let modules = files.filter_map(|file| {
            let text = without_tests(&read(&file));
            let module = module_in(file.strip_prefix(&top).expect("below"))?;
            let file = relative_path(&file);
            Some((module, Source { file, text }))
        });
        let mut sources = Self {
            modules: modules.collect(),
            reexports: BTreeMap::new(),
        };
        sources.reexports = sources.find_reexports();
        sources
    }

    fn find_reexports(&self) -> BTreeMap<Names, Names> {
        let mut names = BTreeMap::new();
        for (module, source) in &self.modules {
            for path in used_paths(&source.text, &["use "]) {
                if let Some(origin) = self.absolute(module, path) {
                    let name = [module.as_slice(), &origin[origin.len() - 1..]].concat();
                    if name != origin {
                        names.insert(name, origin);
                    }
                }
            }
        }
        names
    }

    /// The path from the crate's root, or `None` if the path leads to another crate.
    fn absolute(&self, module: &[String], path: Names) -> Option<Names> {
        let mut names = match path[0].as_str() {
            "crate" => Vec::new(),
            "self" | "super" => module.to_vec(),
            child => {
                let child = [module, &[child.to_owned()]].concat();
                self.modules.get(&child).map(|_| module.to_vec())?
            }
        };
        for name in path {
            match name.as_str() {
                "crate" | "self" => {}
                "super" => drop(names.pop()),
                _ => names.push(name),
            }
        }
        (!names.is_empty()).then_some(names)
    }

    /// The paths that a module uses in its own crate.
    fn used_by(&self, module: &[String]) -> Vec<Names> {
        let used = used_paths(
            &self.modules[module].text,
            &["crate::", "self::", "super::"],
        );
        used.into_iter()
            .filter_map(|path| self.absolute(module, path))
            .collect()
    }

    pub(crate) fn has(&self, module: &str) -> bool {
        self.modules.contains_key(&[module.to_owned()][..])
    }

    /// The files of a top-level module, with each path that they use.
    pub(crate) fn used_inside(&self, module: &str) -> Vec<(&str, Names)> {
        let inside = self
            .modules
            .iter()
            .filter(|(path, _)| path.first().is_some_and(|first| first == module));
        let used = inside.flat_map(|(path, source)| {
            self.used_by(path)
                .into_iter()
                .map(|used| (source.file.as_str(), used))
        });
        used.collect()
    }

    /// The module that defines the item at the end of the path.
    fn defining_module(&self, path: &[String]) -> Names {
        let length = (0..=path.len())
            .rev()
            .find(|length| self.modules.contains_key(&path[..*length]));
        let length = length.unwrap_or_default();
        let reexported = path
            .get(length)
            .and_then(|_| self.reexports.get(&path[..=length]));
        match reexported {
            Some(origin) => self.defining_module(&[origin, &path[length + 1..]].concat()),
            None => path[..length].to_vec(),
        }
    }

    /// The uses between modules with the same parent.
    pub(crate) fn uses_between_siblings(&self) -> Uses {
        let mut uses = BTreeMap::new();
        for (module, source) in &self.modules {
            for used in self.used_by(module) {
                let home = self.defining_module(&used);
                let shared = module.iter().zip(&home).take_while(|(a, b)| a == b).count();
                if module.len().min(home.len()) > shared {
                    let siblings = (module[..=shared].join("::"), home[..=shared].join("::"));
                    uses.entry(siblings)
                        .or_insert_with(|| format!("{}: crate::{}", source.file, used.join("::")));
                }
            }
        }
        uses
    }
}

/// The file's module, or `None` for tests and binaries.
fn module_in(file: &Path) -> Option<Names> {
    let names = file.with_extension("");
    let names = names.iter().map(|name| name.to_string_lossy().into_owned());
    let mut names: Names = names.collect();
    match names.last()?.as_str() {
        _ if names[0] == "bin" => return None,
        "build" | "main" | "tests" => return None,
        "lib" | "mod" => drop(names.pop()),
        _ => {}
    }
    Some(names)
}

fn without_tests(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The paths that begin with one of the words. Each branch of `{…}` is a separate path.
fn used_paths(text: &str, words: &[&str]) -> Vec<Names> {
    let mut paths = Vec::new();
    for word in words {
        let name = word.strip_suffix("::").map(str::to_owned);
        for (start, _) in text.match_indices(word) {
            let inside_a_word =
                text[..start].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':');
            if !inside_a_word {
                let before: Names = name.iter().cloned().collect();
                branches(&text[start + word.len()..], &before, &mut paths);
            }
        }
    }
    paths
}

/// Adds the paths at the beginning of the text, and returns the rest of the text.
fn branches<'a>(text: &'a str, before: &[String], paths: &mut Vec<Names>) -> &'a str {
    let text = text.trim_start();
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = branches(rest, before, paths);
            let end = rest.find([',', '}']).expect("an end");
            let (closes, after) = (rest[end..].starts_with('}'), &rest[end + 1..]);
            if closes || after.trim_start().starts_with('}') {
                return after;
            }
            rest = after;
        }
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let (name, rest) = text.split_at(text.find(|c| !is_name(c)).unwrap_or(text.len()));
    let path = [before, &[name.to_owned()]].concat();
    match rest.strip_prefix("::") {
        Some(more) if more.starts_with(|c| is_name(c) || c == '{') => branches(more, &path, paths),
        _ if name.is_empty() => rest,
        _ => {
            paths.push(path);
            rest
        }
    }
}
