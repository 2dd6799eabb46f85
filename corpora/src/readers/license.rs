//! The licence of a file: its SPDX header, else the licence file of its folder or of one above.

use crate::source::UNKNOWN_LICENSE;
use spdx::detection::{Store, TextData};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// Names of licence files, in the order in which they are looked for.
const FILE_NAMES: [&str; 7] =
    ["LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "LICENCE.txt", "COPYING", "COPYING.txt"];
/// How far into a file a header may stand.
const HEADER_LINES: usize = 40;
/// How much of a licence file is looked at.
const MAX_LICENSE_BYTES: u64 = 256 * 1024;
/// Below this likeness a text is not taken for the licence that it resembles most.
const MIN_SCORE: f32 = 0.9;

/// The known licence texts; loaded once, when a licence file is first seen.
static TEXTS: LazyLock<Option<Store>> = LazyLock::new(|| Store::load_inline().ok());

/// Whether `text` is an SPDX expression, as `--license` wants it.
pub fn is_license_expression(text: &str) -> bool {
    spdx::Expression::parse(text).is_ok()
}

/// Finds licences, and remembers what each folder says.
pub(super) struct Licenses {
    root: Option<PathBuf>,
    folders: BTreeMap<PathBuf, Option<String>>,
}

impl Licenses {
    /// Licence files are looked for from a program's folder up to `root`; without it, in the
    /// program's folder only.
    pub(super) fn new(root: Option<PathBuf>) -> Self {
        Licenses { root, folders: BTreeMap::new() }
    }

    /// The licence of the program `text` at `path`.
    pub(super) fn find(&mut self, text: &str, path: &Path) -> String {
        header(text).or_else(|| self.of_folders(path)).unwrap_or_else(|| UNKNOWN_LICENSE.to_owned())
    }

    fn of_folders(&mut self, path: &Path) -> Option<String> {
        let top = self.root.clone().or_else(|| path.parent().map(Path::to_owned))?;
        path.ancestors().skip(1).take_while(|folder| folder.starts_with(&top)).find_map(|folder| {
            self.folders.entry(folder.to_owned()).or_insert_with(|| of_folder(folder)).clone()
        })
    }
}

/// What a comment `SPDX-License-Identifier: …` near the top says.
fn header(text: &str) -> Option<String> {
    text.lines().take(HEADER_LINES).find_map(|line| {
        let (_, value) = line.split_once("SPDX-License-Identifier:")?;
        let value = value.trim().trim_end_matches("*/").trim();
        is_license_expression(value).then(|| value.to_owned())
    })
}

/// The licence that a file of `folder` contains.
fn of_folder(folder: &Path) -> Option<String> {
    let path = FILE_NAMES.iter().map(|name| folder.join(name)).find(|path| path.is_file())?;
    if path.metadata().ok()?.len() > MAX_LICENSE_BYTES {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    header(&text).or_else(|| recognise(&text))
}

/// The licence that `text` is nearly word for word; of two that fit alike, the first by name.
fn recognise(text: &str) -> Option<String> {
    let text = TextData::from(text);
    let scored = TEXTS.as_ref()?.iter().map(|(name, entry)| (entry.original.match_score(&text), name));
    let (score, name) = scored.max_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| y.cmp(x)))?;
    (score >= MIN_SCORE).then(|| name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIT: &str = "MIT License\n\nCopyright (c) 2020 Somebody\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the \"Software\"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED \"AS IS\", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.\n";

    #[test]
    fn reads_headers() {
        assert_eq!(
            header("# SPDX-License-Identifier: MIT OR Apache-2.0\nx = 1"),
            Some("MIT OR Apache-2.0".into())
        );
        assert_eq!(header("/* SPDX-License-Identifier: BSD-3-Clause */"), Some("BSD-3-Clause".into()));
        assert_eq!(header("# SPDX-License-Identifier: whatever I like"), None);
    }

    #[test]
    fn finds_the_licence_file_of_a_folder_above() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("pkg/sub");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(root.path().join("LICENSE"), MIT).unwrap();
        let found = |root| Licenses::new(root).find("x = 1", &folder.join("a.py"));
        assert_eq!(found(Some(root.path().to_owned())), "MIT");
        assert_eq!(found(None), "unknown");
    }

    #[test]
    fn does_not_guess() {
        assert_eq!(recognise("All rights reserved. Do not copy.\n"), None);
    }
}
