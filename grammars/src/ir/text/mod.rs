//! The IR's text form: for people who debug a pass, and for golden tests.
//!
//! ```text
//! fn run_total(items: list[int]) -> int {
//!     let total: int;
//!     total = 0;
//!     for item in items {
//!         total += item;
//!     }
//!     return total;
//! }
//! ```
//!
//! Every operation stands in parentheses, so there is no precedence to remember. Marks say what the
//! tree says: `(a +! b)` is proven to fit 64 bits, `xs[i; in-range]` is proven to be within the list.

mod print;
mod words;

pub use print::{print_block, print_expr, print_function, print_module};
