//! The examples as text, and where they were built.

use std::path::{Path, PathBuf};

/// One file of an example.
pub(crate) struct Source {
    file: PathBuf,
    text: String,
}

impl Source {
    /// The file with the `main` of an example.
    pub(crate) fn of(example: &str) -> Self {
        let file = folder().join(format!("{example}.rs"));
        Self::read(if file.exists() { file } else { folder().join(example).join("main.rs") })
    }

    /// The files of all examples.
    pub(crate) fn all() -> Vec<Self> {
        let folders = [folder().to_owned(), folder().join("http")];
        let entries = folders.into_iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let files = entries.map(|entry| entry.unwrap().path());
        files.filter(|file| file.extension().is_some_and(|it| it == "rs")).map(Self::read).collect()
    }

    fn read(file: PathBuf) -> Self {
        let text = std::fs::read_to_string(&file).unwrap();
        Self { file, text }
    }

    pub(crate) fn name(&self) -> String {
        self.file.strip_prefix(folder()).unwrap().display().to_string()
    }

    /// The block of text at the top.
    pub(crate) fn said(&self) -> String {
        let top = self.text.lines().map_while(|line| line.strip_prefix("//!"));
        let block = top.skip_while(|line| line.trim() != "```text").skip(1);
        let block = block.take_while(|line| line.trim() != "```");
        block.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect()
    }

    /// How many lines of code there are: without blanks, comments and imports.
    pub(crate) fn lines(&self) -> usize {
        let mut is_import = false;
        let counts = |line: &&str| {
            let line = line.trim();
            if line.is_empty() || line.starts_with("//") {
                return false;
            }
            let starts = line.starts_with("use ");
            let counts = !is_import && !starts;
            is_import = (is_import || starts) && !line.ends_with(';');
            counts
        };
        self.text.lines().filter(counts).count()
    }
}

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The program of an example. Cargo builds it beside the tests.
pub(crate) fn program(example: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap().join("examples").join(example);
    assert!(built.exists(), "{example} is not built; run `cargo build --workspace --all-targets`");
    built
}
