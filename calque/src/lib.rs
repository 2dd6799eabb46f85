//! The calque command as a library.
