//! Operations on arrays of fixed shape, named by what they mean.

use super::{BinaryOp, CompareOp, IndexMode, SliceBounds};
use serde::{Deserialize, Serialize};

/// An operation on values of `Type::Array`. Where a variant says "operand", an array or a single
/// value may stand; operands of several ranks are matched up from the last axis backwards, single
/// values everywhere. Nothing here shares memory with its arguments: that nobody can tell the
/// difference was shown by whoever built the node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrayOp {
    // ---- making
    /// (List, for rank 2 of Lists of one length) → Array with its items.
    FromList,
    /// (Array) → new List of its items, for rank 2 of Lists.
    ToList,
    /// (Array) → `Iter` of its items, for rank 2 of its rows.
    Items,
    /// (value, length along each axis) → Array of that value.
    Full,
    /// (value, Array) → Array of that value with the shape of the other.
    FullLike,
    /// (Int) → Array of rank 2 with ones on the diagonal.
    Identity,
    /// (start, stop, step) → Array from start up to, not including, stop.
    Arange,
    /// (start, stop, count) → Array of `Float`, evenly spaced, stop included.
    Linspace,
    /// (Array) → a new one with the same items.
    Copy,

    // ---- parts
    /// (Array, what each axis needs) → item, or Array of the axes that remain. Also the place of an
    /// assignment. Axes not mentioned are whole.
    Select(Vec<Axis>),

    // ---- item by item
    /// (operand).
    Map(Elementwise),
    /// (operand, operand): both have the result's elements, except for `Div` whose operands are `Float`.
    Arithmetic(BinaryOp),
    /// (operand, operand) → Bools.
    Compare(CompareOp),
    /// (operand, operand): the less of each two.
    Least,
    /// (operand, operand): the greater of each two.
    Greatest,
    /// (Bools, operand, operand): from the second where the first holds, else from the third.
    Where,
    /// (Array, least, greatest): moved into these bounds.
    Clip,
    /// (Array) → its items as the result's element type; `Float` to `Int` towards zero, to `Bool`
    /// whether not 0.
    Cast,

    // ---- reductions
    /// (Array) → one value, or with `axis` an Array without that axis.
    Reduce {
        /// Which.
        reduction: Reduction,
        /// Along this axis only.
        axis: Option<u8>,
    },
    /// (Array) → Array of rank 1: sums (or products) of the items so far.
    Accumulate {
        /// Products.
        product: bool,
    },

    // ---- order
    /// (Array of rank 1) → sorted copy.
    Sort,
    /// (Array of rank 1), in place; gives nothing.
    SortInPlace,
    /// (Array of rank 1) → positions of its items in ascending order, equal ones in order.
    ArgSort,
    /// (Array) → its different items in ascending order.
    Unique,
    /// (Array of rank 1) → backwards.
    Flip,
    /// (Array of rank 1) → differences of neighbours.
    Diff,
    /// (Bools of rank 1) → positions where they hold.
    Positions,

    // ---- shape
    /// (Array) → Int: number of items, or the length along an axis.
    Size(Option<u8>),
    /// (Array, length along each axis): the items in order, last axis fastest.
    Reshape,
    /// (Array) → Array of rank 1, last axis fastest.
    Flatten,
    /// (Array of rank 2) → rows as columns.
    Transpose,
    /// (Array, …) → one behind the other along the axis.
    Concatenate {
        /// The axis.
        axis: u8,
    },
    /// (Array of rank 1, …) → rank 2: the arrays as rows (axis 0) or columns (axis 1).
    Stack {
        /// The axis.
        axis: u8,
    },

    // ---- linear algebra
    /// (Array, Array) → product of vectors (one value), matrix and vector, or matrices.
    MatMul,
    /// (Array of rank 1, Array of rank 1) → rank 2: all products.
    Outer,
    /// (Array) → Float: root of the sum of squares.
    Norm,
    /// (Array of rank 2) → sum of the diagonal.
    Trace,
    /// (Array of rank 2) → its diagonal.
    Diagonal,

    // ---- comparison as a whole
    /// (Array, Array) → Bool: same shape and items.
    Equal,
    /// (operand, operand, relative, absolute tolerance) → Bool: all items near.
    AllClose,
}

/// What happens to one axis in a selection; the flags say which of start, stop and step are given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Axis {
    /// (Int): the axis goes.
    At(IndexMode),
    /// (start, stop, step, as given): as slices of lists.
    Range {
        /// A start is given.
        start: bool,
        /// A stop is given.
        stop: bool,
        /// A step is given.
        step: bool,
        /// What is known of start and stop.
        bounds: SliceBounds,
    },
    /// (Array of Bool, rank 1, or of the rank of the whole if it is the only one): where it holds.
    Mask,
    /// (Array of Int, rank 1): those positions in that order.
    Positions,
    /// (): a new axis of length 1.
    New,
}

impl Axis {
    /// The whole axis, `:`.
    pub fn whole() -> Axis {
        Axis::Range { start: false, stop: false, step: false, bounds: SliceBounds::default() }
    }

    /// How many arguments of the selection belong to the axis.
    pub fn arguments(&self) -> usize {
        match self {
            Axis::At(_) | Axis::Mask | Axis::Positions => 1,
            Axis::Range { start, stop, step, .. } => {
                usize::from(*start) + usize::from(*stop) + usize::from(*step)
            }
            Axis::New => 0,
        }
    }
}

/// What is done to each item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Elementwise {
    /// Negation.
    Neg,
    /// Negation of a `Bool`.
    Not,
    /// Magnitude.
    Abs,
    /// -1, 0 or 1, of the item's type.
    Sign,
    /// Product with itself.
    Square,
    /// Square root of a `Float`.
    Sqrt,
    /// Exponential.
    Exp,
    /// Natural logarithm.
    Log,
    /// Logarithm to base 2.
    Log2,
    /// Logarithm to base 10.
    Log10,
    /// Sine.
    Sin,
    /// Cosine.
    Cos,
    /// Tangent.
    Tan,
    /// Arc sine.
    Asin,
    /// Arc cosine.
    Acos,
    /// Arc tangent.
    Atan,
    /// Hyperbolic sine.
    Sinh,
    /// Hyperbolic cosine.
    Cosh,
    /// Hyperbolic tangent.
    Tanh,
    /// `Float` without fraction, not greater.
    Floor,
    /// `Float` without fraction, not less.
    Ceil,
    /// `Float` without fraction, nearest, ties to even.
    Round,
    /// Whether a `Float` is not a number.
    IsNan,
}

/// What becomes of many items.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reduction {
    /// Sum; of `Bool`s an `Int`. Nothing gives 0.
    Sum,
    /// Product. Nothing gives 1.
    Product,
    /// Mean, a `Float`.
    Mean,
    /// Least item; nothing raises `Value`.
    Min,
    /// Greatest item; nothing raises `Value`.
    Max,
    /// Standard deviation of a population, a `Float`.
    Std,
    /// Variance of a population, a `Float`.
    Var,
    /// Middle value, a `Float`.
    Median,
    /// Whether any holds.
    Any,
    /// Whether all hold.
    All,
    /// How many hold.
    CountTrue,
    /// Position of the least item, the first of equals.
    ArgMin,
    /// Position of the greatest item, the first of equals.
    ArgMax,
}
