# Loads a program and its tests as a person would, and says on standard output how far they came.
# Arguments: the line that proves it, and the files in order.
module Harness

using Test

const OUT = stdout
const SEAL = popfirst!(ARGS)
const FILES = splice!(ARGS, 1:length(ARGS))

say(stage) = println(OUT, "\n", SEAL, " ", stage)

# Throws where Julia's own parser does not take the text.
function check_syntax(path)
    text = read(path, String)
    position = 1
    while position <= ncodeunits(text)
        expression, position = Meta.parse(text, position)
        if expression isa Expr && expression.head === :incomplete
            throw(Meta.ParseError(string(expression.args[1])))
        end
    end
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

function load(path, stage)
    try
        Base.include(Main, path)
    catch e
        e = cause(e)
        showerror(stderr, e)
        say(is_wrong(e) ? "wrong" : limit(e))
        exit(1)
    end
    say(stage)
end

function main()
    try
        foreach(check_syntax, FILES)
    catch e
        showerror(stderr, e)
        say("syntax")
        exit(1)
    end
    say("compile")
    load(FILES[1], "run")
    if length(FILES) > 1
        load(FILES[2], "tests")
    end
end

end

Harness.main()
