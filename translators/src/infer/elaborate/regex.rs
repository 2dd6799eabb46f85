//! Regular expressions: patterns that are known become trees, matches are asked by intrinsics.

use super::super::cells::Head;
use super::super::generate::literal_int;
use super::super::regex::{Operation, PatternValue, RegexCall, regex_call};
use super::expr::unexpected_at;
use super::library::Call;
use super::{Elaborator, Outcome, build};
use grammars::ir::{Expr, ExprKind, Intrinsic, LibraryType, Regex, Type};
use grammars::python::regex::parse_replacement;
use grammars::surface;
use grammars::{Rejection, Span};

impl<'m> Elaborator<'_, 'm> {
    /// A call of `re`, of a pattern's method or of a match's; `None` for any other.
    pub(super) fn regex(&mut self, call: &Call<'_, 'm>) -> Outcome<Option<Expr>> {
        let head = call.args.first().and_then(|a| self.facts.cell_of(a)).map(|c| self.facts.cells.head(c));
        let compiled = match head {
            Some(Head::Library(LibraryType::Match, _)) if call.path.starts_with('.') => {
                return self.asked_match(call).map(Some);
            }
            Some(Head::Library(LibraryType::Regex, _)) => call.path.starts_with('.'),
            _ => false,
        };
        let keywords: Vec<(&str, &surface::Expr)> =
            call.keywords.iter().map(|(name, e)| (name.as_str(), e)).collect();
        let Some(regex) = regex_call(call.path, compiled, &call.args, &keywords) else { return Ok(None) };
        self.regex_operation(call, &regex).map(Some)
    }

    fn regex_operation(&mut self, call: &Call<'_, 'm>, regex: &RegexCall<'m>) -> Outcome<Expr> {
        let span = call.e.span;
        let value = self.facts.pattern_of(regex)?;
        let known = match &value {
            PatternValue::Known(regex) => Some(regex.clone()),
            _ => None,
        };
        let pattern = self.pattern(regex, value)?;
        if regex.operation == Operation::Compile {
            return Ok(pattern);
        }
        let text = self.expr_as(regex.text.ok_or_else(|| unexpected_at(span))?, &Type::Str)?;
        let ty = self.own_type(call.e)?;
        let op = match regex.operation {
            Operation::Find(anchor) => Intrinsic::RegexFind(anchor),
            Operation::FindAll => Intrinsic::RegexFindAll,
            Operation::FindEach => Intrinsic::RegexFindEach,
            Operation::Split => {
                if known.as_ref().is_some_and(|known| known.groups > 0) {
                    let message = "A pattern that splits text has groups, which would be kept.";
                    return Err(Rejection::new("infer.regex", span, message));
                }
                let mut args = vec![pattern, text];
                args.extend(self.regex_count(regex)?);
                return Ok(build::intrinsic(Intrinsic::RegexSplit, args, ty, span));
            }
            Operation::Replace => return self.regex_replace(regex, known.as_ref(), (pattern, text), span),
            Operation::Compile => return Err(unexpected_at(span)),
        };
        Ok(build::intrinsic(op, vec![pattern, text], ty, span))
    }

    fn pattern(&mut self, call: &RegexCall<'m>, value: PatternValue) -> Outcome<Expr> {
        let (span, ty) = (call.pattern.span, Type::Library(LibraryType::Regex));
        Ok(match value {
            PatternValue::Known(regex) => {
                build::intrinsic(Intrinsic::Regex(Box::new(regex)), Vec::new(), ty, span)
            }
            PatternValue::Compiled(_) => {
                let value = self.expr(call.pattern)?;
                self.unwrapped(value)
            }
            PatternValue::Text => {
                let text = self.expr_as(call.pattern, &Type::Str)?;
                build::intrinsic(Intrinsic::RegexOf, vec![text], ty, span)
            }
            PatternValue::Unknown => {
                let message = "Nothing tells what the pattern of a regular expression is.";
                return Err(Rejection::new("infer.unknown-type", span, message));
            }
        })
    }

    /// The greatest number of replacements or cuts; 0 means all of them.
    fn regex_count(&mut self, call: &RegexCall<'m>) -> Outcome<Option<Expr>> {
        let Some(count) = call.count else { return Ok(None) };
        let count = self.expr_as(count, &Type::Int)?;
        Ok((count.kind != ExprKind::Int(0)).then_some(count))
    }

    fn regex_replace(
        &mut self,
        call: &RegexCall<'m>,
        known: Option<&Regex>,
        (pattern, text): (Expr, Expr),
        span: Span,
    ) -> Outcome<Expr> {
        let replacement = call.replacement.ok_or_else(|| unexpected_at(span))?;
        let mut args = vec![pattern];
        let constant = self.facts.constant_text(replacement).filter(|text| text.contains('\\'));
        let op = match (constant, known) {
            (Some(text), Some(known)) => {
                let parts = parse_replacement(&text, known)
                    .map_err(|m| Rejection::new("infer.regex", replacement.span, m))?;
                Intrinsic::RegexExpand(parts)
            }
            (Some(_), None) => {
                let message = "The replacement names groups of a pattern that is known only at run time.";
                return Err(Rejection::new("infer.regex", replacement.span, message));
            }
            (None, _) => {
                let value = self.expr(replacement)?;
                let plain = match &value.kind {
                    ExprKind::Str(_) => true,
                    _ => matches!(value.ty, Type::Function { .. }),
                };
                if !plain {
                    let message = "The replacement of a regular expression is computed, and may name groups.";
                    return Err(Rejection::new("infer.regex", replacement.span, message));
                }
                args.push(value);
                Intrinsic::RegexReplace
            }
        };
        args.push(text);
        args.extend(self.regex_count(call)?);
        Ok(build::intrinsic(op, args, Type::Str, span))
    }

    /// A method of a match.
    fn asked_match(&mut self, call: &Call<'_, 'm>) -> Outcome<Expr> {
        let span = call.e.span;
        let (receiver, rest) = call.args.split_first().ok_or_else(|| unexpected_at(span))?;
        let found = self.expr(receiver)?;
        let found = self.unwrapped(found);
        let number = rest.first().map_or(Some(0), |e| literal_int(e));
        let number = number.and_then(|n| usize::try_from(n).ok()).ok_or_else(|| unexpected_at(span))?;
        let ty = self.own_type(call.e)?;
        let op = match call.path {
            ".group" => Intrinsic::MatchGroup(number),
            ".groups" => Intrinsic::MatchGroups,
            ".start" => Intrinsic::MatchStart(number),
            ".end" => Intrinsic::MatchEnd(number),
            ".span" if build::is_repeatable(&found) => {
                let ends = [Intrinsic::MatchStart(number), Intrinsic::MatchEnd(number)];
                let end = |op| build::intrinsic(op, vec![found.clone()], Type::Int, span);
                return Ok(build::expr(ExprKind::Tuple(ends.map(end).to_vec()), ty, span));
            }
            _ => return Err(unexpected_at(span)),
        };
        Ok(build::intrinsic(op, vec![found], ty, span))
    }
}
