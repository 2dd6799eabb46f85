//! Random numbers: the same distributions, other numbers.

use super::{Lower, Lowering};
use crate::julia::tree::{Expr, Type};
use grammars::ir::{self, Intrinsic, LibraryType};

impl Lower<'_> {
    /// An operation of `random`; `None` where `op` is none.
    pub(super) fn random(&mut self, op: &Intrinsic, args: &[ir::Expr]) -> Lowering<Option<Expr>> {
        use Intrinsic::*;
        if !matches!(
            op,
            RandomSeed
                | RandomNew
                | RandomFloat
                | RandomInt
                | RandomBetween
                | RandomChoice
                | RandomShuffle
                | RandomSample
        ) {
            return Ok(None);
        }
        self.note_domain(
            "random numbers are drawn from the same distributions, but are others than Python's",
        );
        let has_generator = args.first().is_some_and(|a| a.ty == ir::Type::Library(LibraryType::Random));
        let (generator, rest) = args.split_at(usize::from(has_generator));
        let generator = self.lower_exprs(generator)?;
        let drawn = |from: Vec<Expr>| Expr::base_call("rand", [generator.clone(), from].concat());
        let values = self.lower_exprs(rest)?;
        Ok(Some(match (op, values.as_slice()) {
            (RandomSeed, _) => {
                let seed = Expr::Field(Box::new(self.random_name("Random")), "seed!".into());
                Expr::call(seed, values)
            }
            (RandomNew, _) => {
                self.uses_random = true;
                Expr::call(Expr::Type(Type::plain("MersenneTwister")), values)
            }
            (RandomInt, [low, high]) => drawn(vec![Expr::range(low.clone(), high.clone())]),
            (RandomBetween, [low, high]) => {
                self.check_repeatable(&rest[0])?;
                let width = Expr::binary("-", high.clone(), low.clone());
                Expr::binary("+", low.clone(), Expr::binary("*", width, drawn(Vec::new())))
            }
            (RandomChoice, [items]) => {
                let item = drawn(vec![items.clone()]);
                if rest[0].ty == ir::Type::Str { Expr::base_call("string", vec![item]) } else { item }
            }
            (RandomShuffle, [items]) => {
                let shuffle = self.random_name("shuffle!");
                Expr::call(shuffle, [generator, vec![items.clone()]].concat())
            }
            (RandomSample, [items, count]) => {
                let shuffle = self.random_name("shuffle");
                let mixed = Expr::call(shuffle, [generator, vec![items.clone()]].concat());
                Expr::index(mixed, Expr::range(Expr::Int(1), count.clone()))
            }
            _ => drawn(Vec::new()),
        }))
    }

    /// A name of the module `Random`.
    fn random_name(&mut self, name: &'static str) -> Expr {
        self.uses_random = true;
        Expr::Base(name)
    }
}
