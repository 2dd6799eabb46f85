//! The program around a translated procedure: arguments from standard input, the result to standard output.

use super::interface::{Base, Interface, Procedure, Variable};
use super::signature::Parameter;
use std::fmt::Write;

/// The wrapper, or why this procedure cannot stand behind this signature.
pub fn wrapper(interface: &Interface, entry: &str, parameters: &[Parameter]) -> Result<String, String> {
    let called = interface.called(entry);
    let fit = |p: &&&Procedure| -> Option<u32> {
        let given = p.arguments.iter().filter(|a| !a.is_out).collect::<Vec<_>>();
        let fits = given.iter().zip(parameters).map(|(argument, parameter)| parameter.fit(argument));
        if given.len() == parameters.len() { fits.sum() } else { None }
    };
    let procedure = called.iter().filter(|p| fit(p).is_some()).max_by_key(fit).copied();
    let procedure =
        procedure.ok_or_else(|| format!("shape: no procedure `{entry}` suits {parameters:?}: {called:?}"))?;
    Writer { interface, body: String::new(), locals: String::new(), counters: 0 }
        .program(procedure, parameters)
}

struct Writer<'a> {
    interface: &'a Interface,
    body: String,
    locals: String,
    counters: usize,
}

impl Writer<'_> {
    fn program(mut self, procedure: &Procedure, parameters: &[Parameter]) -> Result<String, String> {
        let mut parameters = parameters.iter();
        let alone = parameters.len() == 1;
        let mut outs = Vec::new();
        let mut names = Vec::new();
        for (place, argument) in procedure.arguments.iter().enumerate() {
            let name = format!("argument_{}", place + 1);
            self.declare(&name, argument);
            match parameters.as_slice() {
                _ if argument.is_out => outs.push((name.clone(), argument)),
                [parameter, ..] => {
                    self.read(&name, argument, parameter, alone)?;
                    parameters.next();
                }
                [] => return Err(format!("shape: `{}` has more arguments", procedure.name)),
            }
            names.push(name);
        }
        let arguments = names.join(", ");
        match &procedure.result {
            Some(result) => {
                self.declare("answer", result);
                self.line(&format!("answer = solution({arguments})"));
                self.put("answer", result)?;
            }
            None => {
                self.line(&format!("call solution({arguments})"));
                for (name, variable) in outs {
                    self.put(&name, variable)?;
                }
            }
        }
        let (module, Writer { locals, body, .. }) = (&self.interface.module, &self);
        let uses = format!("  use {module}, solution => {}\n  use stdin_words\n", procedure.name);
        let kinds = "  use, intrinsic :: iso_fortran_env, only: int32, int64, real64\n";
        Ok(format!(
            "program wrapper\n{kinds}{uses}  implicit none\n{locals}\n  call load()\n{body}end program wrapper\n"
        ))
    }

    fn line(&mut self, text: &str) {
        writeln!(self.body, "  {text}").expect("a string takes everything");
    }

    fn declare(&mut self, name: &str, variable: &Variable) {
        let written = match &variable.base {
            Base::Text if variable.rank == 0 || variable.written.contains(['*', ':']) => {
                "character(len=:), allocatable"
            }
            Base::Derived(of) => &format!("type({of})"),
            _ => &variable.written,
        };
        let dimensions = vec![":"; variable.rank].join(", ");
        let shape = if variable.rank == 0 { String::new() } else { format!("({dimensions})") };
        let allocatable =
            if variable.rank > 0 && !written.ends_with("allocatable") { ", allocatable" } else { "" };
        writeln!(self.locals, "  {written}{allocatable} :: {name}{shape}")
            .expect("a string takes everything");
    }

    fn counter(&mut self) -> String {
        self.counters += 1;
        let name = format!("i_{}", self.counters);
        writeln!(self.locals, "  integer :: {name}").expect("a string takes everything");
        name
    }

    /// Reads `target`; a text that is the only argument is the whole input.
    fn read(
        &mut self,
        target: &str,
        variable: &Variable,
        parameter: &Parameter,
        alone: bool,
    ) -> Result<(), String> {
        if parameter.is_array {
            if variable.rank != 1 {
                return Err("shape: an array of another rank".to_owned());
            }
            let length = if variable.base == Base::Text { "character(len=100) :: " } else { "" };
            let length = if variable.written.contains(['*', ':']) { length } else { "" };
            let counter = self.counter();
            self.line(&format!("allocate ({length}{target}(next_integer()))"));
            self.line(&format!("do {counter} = 1, size({target})"));
            self.value(&format!("{target}({counter})"), &variable.base, &variable.written, "next_word()")?;
            self.line("end do");
            return Ok(());
        }
        let text = if alone { "whole_input()" } else { "next_line()" };
        self.value(target, &variable.base, &variable.written, text)
    }

    fn value(&mut self, target: &str, base: &Base, written: &str, text: &str) -> Result<(), String> {
        match base {
            Base::Integer if written.contains("int64") => self.line(&format!("{target} = next_integer()")),
            Base::Integer => self.line(&format!("{target} = int(next_integer())")),
            Base::Real => self.line(&format!("{target} = next_real()")),
            Base::Logical => self.line(&format!("{target} = next_logical()")),
            Base::Text => self.line(&format!("{target} = {text}")),
            Base::Derived(name) => match self.interface.types.get(name).map(Vec::as_slice) {
                Some([(component, variable)]) if variable.rank == 0 => {
                    let (base, written) = (variable.base.clone(), variable.written.clone());
                    return self.value(&format!("{target}%{component}"), &base, &written, text);
                }
                _ => return Err(format!("shape: an argument of type `{name}`")),
            },
        }
        Ok(())
    }

    /// Prints all values in `source`, one a line; `None` for what is absent.
    fn put(&mut self, source: &str, variable: &Variable) -> Result<(), String> {
        if variable.rank > 1 {
            return Err("shape: a result of more than one dimension".to_owned());
        }
        if variable.rank == 1 {
            let counter = self.counter();
            self.line(&format!("do {counter} = 1, size({source})"));
            let item = Variable { rank: 0, ..variable.clone() };
            self.put(&format!("{source}({counter})"), &item)?;
            self.line("end do");
            return Ok(());
        }
        let Base::Derived(name) = &variable.base else {
            self.line(&format!("call put({source})"));
            return Ok(());
        };
        let interface = self.interface;
        let components = interface.types.get(name).ok_or_else(|| format!("shape: no type `{name}`"))?;
        for (component, variable) in components {
            let inner = format!("{source}%{component}");
            let may_be_absent = component == "value";
            if may_be_absent {
                self.line(&format!("if (.not. allocated({inner})) then"));
                self.line("call put(\"None\")");
                self.line("else");
            }
            self.put(&inner, variable)?;
            if may_be_absent {
                self.line("end if");
            }
        }
        Ok(())
    }
}
