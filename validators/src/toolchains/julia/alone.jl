# Judges one program in a process of its own. Arguments: the files, in order.
include("harness.jl")

let texts = map(file -> read(file, String), splice!(ARGS, 1:length(ARGS)))
    exit(Harness.judge(Main, texts, Harness.take_from_environment("CALQUE_SEAL")))
end
