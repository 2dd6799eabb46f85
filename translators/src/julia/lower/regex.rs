//! Regular expressions. Julia's are PCRE's, which mean what Python's mean once a few signs are
//! written differently (see `print/regex.rs`).

use super::{Lower, Lowering, reject};
use crate::julia::tree::{Clause, ComprehensionForm, Expr, Type};
use grammars::Span;
use grammars::ir::visit::{Visit, walk_expr};
use grammars::ir::{self, ExprKind, Intrinsic, Regex, RegexAnchor, RegexNode, RegexPlace, RegexReplacement};

/// Texts that Python and Julia take apart differently.
const EMPTY_MATCHES: &str = "replacing or splitting where the pattern can match nothing";

impl Lower<'_> {
    /// An operation of regular expressions; `None` where `op` is none.
    pub(super) fn regex(
        &mut self,
        op: &Intrinsic,
        args: &[ir::Expr],
        expr: &ir::Expr,
    ) -> Lowering<Option<Expr>> {
        Ok(Some(match op {
            Intrinsic::Regex(regex) => Expr::Regex(regex.clone()),
            Intrinsic::RegexOf => {
                self.note_domain("patterns that are given to the program are written as PCRE reads them");
                Expr::call(Expr::Type(Type::plain("Regex")), vec![self.lower_expr(&args[0])?])
            }
            Intrinsic::RegexFind(anchor) => self.find_match(*anchor, args, "match")?,
            Intrinsic::RegexFindAll => self.find_all(args, &expr.ty)?,
            Intrinsic::RegexFindEach => self.each_match(args)?,
            Intrinsic::RegexReplace => self.regex_replace(args, expr.span)?,
            Intrinsic::RegexExpand(parts) => self.regex_expand(parts, args, expr.span)?,
            Intrinsic::RegexSplit => self.regex_split(args, expr.span)?,
            Intrinsic::MatchGroup(group) => self.match_group(*group, &args[0])?,
            Intrinsic::MatchGroups => self.match_groups(&args[0], expr)?,
            Intrinsic::MatchStart(group) => {
                let found = self.simple_match(&args[0])?;
                or_absent(&found, *group, start_of(&found, *group))
            }
            Intrinsic::MatchEnd(group) => {
                let found = self.simple_match(&args[0])?;
                let length = Expr::base_call("length", vec![captured(&found, *group)]);
                or_absent(&found, *group, Expr::binary("+", start_of(&found, *group), length))
            }
            _ => return Ok(None),
        }))
    }

    /// Whether the text has a match: `occursin`, where that can say it.
    pub(super) fn has_match(&mut self, value: &ir::Expr) -> Lowering<Option<Expr>> {
        let ExprKind::Intrinsic { op: Intrinsic::RegexFind(anchor), args } = &value.kind else {
            return Ok(None);
        };
        let known = matches!(args[0].kind, ExprKind::Intrinsic { op: Intrinsic::Regex(_), .. });
        if *anchor != RegexAnchor::Anywhere && !known {
            return Ok(None);
        }
        self.find_match(*anchor, args, "occursin").map(Some)
    }

    fn find_match(
        &mut self,
        anchor: RegexAnchor,
        args: &[ir::Expr],
        function: &'static str,
    ) -> Lowering<Expr> {
        let text = self.lower_expr(&args[1])?;
        if let Some(regex) = literal(&args[0]) {
            let anchored = Expr::Regex(Box::new(anchored(regex, anchor)));
            return Ok(Expr::base_call(function, vec![anchored, text]));
        }
        let mut call = vec![self.lower_loose(&args[0])?, text];
        let option = |name: &str| {
            let pcre = Expr::Field(Box::new(Expr::Base("Base")), "PCRE".into());
            Expr::Field(Box::new(pcre), name.into())
        };
        match anchor {
            RegexAnchor::Anywhere => {}
            RegexAnchor::Start => call.extend([Expr::Int(1), option("ANCHORED")]),
            RegexAnchor::Whole => {
                let both = Expr::binary("|", option("ANCHORED"), option("ENDANCHORED"));
                call.extend([Expr::Int(1), both]);
            }
        }
        Ok(Expr::base_call(function, call))
    }

    fn each_match(&mut self, args: &[ir::Expr]) -> Lowering<Expr> {
        let (regex, text) = (self.lower_loose(&args[0])?, self.lower_expr(&args[1])?);
        Ok(Expr::base_call("eachmatch", vec![regex, text]))
    }

    /// `String[m.match for m in eachmatch(regex, text)]`.
    fn find_all(&mut self, args: &[ir::Expr], ty: &ir::Type) -> Lowering<Expr> {
        let iter = self.each_match(args)?;
        let found = Expr::Local(self.fresh(&["m", "found"]));
        let item = ty.element().unwrap_or(ir::Type::Str);
        let regex = self.known(&args[0]).cloned();
        let regex = regex.as_ref();
        let group = |group: usize| match regex.is_none_or(|r| is_optional(r, group)) {
            true => Expr::base_call("something", vec![captured(&found, group), Expr::text("")]),
            false => captured(&found, group),
        };
        let element = match &item {
            ir::Type::Tuple(items) => Expr::Tuple((1..=items.len()).map(group).collect()),
            // A pattern in a variable keeps to itself whether it has a group.
            _ if regex.is_none() => {
                return reject("julia.regex", args[0].span, "`findall` of a pattern in a variable");
            }
            _ => captured_or(regex.map_or(0, |r| r.groups), &found, group),
        };
        let clauses = vec![Clause { target: found, iter, condition: None }];
        let form = ComprehensionForm::Vector(Some(self.ty(&item, args[0].span)?));
        Ok(Expr::Comprehension { form, element: Box::new(element), clauses })
    }

    fn regex_replace(&mut self, args: &[ir::Expr], span: Span) -> Lowering<Expr> {
        self.check_not_empty(&args[0], span)?;
        let regex = self.lower_loose(&args[0])?;
        let replacement = match &args[1].kind {
            ExprKind::Lambda { params, body } if only_whole_match(&params[0].0, body) => {
                let name = params[0].0.clone();
                self.within(std::slice::from_ref(&name), |lower| {
                    lower.scope.matched.insert(name.clone());
                    let body = lower.lower_loose(body)?;
                    Ok(Expr::Lambda(vec![lower.local(&name)], Box::new(body)))
                })?
            }
            _ if matches!(args[1].ty, ir::Type::Function { .. }) => {
                self.replacing(&args[0], &args[1], &regex)?
            }
            _ => self.lower_expr(&args[1])?,
        };
        let text = self.lower_text(&args[2])?;
        let call = Expr::base_call("replace", vec![text, Expr::binary("=>", regex, replacement)]);
        self.at_most(call, args.get(3))
    }

    /// A function of matches, where Julia gives the matched text: that is matched once more.
    fn replacing(&mut self, regex: &ir::Expr, function: &ir::Expr, lowered: &Expr) -> Lowering<Expr> {
        if self.known(regex).is_none_or(|r| depends_on_context(&r.root)) {
            let what = "a function of a match that depends on the text around it";
            return reject("julia.regex", function.span, what);
        }
        let part = Expr::Local(self.fresh(&["part", "found"]));
        let again = Expr::base_call("match", vec![lowered.clone(), part.clone()]);
        let call = Expr::call(self.lower_expr(function)?, vec![again]);
        Ok(Expr::Lambda(vec![part], Box::new(call)))
    }

    fn regex_expand(&mut self, parts: &[RegexReplacement], args: &[ir::Expr], span: Span) -> Lowering<Expr> {
        self.check_not_empty(&args[0], span)?;
        let regex = self.known(&args[0]).cloned();
        let mut pattern = String::new();
        for (at, part) in parts.iter().enumerate() {
            match part {
                RegexReplacement::Text(text) => pattern.push_str(&text.replace('\\', "\\\\")),
                RegexReplacement::Group(group) if regex.as_ref().is_none_or(|r| is_optional(r, *group)) => {
                    return reject("julia.regex", span, "a replacement by a group that may be absent");
                }
                // A digit behind it would be read as part of the number.
                RegexReplacement::Group(group) => match parts.get(at + 1) {
                    Some(RegexReplacement::Text(text)) if text.starts_with(|c: char| c.is_ascii_digit()) => {
                        pattern.push_str(&format!("\\g<{group}>"));
                    }
                    _ => pattern.push_str(&format!("\\{group}")),
                },
            }
        }
        let (regex, text) = (self.lower_loose(&args[0])?, self.lower_text(&args[1])?);
        let pair = Expr::binary("=>", regex, Expr::Substitution(pattern));
        self.at_most(Expr::base_call("replace", vec![text, pair]), args.get(2))
    }

    /// At most so many replacements; 0 means all of them.
    fn at_most(&mut self, call: Expr, count: Option<&ir::Expr>) -> Lowering<Expr> {
        let Some(count) = count else { return Ok(call) };
        let lowered = self.lower_expr(count)?;
        if count.as_int().is_some_and(|n| n > 0) {
            return Ok(call.keyword("count", lowered));
        }
        if !lowered.is_simple() {
            return reject("julia.regex", count.span, "a computed number of replacements");
        }
        let all = Expr::base_call("typemax", vec![Expr::Type(Type::plain("Int"))]);
        let none = Expr::binary("==", lowered.clone(), Expr::Int(0));
        let limit = Expr::Ternary(Box::new(none), Box::new(all), Box::new(lowered));
        Ok(call.keyword("count", limit))
    }

    fn regex_split(&mut self, args: &[ir::Expr], span: Span) -> Lowering<Expr> {
        self.check_not_empty(&args[0], span)?;
        let (regex, text) = (self.lower_loose(&args[0])?, self.lower_text(&args[1])?);
        let call = Expr::base_call("split", vec![text, regex]);
        Ok(match args.get(2) {
            Some(limit) if limit.as_int().is_some_and(|n| n > 0) => {
                let parts = self.sum(limit, 1)?;
                call.keyword("limit", parts)
            }
            Some(limit) => return reject("julia.regex", limit.span, "a computed number of cuts"),
            None => call,
        })
    }

    /// Python goes on behind an empty match where Julia does not.
    fn check_not_empty(&self, regex: &ir::Expr, span: Span) -> Lowering<()> {
        match self.known(regex) {
            Some(regex) if !regex.root.can_be_empty() => Ok(()),
            _ => reject("julia.regex", span, EMPTY_MATCHES),
        }
    }

    fn match_group(&mut self, group: usize, found: &ir::Expr) -> Lowering<Expr> {
        if let (0, ExprKind::Local(name)) = (group, &found.kind)
            && self.scope.matched.contains(name)
        {
            return Ok(self.local(name));
        }
        Ok(captured(&self.lower_loose(found)?, group))
    }

    fn match_groups(&mut self, found: &ir::Expr, expr: &ir::Expr) -> Lowering<Expr> {
        let found = self.simple_match(found)?;
        let ir::Type::Tuple(items) = &expr.ty else {
            return reject("julia.regex", expr.span, "the groups of a match");
        };
        let group = |(at, ty): (usize, &ir::Type)| match ty {
            ir::Type::Str => Expr::call(Expr::Type(Type::plain("String")), vec![captured(&found, at + 1)]),
            _ => captured(&found, at + 1),
        };
        Ok(Expr::Tuple(items.iter().enumerate().map(group).collect()))
    }

    /// The pattern, where it is written out or a constant of the module holds it.
    fn known<'r>(&'r self, regex: &'r ir::Expr) -> Option<&'r Regex> {
        match &regex.kind {
            ExprKind::Global(name) if !self.is_rebound(name) => {
                let constant = self.module.constants().find(|c| c.name == *name)?;
                literal(&constant.value)
            }
            _ => literal(regex),
        }
    }

    fn simple_match(&mut self, found: &ir::Expr) -> Lowering<Expr> {
        let lowered = self.lower_loose(found)?;
        if lowered.is_simple() { Ok(lowered) } else { reject("julia.regex", found.span, "a computed match") }
    }
}

