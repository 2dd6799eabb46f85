# Judges programs in processes that are forked off this one, in which everything is loaded.
#
# Numbers have four bytes, least significant first; a text follows its length. A request: the CPU milliseconds
# that a program may take, its MiB of memory and bytes of output; how many programs; for each its seal, how many texts
# (1 or 2), and these. The answer holds for each program a number: 0 (it is for a process alone to decide), 1 (all
# went well), 2 or 3 (a process alone would end with code 0 or 1), then its CPU milliseconds, what it wrote to
# standard output, and to standard error.
#
# Descriptors 3 and 4 are those of requests and answers. Standard output and standard error are files, since
# nothing else of what Julia writes to works in a forked process.
include("harness.jl")
include("sharing.jl")

module Server

using ..Harness, ..Sharing
using Printf

const REQUESTS, ANSWERS = Cint(3), Cint(4)
const PR_SET_DUMPABLE = 4
const SIGKILL = 9
const RLIMIT_FSIZE, RLIMIT_DATA, RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_NOFILE = 1, 2, 4, 6, 7
const TICK_MS = 20
const PAGE = ccall(:getpagesize, Cint, ())

struct Program
    seal::String
    texts::Vector{String}
end

# What a program may use.
struct Limits
    cpu_ms::Int
    memory::Int
    output::Int
end

mutable struct Verdict
    kind::Int
    cpu_ms::Int
    out::Vector{UInt8}
    err::Vector{UInt8}
end

Verdict() = Verdict(0, 0, UInt8[], UInt8[])

function read_bytes(from, count)
    bytes = Vector{UInt8}(undef, count)
    have = 0
    while have < count
        got = ccall(:read, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), from, pointer(bytes, have + 1), count - have)
        got <= 0 && return nothing
        have += got
    end
    return bytes
end

function write_bytes(to, bytes)
    done = 0
    while done < length(bytes)
        put = ccall(:write, Cssize_t, (Cint, Ptr{UInt8}, Csize_t), to, pointer(bytes, done + 1), length(bytes) - done)
        put <= 0 && leave(2)
        done += put
    end
end

number(bytes) = Int(bytes[1]) | Int(bytes[2]) << 8 | Int(bytes[3]) << 16 | Int(bytes[4]) << 24
bytes_of(n) = UInt8[(n >> shift) & 0xff for shift in (0, 8, 16, 24)]
leave(code) = ccall(:_exit, Cvoid, (Cint,), code)

with_length(bytes) = vcat(bytes_of(length(bytes)), bytes)
close_descriptor(descriptor) = ccall(:close, Cint, (Cint,), descriptor)

# The parts of a request, one after the other.
mutable struct Reader
    bytes::Vector{UInt8}
    at::Int
end

function take_number(reader)
    reader.at += 4
    return number(view(reader.bytes, reader.at-4:reader.at-1))
end

function take_text(reader)
    count = take_number(reader)
    reader.at += count
    return String(reader.bytes[reader.at-count:reader.at-1])
end

# Julia writes compiled code by a descriptor of its process's memory, which in a forked process is still that of
# the process it comes from.
function memory_descriptors()
    found = Cint[]
    for name in readdir("/proc/self/fd")
        target = try readlink("/proc/self/fd/" * name) catch; "" end
        startswith(target, "/proc/") && endswith(target, "/mem") && push!(found, parse(Cint, name))
    end
    return found
end

function repair(descriptors)
    ccall(:prctl, Cint, (Cint, Culong, Culong, Culong, Culong), PR_SET_DUMPABLE, 1, 0, 0, 0)
    for descriptor in descriptors
        own = ccall(:open, Cint, (Cstring, Cint), "/proc/self/mem", 2)
        ccall(:dup2, Cint, (Cint, Cint), own, descriptor)
        close_descriptor(own)
    end
end

set_limit(which, most) = ccall(:setrlimit, Cint, (Cint, Ptr{Culong}), which, Culong[most, most])

# No other processes, no large files, no more memory than a process alone may have, no way to its neighbours.
function set_limits(limits)
    set_limit(RLIMIT_NPROC, 0)
    set_limit(RLIMIT_FSIZE, 2 * limits.output)
    set_limit(RLIMIT_DATA, 2 * limits.memory)
    set_limit(RLIMIT_NOFILE, 64)
    close_descriptor(REQUESTS)
    close_descriptor(ANSWERS)
end

