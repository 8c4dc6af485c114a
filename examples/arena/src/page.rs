//! The page: its files are inside of the program, each with its hash as ETag, compressed once.
//!
//! A program built for development takes them from the folder that it was built in, as they are now: who changes the page reloads it, and
//! builds nothing.

mod files;

use std::io::Cursor;
use std::sync::LazyLock;

use aether_core::uuid::Uuid;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use brotli::enc::BrotliEncoderParams;

use self::files::FILES;
use crate::app::App;
use crate::problem::{Code, Problem};

/// A file, ready to be sent.
#[derive(Clone)]
struct Ready {
    path: &'static str,
    plain: Bytes,
    brotli: Bytes,
    etag: HeaderValue,
}

static READY: LazyLock<Vec<Ready>> =
    LazyLock::new(|| FILES.iter().map(|(path, bytes)| Ready::of(path, bytes)).collect());

/// The routes of the page.
pub(crate) fn routes() -> Router<App> {
    Router::new().route("/", get(index)).route("/page/{*path}", get(file))
}

async fn index(headers: HeaderMap) -> Response {
    answer("index.html", &headers)
}

async fn file(Path(path): Path<String>, headers: HeaderMap) -> Response {
    answer(&path, &headers)
}

/// The file with this path; nothing outside of the list is looked for, wherever it lies.
fn answer(path: &str, asked: &HeaderMap) -> Response {
    let found = READY.iter().find(|file| file.path == path);
    found.map_or_else(
        || Problem::new(Code::UNKNOWN).into_response(),
        |file| file.fresh().unwrap_or_else(|| file.clone()).answer(asked),
    )
}

impl Ready {
    fn of(path: &'static str, bytes: &[u8]) -> Self {
        let is_own_script = path.starts_with("js/");
        let text = std::str::from_utf8(bytes).ok().filter(|_| is_own_script);
        let stripped = text.map(without_comments);
        let bytes = stripped.as_deref().map_or(bytes, str::as_bytes);
        let hash = Uuid::new_v5(&Uuid::NAMESPACE_OID, bytes).simple();
        // weak, since it is the same for both encodings; ASCII, so always a header
        let etag = HeaderValue::try_from(format!("W/\"{hash}\""));
        Self {
            path,
            plain: Bytes::copy_from_slice(bytes),
            brotli: compressed(bytes).into(),
            etag: etag.unwrap_or(HeaderValue::from_static("W/\"\"")),
        }
    }

    /// The file as it lies in the folder, in development.
    fn fresh(&self) -> Option<Self> {
        const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/page/");
        let read = cfg!(debug_assertions).then(|| std::fs::read(format!("{FOLDER}{}", self.path)));
        let (_, built) = FILES.iter().find(|(path, _)| *path == self.path)?;
        let bytes = read?.ok().filter(|bytes| bytes != built)?;
        Some(Self::of(self.path, &bytes))
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let base = [
            (ETAG, self.etag.clone()),
            (CACHE_CONTROL, HeaderValue::from_static("no-cache")),
            (VARY, HeaderValue::from_static("accept-encoding")),
        ];
        if is_known(&self.etag, asked) {
            return (StatusCode::NOT_MODIFIED, base).into_response();
        }
        let kind = [(CONTENT_TYPE, HeaderValue::from_static(kind(self.path)))];
        if takes_brotli(asked) {
            let encoding = [(CONTENT_ENCODING, HeaderValue::from_static("br"))];
            return (base, kind, encoding, self.brotli.clone()).into_response();
        }
        (base, kind, self.plain.clone()).into_response()
    }
}

/// A script without what it says to its readers: lines that are comments are empty, so that the numbers of lines stay.
fn without_comments(script: &str) -> String {
    let mut is_comment = false;
    let mut lines = String::with_capacity(script.len());
    for line in script.lines() {
        let start = line.trim_start();
        is_comment |= start.starts_with("/**");
        if !is_comment && !start.starts_with("//") {
            lines.push_str(line);
        }
        is_comment &= !start.ends_with("*/");
        lines.push('\n');
    }
    lines
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut written = vec![];
    let best = BrotliEncoderParams { quality: 11, size_hint: bytes.len(), ..Default::default() };
    // memory takes everything
    let _ = brotli::BrotliCompress(&mut Cursor::new(bytes), &mut written, &best);
    written
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

fn is_known(etag: &HeaderValue, asked: &HeaderMap) -> bool {
    listed(asked, &IF_NONE_MATCH).any(|known| known == "*" || known.as_bytes() == etag.as_bytes())
}

fn takes_brotli(asked: &HeaderMap) -> bool {
    listed(asked, &ACCEPT_ENCODING).any(|range| {
        let mut parts = range.split(';').map(str::trim);
        parts.next() == Some("br")
            && !parts.any(|it| it.strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0)))
    })
}

fn listed<'a>(
    headers: &'a HeaderMap,
    name: &axum::http::HeaderName,
) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// What a player's browser fetches at most.
    const BUDGET: usize = 60 * 1000;

    #[test]
    fn the_whole_page_is_at_most_60_kb_compressed() {
        // one language is fetched, the console by operators alone, licences by nobody
        let others = ["LICENSE", "console", "lang/en"];
        let loaded = READY.iter().filter(|file| !others.iter().any(|it| file.path.contains(it)));
        let sum: usize = loaded.map(|file| file.brotli.len()).sum();
        assert!(sum <= BUDGET, "{sum} bytes");
    }

    #[test]
    fn comments_of_a_script_are_not_sent_and_its_lines_keep_their_numbers() {
        let script = "// head\n/**\n * a\n */\nlet a = 1;\n/** b */\nlet b = `// c`;\n";
        assert_eq!(without_comments(script), "\n\n\n\nlet a = 1;\n\nlet b = `// c`;\n");
    }

    #[test]
    fn every_file_of_the_folder_is_in_the_program() {
        fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, root, found);
                } else {
                    found.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let mut found = vec![];
        walk(&root, &root, &mut found);
        // what makes the vendored files, and their lock, is for maintainers
        found.retain(|path| !path.ends_with(".mjs") && !path.ends_with(".lock"));
        found.sort();
        let mut listed: Vec<_> = FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
        listed.sort();
        assert_eq!(listed, found);
    }

    #[test]
    fn brotli_is_sent_to_who_takes_it() {
        for (asked, takes) in
            [("", false), ("gzip, br", true), ("br;q=0", false), ("br; q=0.5", true)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, asked.parse().unwrap());
            assert_eq!(takes_brotli(&headers), takes, "{asked}");
        }
    }
}