/// The whole match, or its only group.
fn captured_or(groups: usize, found: &Expr, group: impl Fn(usize) -> Expr) -> Expr {
    if groups == 0 { captured(found, 0) } else { group(1) }
}

fn captured(found: &Expr, group: usize) -> Expr {
    match group {
        0 => Expr::Field(Box::new(found.clone()), "match".into()),
        group => Expr::index(found.clone(), Expr::Int(group as i128)),
    }
}

/// Where a group starts, counted in characters: Julia's offsets count bytes.
fn start_of(found: &Expr, group: usize) -> Expr {
    let field = |name: &str| Expr::Field(Box::new(found.clone()), name.into());
    let offset = match group {
        0 => field("offset"),
        group => Expr::index(field("offsets"), Expr::Int(group as i128)),
    };
    let text = Expr::Field(Box::new(field("match")), "string".into());
    Expr::base_call("length", vec![text, Expr::Int(1), offset.plus(-1)])
}

/// `position`, or -1 where the group captured nothing. A match does not tell which groups are sure to capture.
fn or_absent(found: &Expr, group: usize, position: Expr) -> Expr {
    if group == 0 {
        return position;
    }
    let absent = Expr::base_call("isnothing", vec![captured(found, group)]);
    Expr::Ternary(Box::new(absent), Box::new(Expr::Int(-1)), Box::new(position))
}

