//! What NumPy calls its functions and methods.

use super::super::cells::Element;
use grammars::ir::{ArrayOp, Elementwise, Reduction};
use grammars::surface::BinaryOp;

/// What a new array is filled with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Like {
    Zeros,
    Ones,
    /// A value that is given.
    Full,
}

/// How arrays are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Along an axis that they have.
    Concatenate,
    /// Along a new axis.
    Stack,
    /// As rows, below each other.
    Rows,
    /// As columns, beside each other.
    Columns,
    /// Along the last axis.
    Horizontal,
}

/// A function of NumPy or method of arrays, by its kind.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Function {
    /// `array(list)`.
    Array,
    /// `zeros(shape)`.
    Filled(Like),
    /// `zeros_like(array)`.
    Like(Like),
    /// `eye(n)`.
    Identity,
    Arange,
    Linspace,
    /// Item by item; the element type of the result, if it is not that of the argument.
    Map(Elementwise, Option<Element>),
    /// An operator spelled as a function.
    Arithmetic(BinaryOp),
    /// `minimum`, `maximum`.
    Pairwise(ArrayOp),
    /// `logical_and` and the like.
    Logical(BinaryOp),
    Where,
    Clip,
    /// `astype`, or a type called as a function.
    Cast(Option<Element>),
    Reduce(Reduction),
    /// `cumsum`; true for products.
    Accumulate(bool),
    /// One operation on one array (`outer` on two).
    Of(ArrayOp),
    SortInPlace,
    ToList,
    /// Number of items; `len`.
    Size,
    Shape,
    Reshape,
    Join(Shape),
    MatMul,
    /// A matrix product with the second matrix transposed: of vectors the same as `MatMul`.
    Inner,
    Equal,
    AllClose,
}

impl Function {
    /// How many arguments it takes by position (a method's array is the first), and which by name; `None`
    /// for any number. NumPy has more of them: those have no rule.
    pub fn takes(&self) -> (Option<usize>, &'static [&'static str]) {
        let (positional, named): (usize, &[&str]) = match self {
            Function::Array => (2, &["dtype"]),
            Function::Filled(Like::Full) => (3, &["shape", "fill_value", "dtype"]),
            Function::Filled(_) => (2, &["shape", "dtype"]),
            Function::Like(Like::Full) => (3, &["fill_value", "dtype"]),
            Function::Like(_) => (2, &["dtype"]),
            Function::Identity => (1, &["dtype"]),
            Function::Arange => (3, &["dtype"]),
            Function::Linspace => (3, &["num"]),
            // The second is that of `round`, which is rejected by its own name.
            Function::Map(..) => (2, &["decimals"]),
            Function::Arithmetic(_) | Function::Pairwise(_) | Function::Logical(_) => (2, &[]),
            Function::Where => (3, &[]),
            Function::Clip => (3, &["a_min", "a_max"]),
            Function::Cast(None) => (2, &["dtype"]),
            Function::Cast(Some(_)) => (1, &[]),
            Function::Reduce(Reduction::Std | Reduction::Var) => (2, &["axis", "keepdims", "ddof"]),
            Function::Reduce(_) => (2, &["axis", "keepdims"]),
            Function::Accumulate(_) => (2, &["axis"]),
            // The second is the axis, of which there is one.
            Function::Of(ArrayOp::Outer | ArrayOp::Sort | ArrayOp::ArgSort | ArrayOp::Flip) => (2, &[]),
            Function::Of(_) | Function::SortInPlace | Function::ToList => (1, &[]),
            Function::Size | Function::Shape => (1, &[]),
            Function::Reshape => return (None, &["shape"]),
            Function::Join(Shape::Concatenate | Shape::Stack) => (2, &["axis"]),
            Function::Join(_) => (1, &[]),
            Function::MatMul | Function::Inner | Function::Equal => (2, &[]),
            Function::AllClose => (4, &["rtol", "atol"]),
        };
        (Some(positional), named)
    }
}