# A file in memory in place of standard output or standard error. Julia writes to a copy of the descriptor.
function memory_file(stream, descriptor)
    file = ccall(:memfd_create, Cint, (Cstring, Cuint), "output", 0)
    foreach(replaced -> ccall(:dup2, Cint, (Cint, Cint), file, replaced), (descriptor, fd(stream)))
    return file
end

function rewind(file)
    ccall(:ftruncate, Cint, (Cint, Clong), file, 0)
    ccall(:lseek, Clong, (Cint, Clong, Cint), file, 0, 0)
end

function contents(file, most)
    size = ccall(:lseek, Clong, (Cint, Clong, Cint), file, 0, 2)
    size > most && return nothing
    ccall(:lseek, Clong, (Cint, Clong, Cint), file, 0, 0)
    return read_bytes(file, size)
end

# The clock of another process's CPU time, as the kernel numbers it.
clock_of(child) = (~child << 3) | 2

function cpu_ms(clock)
    spec = Clong[0, 0]
    ccall(:clock_gettime, Cint, (Cint, Ptr{Clong}), clock, spec) == 0 || return 0
    return spec[1] * 1000 + spec[2] ÷ 1_000_000
end

function resident(child)
    statm = try read("/proc/$child/statm", String) catch; return 0 end
    fields = split(statm)
    return length(fields) > 1 ? parse(Int, fields[2]) * PAGE : 0
end

is_over(child, clock, start, limits) = cpu_ms(clock) - start > limits.cpu_ms || resident(child) > limits.memory

# Waits for the next byte from a child: `nothing` if it ends or is at its limit before.
function next_byte(reading, child, limits)
    clock = clock_of(child)
    start = cpu_ms(clock)
    poll = UInt64[UInt64(reading) | UInt64(1) << 32]
    while true
        if ccall(:poll, Cint, (Ptr{UInt64}, Culong, Cint), poll, 1, TICK_MS) > 0
            byte = read_bytes(reading, 1)
            return byte === nothing ? nothing : byte[1]
        end
        if is_over(child, clock, start, limits)
            ccall(:kill, Cint, (Cint, Cint), child, SIGKILL)
            return nothing
        end
    end
end

# Does `work` with these arguments and the end of a pipe in a child; returns its process and the other end. What
# a child does has all been done in this process before: what a child compiles is lost with it.
function fork(work, limits, arguments...)
    ends = Cint[0, 0]
    ccall(:pipe, Cint, (Ptr{Cint},), ends)
    child = ccall(:fork, Cint, ())
    if child == 0
        repair(MEMORY)
        close_descriptor(ends[1])
        set_limits(limits)
        try
            work(arguments..., ends[2])
        catch
            leave(1)
        end
        leave(0)
    end
    close_descriptor(ends[2])
    child < 0 && leave(2)
    return child, ends[1]
end

# Ends a child.
function finish(child, reading)
    close_descriptor(reading)
    status = Cint[0]
    ccall(:kill, Cint, (Cint, Cint), child, SIGKILL)
    ccall(:waitpid, Cint, (Cint, Ptr{Cint}, Cint), child, status, 0)
end

# What a child says of a program: it went well beside others, it needs a process forked for it, or one of its own.
const SHARED, SOLO, ALONE = 0x01, 0x02, 0x03

# Loads a program into a module of its own, where its text allows that.
function attempt(program)
    texts = try
        map(Harness.expressions, program.texts)
    catch
        return SOLO
    end
    swallows = any(text -> any(x -> Harness.swallows(x, false), text), texts)
    if swallows || !Sharing.may_share(texts)
        return Sharing.may_fork(texts) ? SOLO : ALONE
    end
    m = Module(:Program)
    try
        foreach(text -> include_string(m, text, "program.jl"), program.texts)
    catch
        return SOLO
    end
    return Harness.Test.get_testset_depth() == 0 ? SHARED : ALONE
end

# Loads programs one after the other and says of each how it went, with what it wrote to standard error.
function attempt_all(programs, limits, out, err, writing)
    for program in programs
        rewind(out)
        rewind(err)
        said = attempt(program)
        flush(stdout)
        flush(stderr)
        written = contents(err, limits.output)
        (contents(out, limits.output) === nothing || written === nothing) && (said = ALONE; written = UInt8[])
        write_bytes(writing, vcat([said], bytes_of(length(written)), written))
        # What failed may have left something behind.
        said === SHARED || leave(0)
    end
end

