//! The tree of a COBOL program: what lowering decides on and the printer lays out.

/// A separately compiled program: `IDENTIFICATION DIVISION` to `END PROGRAM`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// Its `PROGRAM-ID`.
    pub id: String,
    /// It may be active more than once at a time.
    pub recursive: bool,
    /// Its items are set up anew for each call.
    pub local: bool,
    /// Comment lines above the program.
    pub remarks: Vec<String>,
    /// Documentation, written as comment lines below the `PROGRAM-ID`.
    pub doc: Vec<String>,
    /// `WORKING-STORAGE SECTION`, or `LOCAL-STORAGE SECTION` where each call needs items of its own.
    pub storage: Vec<DataItem>,
    /// `LINKAGE SECTION`.
    pub linkage: Vec<DataItem>,
    /// The names in `PROCEDURE DIVISION USING`.
    pub using: Vec<String>,
    /// The statements of the main paragraph.
    pub body: Vec<Stmt>,
    /// The paragraphs that it performs.
    pub paragraphs: Vec<Paragraph>,
}

/// A paragraph that is performed by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Paragraph {
    /// Its name.
    pub name: String,
    /// Its statements.
    pub body: Vec<Stmt>,
}

/// A data description entry with what is below it.
#[derive(Clone, Debug, PartialEq)]
pub struct DataItem {
    /// The data name.
    pub name: String,
    /// `PIC …` or `COMP-2`; `None` for a group.
    pub picture: Option<String>,
    /// `OCCURS …`.
    pub occurs: Option<Occurs>,
    /// `VALUE …`, as printed.
    pub value: Option<String>,
    /// Condition name (level 88) that holds when the item is 1 and not when it is 0.
    pub condition: Option<String>,
    /// Subordinate items.
    pub children: Vec<DataItem>,
}

/// The `OCCURS` clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Occurs {
    /// The greatest number of elements.
    pub times: usize,
    /// The count that says how many there are, for a table at the end of its record.
    pub depending_on: Option<String>,
}

/// A reference to a data item, or a part of one.
#[derive(Clone, Debug, PartialEq)]
pub struct Ref {
    /// The data name.
    pub name: String,
    /// Subscripts, outermost table first.
    pub subscripts: Vec<Expr>,
    /// Reference modification: first character and number of characters.
    pub part: Option<Box<(Expr, Expr)>>,
}

/// An operand or arithmetic expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A numeric literal, as printed.
    Number(String),
    /// A nonnumeric literal; never empty.
    Text(String),
    /// A figurative constant: `SPACES`.
    Figurative(&'static str),
    /// A data item.
    Ref(Ref),
    /// `left op right`.
    Binary(ArithOp, Box<Expr>, Box<Expr>),
    /// `- operand`.
    Neg(Box<Expr>),
    /// `FUNCTION name(args)`.
    Function(&'static str, Vec<Expr>),
}

/// Arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `/`
    Div,
    /// `**`
    Pow,
}

/// A condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Cond {
    /// `left relation right`.
    Relation(Expr, Relation, Expr),
    /// A condition name.
    Name(Ref),
    /// `operand IS class`.
    Class(Expr, &'static str),
    /// `NOT …`
    Not(Box<Cond>),
    /// `… AND …`; two or more.
    And(Vec<Cond>),
    /// `… OR …`; two or more.
    Or(Vec<Cond>),
}

