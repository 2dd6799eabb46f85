//! A shared object of compiled programs.

use super::Convention;
use super::calls::{self, Object, Symbol};
use std::ffi::CString;
use std::io;

/// A shared object whose run-time library is ready for its programs.
#[derive(Debug)]
pub(super) struct Library {
    object: Object,
    convention: Convention,
}

/// A program that can be called.
#[derive(Clone, Copy, Debug)]
pub(super) struct Program {
    symbol: Symbol,
    convention: Convention,
}

impl Library {
    /// Loads the object and starts its run-time library.
    pub(super) fn load(path: &str, convention: Convention) -> io::Result<Library> {
        // COBOL's library looks for what is called by name.
        let is_cobol = convention == Convention::Cobol;
        let object = Object::load(&CString::new(path).map_err(io::Error::other)?, is_cobol)?;
        if is_cobol {
            calls::start_cobol(object.symbol("cob_init")?);
        }
        Ok(Library { object, convention })
    }

    /// One of its programs.
    pub(super) fn program(&self, symbol: &str) -> io::Result<Program> {
        Ok(Program { symbol: self.object.symbol(symbol)?, convention: self.convention })
    }
}

impl Program {
    /// Runs it. Returns the number that it left behind, if it comes back at all.
    pub(super) fn call(self) -> i32 {
        match self.convention {
            Convention::Fortran => calls::call_fortran(self.symbol),
            Convention::Cobol => calls::call_cobol(self.symbol),
        }
    }
}