/// The pattern, where it is written out.
fn literal(regex: &ir::Expr) -> Option<&Regex> {
    match &regex.kind {
        ExprKind::Intrinsic { op: Intrinsic::Regex(regex), .. } => Some(regex),
        _ => None,
    }
}

fn is_optional(regex: &Regex, group: usize) -> bool {
    regex.root.optional_groups().contains(&group)
}

/// The pattern with what the anchor asks for.
fn anchored(regex: &Regex, anchor: RegexAnchor) -> Regex {
    if anchor == RegexAnchor::Anywhere {
        return regex.clone();
    }
    let mut parts = match regex.root.clone() {
        RegexNode::Sequence(parts) => parts,
        RegexNode::Either(parts) => {
            let body = Box::new(RegexNode::Either(parts));
            vec![RegexNode::Group { number: None, name: None, body }]
        }
        other => vec![other],
    };
    let starts = [RegexNode::Place(RegexPlace::Start), RegexNode::Place(RegexPlace::TextStart)];
    if regex.multi_line {
        parts.insert(0, RegexNode::Place(RegexPlace::TextStart));
    } else if !parts.first().is_some_and(|p| starts.contains(p)) {
        parts.insert(0, RegexNode::Place(RegexPlace::Start));
    }
    let end = RegexNode::Place(RegexPlace::TextEnd);
    if anchor == RegexAnchor::Whole && parts.last() != Some(&end) {
        parts.push(end);
    }
    Regex { root: RegexNode::Sequence(parts), ..regex.clone() }
}