/// Relational operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`
    Eq,
    /// `NOT =`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// Where an inline `PERFORM` ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Until {
    /// `UNTIL condition`, tested before each turn.
    Before(Cond),
    /// `WITH TEST AFTER UNTIL condition`.
    After(Cond),
    /// `UNTIL EXIT`.
    Exit,
    /// `count TIMES`.
    Times(Expr),
    /// `VARYING counter FROM from BY by UNTIL condition`.
    Varying {
        /// The counter.
        counter: Ref,
        /// Its first value.
        from: Expr,
        /// What is added after each turn.
        by: Expr,
        /// Tested before each turn.
        until: Cond,
    },
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Stmt {
    /// A comment line; may be long.
    Comment(String),
    /// `MOVE from TO to`.
    Move(Expr, Ref),
    /// `MOVE from TO to …`, to more than one.
    MoveToAll(Expr, Vec<Ref>),
    /// `SET condition-name TO TRUE` or `FALSE`.
    Set(Ref, bool),
    /// `COMPUTE target = value`.
    Compute {
        /// The receiving item.
        target: Ref,
        /// `ROUNDED …` as printed, or empty.
        rounded: &'static str,
        /// The value.
        value: Expr,
        /// `ON SIZE ERROR …`, if not empty.
        size_error: Vec<Stmt>,
    },
    /// `ADD value TO target`.
    Add(Expr, Ref),
    /// `SUBTRACT value FROM target`.
    Subtract(Expr, Ref),
    /// `IF condition … ELSE … END-IF`.
    If(Cond, Vec<Stmt>, Vec<Stmt>),
    /// `EVALUATE TRUE`: branches, then `WHEN OTHER` if not empty.
    Evaluate(Vec<(Cond, Vec<Stmt>)>, Vec<Stmt>),
    /// An inline `PERFORM`.
    Perform(Until, Vec<Stmt>),
    /// `PERFORM paragraph`.
    PerformParagraph(String),
    /// `EXIT PERFORM`.
    ExitPerform,
    /// `EXIT PERFORM CYCLE`.
    ExitPerformCycle,
    /// `EXIT PARAGRAPH`.
    ExitParagraph,
    /// `STRING parts DELIMITED BY SIZE INTO target WITH POINTER pointer`.
    StringInto {
        /// What is put together.
        parts: Vec<Expr>,
        /// The receiving characters.
        into: Ref,
        /// The position of the next character.
        pointer: Ref,
        /// `ON OVERFLOW …`, if not empty.
        overflow: Vec<Stmt>,
    },
    /// `INSPECT …` with its phrases as operands and words in turn.
    Inspect(Ref, Vec<Phrase>),
    /// `SORT table ON ASCENDING KEY keys …`.
    Sort {
        /// The table.
        table: String,
        /// Keys with their direction (`true` is ascending), major first.
        keys: Vec<(String, bool)>,
    },
    /// `CALL "program" USING args`.
    Call(String, Vec<Ref>),
    /// `CALL "CBL_…" USING mask target BY VALUE 8`: target becomes target and, or, xor mask.
    Bits(&'static str, Ref, Ref),
    /// `DISPLAY items`, to standard error if so marked.
    Display {
        /// What is shown.
        items: Vec<Expr>,
        /// `UPON STDERR`.
        to_stderr: bool,
        /// `WITH NO ADVANCING`.
        no_advancing: bool,
    },
    /// `CONTINUE`.
    Continue,
    /// `GOBACK`.
    Goback,
    /// `STOP RUN`, with `RETURNING 1` after a failure.
    StopRun {
        /// The run failed.
        failed: bool,
    },
}

/// A piece of an `INSPECT` statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Phrase {
    /// Words of the language.
    Words(&'static str),
    /// An operand.
    Operand(Expr),
}

impl DataItem {
    /// An elementary item.
    pub fn elementary(name: impl Into<String>, picture: impl Into<String>) -> DataItem {
        DataItem {
            name: name.into(),
            picture: Some(picture.into()),
            occurs: None,
            value: None,
            condition: None,
            children: Vec::new(),
        }
    }

    /// A group.
    pub fn group(name: impl Into<String>, children: Vec<DataItem>) -> DataItem {
        DataItem { name: name.into(), picture: None, occurs: None, value: None, condition: None, children }
    }
}

impl Ref {
    /// A whole item outside any table.
    pub fn item(name: impl Into<String>) -> Ref {
        Ref { name: name.into(), subscripts: Vec::new(), part: None }
    }

    /// `length` characters from `start`, counted from 1.
    pub fn slice(mut self, start: Expr, length: Expr) -> Ref {
        self.part = Some(Box::new((start, length)));
        self
    }
}

impl From<Ref> for Expr {
    fn from(item: Ref) -> Expr {
        Expr::Ref(item)
    }
}

impl Expr {
    /// An integer literal.
    pub fn int(value: i128) -> Expr {
        Expr::Number(value.to_string())
    }

    /// The value of an integer literal.
    pub fn as_int(&self) -> Option<i128> {
        match self {
            Expr::Number(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// `left + right`, with integer literals added up.
    pub fn plus(self, right: Expr) -> Expr {
        match right.as_int() {
            Some(n) => self.offset(n),
            None if self.as_int() == Some(0) => right,
            None => Expr::Binary(ArithOp::Add, Box::new(self), Box::new(right)),
        }
    }

    /// `left - right`, with integer literals added up.
    pub fn minus(self, right: Expr) -> Expr {
        if self == right && matches!(self, Expr::Ref(_)) {
            return Expr::int(0);
        }
        if let Expr::Binary(ArithOp::Add, base, n) = &self
            && **base == right
            && n.as_int().is_some()
        {
            return (**n).clone();
        }
        match (right.as_int(), right) {
            (Some(n), _) => self.offset(-n),
            (None, Expr::Binary(ArithOp::Add, base, n)) if n.as_int().is_some() => {
                self.minus(*base).offset(-n.as_int().unwrap_or(0))
            }
            (None, Expr::Binary(ArithOp::Sub, base, n)) if n.as_int().is_some() => {
                self.minus(*base).offset(n.as_int().unwrap_or(0))
            }
            (None, right) => Expr::Binary(ArithOp::Sub, Box::new(self), Box::new(right)),
        }
    }

    /// `self + n` in the plainest form.
    pub fn offset(self, n: i128) -> Expr {
        let (base, old) = match self {
            Expr::Binary(ArithOp::Add, base, right) if right.as_int().is_some() => {
                let old = right.as_int().unwrap_or(0);
                (*base, old)
            }
            Expr::Binary(ArithOp::Sub, base, right) if right.as_int().is_some() => {
                let old = -right.as_int().unwrap_or(0);
                (*base, old)
            }
            other => match other.as_int() {
                Some(value) => return Expr::int(value + n),
                None => (other, 0),
            },
        };
        match old + n {
            0 => base,
            n if n > 0 => Expr::Binary(ArithOp::Add, Box::new(base), Box::new(Expr::int(n))),
            n => Expr::Binary(ArithOp::Sub, Box::new(base), Box::new(Expr::int(-n))),
        }
    }
}

impl Relation {
    /// The relation with its sides exchanged.
    pub fn flipped(self) -> Relation {
        match self {
            Relation::Lt => Relation::Gt,
            Relation::Le => Relation::Ge,
            Relation::Gt => Relation::Lt,
            Relation::Ge => Relation::Le,
            same => same,
        }
    }

    /// The opposite.
    pub fn negated(self) -> Relation {
        match self {
            Relation::Eq => Relation::Ne,
            Relation::Ne => Relation::Eq,
            Relation::Lt => Relation::Ge,
            Relation::Le => Relation::Gt,
            Relation::Gt => Relation::Le,
            Relation::Ge => Relation::Lt,
        }
    }
}

impl Cond {
    /// The opposite condition, in the plainest form.
    pub fn negated(self) -> Cond {
        match self {
            Cond::Relation(left, relation, right) => Cond::Relation(left, relation.negated(), right),
            Cond::Not(inner) => *inner,
            Cond::And(parts) => Cond::Or(parts.into_iter().map(Cond::negated).collect()),
            Cond::Or(parts) => Cond::And(parts.into_iter().map(Cond::negated).collect()),
            other => Cond::Not(Box::new(other)),
        }
    }

    /// All of `parts`; nested conjunctions are flattened. `parts` must not be empty.
    pub fn all(parts: Vec<Cond>) -> Cond {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Cond::And(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Cond::And(flat) }
    }

    /// Any of `parts`; nested disjunctions are flattened. `parts` must not be empty.
    pub fn any(parts: Vec<Cond>) -> Cond {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Cond::Or(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Cond::Or(flat) }
    }

    /// `left relation right`, with a literal on the right.
    pub fn compare(left: Expr, relation: Relation, right: Expr) -> Cond {
        let literal = |e: &Expr| matches!(e, Expr::Number(_) | Expr::Text(_) | Expr::Figurative(_));
        if literal(&left) && !literal(&right) {
            return Cond::Relation(right, relation.flipped(), left);
        }
        Cond::Relation(left, relation, right)
    }

    /// `left relation right`.
    pub fn relation(left: impl Into<Expr>, relation: Relation, right: impl Into<Expr>) -> Cond {
        Cond::Relation(left.into(), relation, right.into())
    }

    /// A condition that always holds, or never does.
    pub fn constant(holds: bool) -> Cond {
        Cond::Relation(Expr::int(1), if holds { Relation::Eq } else { Relation::Ne }, Expr::int(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_with_literals_are_folded() {
        let n = || Expr::from(Ref::item("N"));
        assert_eq!(n().offset(1).offset(-1), n());
        assert_eq!(n().offset(2).minus(n()), Expr::int(2));
        assert_eq!(n().minus(Expr::int(3)).offset(1), n().offset(-2));
    }

    #[test]
    fn negation_follows_de_morgan() {
        let less = |n| Cond::relation(Ref::item("N"), Relation::Lt, Expr::int(n));
        let both = Cond::all(vec![less(1), less(2)]);
        let neither = Cond::Or(vec![less(1).negated(), less(2).negated()]);
        assert_eq!(both.negated(), neither);
        assert_eq!(less(1).negated().negated(), less(1));
    }

    #[test]
    fn literals_stand_on_the_right() {
        let n = Expr::from(Ref::item("N"));
        assert_eq!(
            Cond::compare(Expr::int(1), Relation::Lt, n.clone()),
            Cond::Relation(n, Relation::Gt, Expr::int(1))
        );
    }
}
