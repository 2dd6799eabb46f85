# Loads a program and its tests as a person would, and says on standard output how far they came. Each
# stage is said on a line that begins with the seal, which no program can know: it stands in no file, no
# argument, no environment and no variable but those of the functions that run.
module Harness

using Test

const OUT = stdout

# What checks are made of. A program that gives these names another meaning judges itself.
const NAMES = [
    Symbol("@test"), Symbol("@testset"), Symbol("@test_throws"), Symbol("@assert"), :Test, :(==), :!=, :(===), :!==, :<, :<=, :>,
    :>=, :!, :isequal, :isapprox, :≈, :isless, :throw, :error, :AssertionError, :include, :eval,
]
const FUNCTIONS = Any[
    ==, !=, ===, !==, <, <=, >, >=, !, isequal, isapprox, isless, hash, in, xor, convert, promote_rule, iterate, getindex, length,
    showerror, println, print, string, repr, Base.getproperty, +, -, *, /, ÷, %, ^,
    Test.record, Test.finish, Test.do_test, Test.do_test_throws, Test.eval_test, Test.push_testset, Test.pop_testset,
    Test.get_testset, Test.get_testset_depth, Test.filter_errors, Test.get_test_counts, Test.print_test_results, Test.print_test_errors,
    Test.scrub_backtrace, Test.DefaultTestSet,
]

is_own(m::Module) = m in (Base, Core, Test) || (parentmodule(m) !== m && is_own(parentmodule(m)))

# Whether a type of the program's own is part of a signature.
mentions_own(t) = t isa DataType ? !is_own(t.name.module) || any(mentions_own, t.parameters) :
    t isa Union ? mentions_own(t.a) || mentions_own(t.b) :
    t isa UnionAll ? mentions_own(t.body) :
    t isa TypeVar ? mentions_own(t.ub) : false

# Methods of a function that the program added: their types must be its own, else it changes what others mean.
is_piracy(method, known) = !(method in known) && !mentions_own(Base.tuple_type_tail(Base.unwrap_unionall(method.sig)))

methods_of(f) = f isa Core.Builtin ? Method[] : collect(methods(f))

struct Meaning
    methods::Vector{Any}
end

Meaning() = Meaning(Any[Set{Method}(methods_of(f)) for f in FUNCTIONS])

# Why the checks of a program that is loaded into `m` cannot be believed; `nothing` if they can.
function disbelief(m, meaning)
    for name in NAMES
        isdefined(m, name) || continue
        wanted = name === :Test ? Test : name in (:include, :eval) ? getfield(m, name) : isdefined(Test, name) ? getfield(Test, name) : getfield(Base, name)
        getfield(m, name) === wanted || return "gives `$name` another meaning"
    end
    for (f, known) in zip(FUNCTIONS, meaning.methods)
        any(method -> is_piracy(method, known), methods_of(f)) && return "changes `$f` for types that are not its own"
    end
    return nothing
end

# The expressions of a text; throws where Julia's own parser does not take it.
function expressions(text)
    found = Any[]
    position = 1
    while position <= ncodeunits(text)
        expression, position = Meta.parse(text, position)
        if expression isa Expr && expression.head === :incomplete
            throw(Meta.ParseError(string(expression.args[1])))
        end
        push!(found, expression)
    end
    return found
end

# A check below a `catch` or one that need not hold: its failure would go unnoticed.
swallows(x, below) = false
function swallows(x::Expr, below)
    if x.head === :macrocall
        name = string(x.args[1])
        any(end_ -> endswith(name, end_), ("@test_broken", "@test_skip")) && return true
        below && any(end_ -> endswith(name, end_), ("@testset", "@assert")) && return true
    end
    if x.head === :try
        return swallows(x.args[1], below || x.args[3] !== false) || any(y -> swallows(y, below), x.args[2:end])
    end
    return any(y -> swallows(y, below), x.args)
end

cause(e) = e isa LoadError ? cause(e.error) : e

# A check that failed, as against one that could not be made.
function is_wrong(e)
    if e isa Test.TestSetException
        return e.fail > 0
    end
    return e isa Test.FallbackTestSetException || e isa AssertionError
end

# What kept the program from an answer, where it is one of the machine's limits. A test set keeps the
# errors of its checks as text.
function limit(e)
    shown = e isa Test.TestSetException ? [r.value for r in e.errors_and_fails if r isa Test.Error] : [string(typeof(e))]
    mentions(name) = any(text -> occursin(name, text), shown)
    return mentions("StackOverflowError") ? "overflow" : mentions("OutOfMemoryError") ? "memory" : "crash"
end

# Loads the texts into `m` and returns the exit code. The second text, if there is one, are the tests.
function judge(m, texts, seal, meaning = Meaning())
    say(stage) = println(OUT, "\n", seal, " ", stage)
    function refuse(stage, e)
        showerror(stderr, e)
        say(stage)
        return 1
    end
    parsed = try
        map(expressions, texts)
    catch e
        return refuse("syntax", e)
    end
    say("compile")
    for (text, name, stage) in zip(texts, ("program.jl", "tests.jl"), ("run", "tests"))
        try
            include_string(m, text, "/program/" * name)
        catch e
            e = cause(e)
            return refuse(is_wrong(e) ? "wrong" : limit(e), e)
        end
        why = disbelief(m, meaning)
        if stage == "tests" && any(x -> swallows(x, false), parsed[2])
            why = "keeps a check that fails from being noticed"
        end
        why === nothing || return refuse("wrong", ErrorException("it $why"))
        say(stage)
    end
    return 0
end

# The value of a variable of the environment, of which then nothing is left.
function take_from_environment(name)
    address = ccall(:getenv, Ptr{UInt8}, (Cstring,), name)
    value = unsafe_string(address)
    foreach(i -> unsafe_store!(address, 0x00, i), 1:ncodeunits(value))
    return value
end

end