/// Whether the pattern looks at more than the text that it matches.
fn depends_on_context(node: &RegexNode) -> bool {
    match node {
        RegexNode::Place(_) | RegexNode::Look { .. } => true,
        RegexNode::Char(_) | RegexNode::Any | RegexNode::Class { .. } | RegexNode::Reference(_) => false,
        RegexNode::Group { body, .. } | RegexNode::Repeat { body, .. } => depends_on_context(body),
        RegexNode::Sequence(parts) | RegexNode::Either(parts) => parts.iter().any(depends_on_context),
    }
}

/// Whether the body asks the match for nothing but the whole matched text.
fn only_whole_match(name: &str, body: &ir::Expr) -> bool {
    struct Uses<'n> {
        name: &'n str,
        others: usize,
    }
    impl<'m> Visit<'m> for Uses<'_> {
        fn expr(&mut self, expr: &'m ir::Expr) {
            let is_match = |e: &ir::Expr| matches!(&e.kind, ExprKind::Local(n) if n == self.name);
            match &expr.kind {
                ExprKind::Intrinsic { op: Intrinsic::MatchGroup(0), args } if is_match(&args[0]) => {}
                _ => {
                    self.others += usize::from(is_match(expr));
                    walk_expr(self, expr);
                }
            }
        }
    }
    let mut uses = Uses { name, others: 0 };
    uses.expr(body);
    uses.others == 0
}