# Judges programs in one child after another, each of which takes as many as go well. Returns those for a
# child of their own.
function judge_together(programs, limits, verdicts)
    next = 1
    solo = Int[]
    while next <= length(programs)
        out, err = memory_file(stdout, 1), memory_file(stderr, 2)
        child, reading = fork(attempt_all, limits, programs[next:end], limits, out, err)
        said = SHARED
        while said === SHARED && next <= length(programs)
            before = cpu_ms(clock_of(child))
            said = next_byte(reading, child, limits)
            head = said === nothing ? nothing : read_bytes(reading, 4)
            head === nothing || (verdicts[next].err = something(read_bytes(reading, number(head)), UInt8[]))
            verdicts[next].cpu_ms = max(cpu_ms(clock_of(child)) - before, 0)
            said === SHARED && head !== nothing && (verdicts[next].kind = 1)
            said === SOLO && push!(solo, next)
            next += 1
        end
        finish(child, reading)
        foreach(close_descriptor, (out, err))
    end
    return solo
end

# Says with which code a process alone would end.
function conclude(m, program, writing)
    code = Harness.judge(m, program.texts, program.seal, MEANING)
    flush(stdout)
    flush(stderr)
    write_bytes(writing, [UInt8(code)])
end

# Judges one program in a child of its own, as a process alone would.
function judge_solo(program, limits, verdict)
    out, err = memory_file(stdout, 1), memory_file(stderr, 2)
    child, reading = fork(conclude, limits, Main, program)
    code = next_byte(reading, child, limits)
    verdict.cpu_ms += cpu_ms(clock_of(child))
    finish(child, reading)
    written, told = contents(out, limits.output), contents(err, limits.output)
    if code in (0x00, 0x01) && written !== nothing && told !== nothing
        verdict.kind, verdict.out, verdict.err = 2 + code, written, told
    end
    foreach(close_descriptor, (out, err))
end

function answer(request)
    reader = Reader(request, 1)
    limits = Limits(take_number(reader), take_number(reader) << 20, take_number(reader))
    programs = [Program(take_text(reader), [take_text(reader) for _ in 1:take_number(reader)]) for _ in 1:take_number(reader)]
    verdicts = [Verdict() for _ in programs]
    for index in judge_together(programs, limits, verdicts)
        judge_solo(programs[index], limits, verdicts[index])
    end
    for verdict in verdicts
        verdict.kind == 0 && (verdict.err = UInt8[])
    end
    return vcat(UInt8[], (vcat(bytes_of(v.kind), bytes_of(v.cpu_ms), with_length(v.out), with_length(v.err)) for v in verdicts)...)
end

# Everything that a child runs is run once here, so that none has to compile it.
function warm_up()
    program = Program("", ["\"Twice.\"\nfunction f(x::Int)::Int\n    return 2x\nend\n", "using Test\n@testset \"f\" begin\n    @test f(2) == 4\nend\n"])
    limits = Limits(60_000, 8 << 30, 1 << 20)
    out, err = memory_file(stdout, 1), memory_file(stderr, 2)
    for _ in 1:2
        attempt_all([program], limits, out, err, out)
        conclude(Module(:Program), program, out)
        judge_together([program], limits, [Verdict()])
        judge_solo(program, limits, Verdict())
    end
    repair(MEMORY)
    is_over(ccall(:getpid, Cint, ()), clock_of(0), 0, limits)
    set_limit(RLIMIT_CORE, 0)
    close_descriptor(Cint(-1))
    precompile(set_limits, (Limits,))
    foreach(close_descriptor, (out, err))
    GC.gc()
end

# What has been compiled stays so; what comes is interpreted, as in the first step of a process alone.
function interpret_from_here()
    options = cglobal(:jl_options, Base.JLOptions)
    field = Base.fieldindex(Base.JLOptions, :compile_enabled)
    unsafe_store!(Ptr{Int8}(options) + fieldoffset(Base.JLOptions, field), Int8(3))
end

function serve()
    warm_up()
    interpret_from_here()
    # What the children run shall not reach into this process by /proc.
    ccall(:prctl, Cint, (Cint, Culong, Culong, Culong, Culong), PR_SET_DUMPABLE, 0, 0, 0, 0)
    write_bytes(ANSWERS, with_length(Vector{UInt8}("ready")))
    while true
        head = read_bytes(REQUESTS, 4)
        head === nothing && leave(0)
        write_bytes(ANSWERS, with_length(answer(read_bytes(REQUESTS, number(head)))))
    end
end

const MEMORY = memory_descriptors()
const MEANING = Harness.Meaning()

end

Server.serve()