/// The function `numpy.NAME`.
pub(crate) fn function(name: &str) -> Option<Function> {
    use Function::{Arithmetic, Filled, Join, Like as LikeOf, Logical, Of, Pairwise};
    Some(match name {
        "array" | "asarray" | "asanyarray" | "ascontiguousarray" => Function::Array,
        "zeros" | "empty" => Filled(Like::Zeros),
        "ones" => Filled(Like::Ones),
        "full" => Filled(Like::Full),
        "zeros_like" | "empty_like" => LikeOf(Like::Zeros),
        "ones_like" => LikeOf(Like::Ones),
        "full_like" => LikeOf(Like::Full),
        "eye" | "identity" => Function::Identity,
        "arange" => Function::Arange,
        "linspace" => Function::Linspace,
        "add" => Arithmetic(BinaryOp::Add),
        "subtract" => Arithmetic(BinaryOp::Sub),
        "multiply" => Arithmetic(BinaryOp::Mul),
        "divide" | "true_divide" => Arithmetic(BinaryOp::Div),
        "floor_divide" => Arithmetic(BinaryOp::FloorDiv),
        "mod" | "remainder" => Arithmetic(BinaryOp::Mod),
        "power" => Arithmetic(BinaryOp::Pow),
        "minimum" => Pairwise(ArrayOp::Least),
        "maximum" => Pairwise(ArrayOp::Greatest),
        "logical_and" => Logical(BinaryOp::BitAnd),
        "logical_or" => Logical(BinaryOp::BitOr),
        "logical_xor" => Logical(BinaryOp::BitXor),
        "where" => Function::Where,
        "float64" => Function::Cast(Some(Element::Float)),
        "int64" => Function::Cast(Some(Element::Int)),
        "count_nonzero" => Function::Reduce(Reduction::CountTrue),
        "median" => Function::Reduce(Reduction::Median),
        "linalg.norm" => Of(ArrayOp::Norm),
        "outer" => Of(ArrayOp::Outer),
        "unique" => Of(ArrayOp::Unique),
        "diff" => Of(ArrayOp::Diff),
        "flip" => Of(ArrayOp::Flip),
        "flatnonzero" => Of(ArrayOp::Positions),
        "sort" => Of(ArrayOp::Sort),
        "copy" => Of(ArrayOp::Copy),
        "concatenate" => Join(Shape::Concatenate),
        "stack" => Join(Shape::Stack),
        "vstack" => Join(Shape::Rows),
        "hstack" => Join(Shape::Horizontal),
        "column_stack" => Join(Shape::Columns),
        "matmul" => Function::MatMul,
        "inner" => Function::Inner,
        "array_equal" => Function::Equal,
        "allclose" => Function::AllClose,
        "shape" => Function::Shape,
        "amin" => Function::Reduce(Reduction::Min),
        "amax" => Function::Reduce(Reduction::Max),
        _ => return elementwise(name).or_else(|| shared(name)),
    })
}

/// The method `array.NAME`.
pub(crate) fn method(name: &str) -> Option<Function> {
    Some(match name {
        "astype" => Function::Cast(None),
        "sort" => Function::SortInPlace,
        "tolist" => Function::ToList,
        "flatten" => Function::Of(ArrayOp::Flatten),
        "copy" => Function::Of(ArrayOp::Copy),
        _ => return shared(name),
    })
}

/// What is both a function and a method.
fn shared(name: &str) -> Option<Function> {
    use Reduction::*;
    Some(match name {
        "sum" => Function::Reduce(Sum),
        "prod" => Function::Reduce(Product),
        "mean" => Function::Reduce(Mean),
        "min" => Function::Reduce(Min),
        "max" => Function::Reduce(Max),
        "std" => Function::Reduce(Std),
        "var" => Function::Reduce(Var),
        "any" => Function::Reduce(Any),
        "all" => Function::Reduce(All),
        "argmin" => Function::Reduce(ArgMin),
        "argmax" => Function::Reduce(ArgMax),
        "cumsum" => Function::Accumulate(false),
        "cumprod" => Function::Accumulate(true),
        "argsort" => Function::Of(ArrayOp::ArgSort),
        "ravel" => Function::Of(ArrayOp::Flatten),
        "transpose" => Function::Of(ArrayOp::Transpose),
        "trace" => Function::Of(ArrayOp::Trace),
        "diagonal" | "diag" => Function::Of(ArrayOp::Diagonal),
        "reshape" => Function::Reshape,
        "dot" => Function::MatMul,
        "clip" => Function::Clip,
        "round" => Function::Map(Elementwise::Round, None),
        _ => return None,
    })
}

fn elementwise(name: &str) -> Option<Function> {
    use Elementwise::*;
    let float = Some(Element::Float);
    let (op, element) = match name {
        "negative" => (Neg, None),
        "abs" | "absolute" => (Abs, None),
        "fabs" => (Abs, float),
        "sign" => (Sign, None),
        "square" => (Square, None),
        "sqrt" => (Sqrt, float),
        "exp" => (Exp, float),
        "log" => (Log, float),
        "log2" => (Log2, float),
        "log10" => (Log10, float),
        "sin" => (Sin, float),
        "cos" => (Cos, float),
        "tan" => (Tan, float),
        "arcsin" => (Asin, float),
        "arccos" => (Acos, float),
        "arctan" => (Atan, float),
        "sinh" => (Sinh, float),
        "cosh" => (Cosh, float),
        "tanh" => (Tanh, float),
        "floor" => (Floor, float),
        "ceil" => (Ceil, float),
        "rint" => (Round, float),
        "isnan" => (IsNan, Some(Element::Bool)),
        "logical_not" => (Not, Some(Element::Bool)),
        _ => return None,
    };
    Some(Function::Map(op, element))
}
