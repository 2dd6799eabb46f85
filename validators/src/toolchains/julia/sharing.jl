# Which programs may be loaded where others have been, as their text shows: those that use nothing but what is
# listed here and what they define themselves, in modules of their own.
module Sharing

# Names of Base that compute and do nothing else. Whatever else Base, Core or Test define is not on the list.
const NAMES = Set(Symbol.(split("""
    ! != !== % & * + - / // : < << <= == === => > >= >> >>> \\ ^ | ~ ÷ ∈ ∉ ∋ ∌ ⊆ ⊈ ⊊ ∩ ∪ ≈ ≉ ≠ ≡ ≢ ≤ ≥ ⊻ ∘ √ π ℯ
    @test @testset @test_throws @assert @doc @inbounds @views @sprintf @.
    Test Printf Any AbstractArray AbstractChar AbstractDict AbstractFloat AbstractMatrix AbstractRange AbstractSet AbstractString
    AbstractVector ArgumentError Array AssertionError BigFloat BigInt BitArray BitSet BitVector Bool BoundsError Cchar Char
    Complex DimensionMismatch Dict DivideError DomainError ErrorException Exception Float16 Float32 Float64 Function Inf Inf32
    IO InexactError Int Int128 Int16 Int32 Int64 Int8 Integer Irrational IOBuffer KeyError Matrix MergeSort MethodError Missing NTuple
    NaN NaN32 NamedTuple Nothing Number OverflowError Pair QuickSort Rational Real Regex RegexMatch RoundDown RoundFromZero
    RoundNearest RoundNearestTiesAway RoundToZero RoundUp Set Signed Some StackOverflowError StepRange String SubArray SubString
    Symbol Tuple Type TypeError UInt UInt128 UInt16 UInt32 UInt64 UInt8 UndefVarError Union UnitRange Unsigned Val Vector _sum abs abs2
    accumulate acos acosh acot all all! allunique any any! append! argmax argmin ascii asin asinh atan atanh axes bitstring
    broadcast cat cbrt ceil chomp chop circshift clamp cld cmp coalesce codepoint codeunit codeunits collect complex conj
    contains convert copy copysign cos cosh cospi count count_ones count_zeros cumprod cumprod! cumsum cumsum! dec deepcopy delete! deleteat!
    denominator diff digits digits! div divrem eachcol eachindex eachrow eachmatch eachslice eltype empty empty! endswith enumerate
    error exp exp10 exp2 expm1 extrema factorial false falses fill fill! filter filter! findall findfirst findlast findmax
    findmin findnext findprev first firstindex fld fld1 fldmod fldmod1 flipsign float floatmax floatmin floor fma foldl foldr foreach frexp
    gcd gcdx get get! getindex hash haskey hcat hex hypot identity ifelse im imag in insert! intersect intersect! intersect! inv invmod
    invperm isa isascii isbitstype iscntrl isconcretetype isdigit isdisjoint isempty isequal iseven isfinite isinf isinteger isless
    isletter islowercase ismissing isnan isnothing isnumeric isodd isone isperm ispow2 isprint ispunct isqrt isreal issetequal issorted
    isspace issubset issubnormal isuppercase isvalid isxdigit iszero iterate join keys keytype last lastindex lcm ldexp leading_zeros
    length lock log log10 log1p log2 lowercase lowercasefirst lpad lstrip ltoh map map! mapfoldl mapfoldr mapreduce mapslices match max
    maximum maximum! maxintfloat merge merge! min minimum minimum! minmax missing mod mod1 mod2pi muladd ndigits ndims nextfloat
    nextind nextpow nfields nothing numerator oct occursin one ones only oneunit pairs parse partialsort partialsort! partialsortperm
    permute! permutedims pi pop! popat! popfirst! powermod prevfloat prevind prevpow print println prod prod! promote push!
    pushfirst! rationalize real reduce reim rem rem2pi repeat replace replace! repr reshape resize! rethrow reverse reverse!
    reverseind rot180 rotl90 rotr90 round rpad rsplit rstrip searchsorted searchsortedfirst searchsortedlast selectdim setdiff
    setdiff! setindex! sign signbit signed sin sincos sinh sinpi size sizehint! skipmissing something sort sort! sortperm sortslices
    splice! split sprint show sqrt startswith step stride string strip strides sum sum! symdiff symdiff! tail take! tan tanh thisind throw
    titlecase trailing_ones trailing_zeros transcode true trues trunc trunc tryparse tuple typemax typemin typeof union union!
    unique unique! unsigned uppercase uppercasefirst valtype values vcat vec view w widemul widen widemul xor zero zeros zip
    """)))
# Of these only the meaning that they have counts: no program may bind them anywhere.
const MEANINGS = Set([
    :(==), :!=, :(===), :!==, :<, :<=, :>, :>=, :!, :≈, :isequal, :isapprox, :isless, :throw, :error, :isa,
    :AssertionError, :Test, :nothing, :(:),
])
const MACROS = Set(Symbol.(["@test", "@testset", "@test_throws", "@assert", "@inbounds", "@views", "@sprintf", "@doc"]))
const MODULES = Set([:Test, :Printf])
# What expressions may be made of.
const HEADS = Set(Symbol.(split("""
    && -> .= // :: : <: >: block break call comparison comprehension const continue curly do elseif filter flatten for function
    generator global if kw let local outer parameters ref return row string struct toplevel tuple try typed_comprehension typed_vcat
    typed_hcat vcat hcat vect where while || ... += -= *= /= ÷= %= ^= |= &= ⊻= <<= >>= >>>= //= \\= .+= .-= .*= ./= .÷= .%= .^=
    macrocall abstract
    """))) ∪ Set([:(=), :.])

# Whether texts whose expressions these are may be loaded into a process that was forked for them: they may
# also extend Base, which there is nobody else to see.
may_fork(texts) = all(text -> all(stays_inside, text), texts)

stays_inside(x) = is_harmless(x)
function stays_inside(x::Expr)
    if x.head === :macrocall
        return is_known_macro(x.args[1]) && all(stays_inside, x.args[2:end])
    elseif x.head === :using
        return is_harmless(x)
    elseif x.head === :import
        return all(part -> part isa Expr && part.head === :(:) && part.args[1] == Expr(:., :Base) && all(name -> is_part(name, 1), part.args[2:end]), x.args)
    elseif x.head === :. && x.args[1] === :Base
        return length(x.args) == 2 && x.args[2] isa QuoteNode && x.args[2].value in NAMES
    elseif x.head === :.
        return is_harmless_dot(x)
    end
    return x.head in HEADS && all(stays_inside, x.args)
end

is_part(name, count) = name isa Expr && name.head === :. && length(name.args) == count && name.args[1] in NAMES

is_foreign(name) = isdefined(Base, name) || isdefined(Core, name) || isdefined(Main, name)

# Whether texts whose expressions these are may be loaded beside others.
may_share(texts) = all(text -> all(x -> is_harmless(x) && is_own_definition(x), text), texts)

is_harmless(x::Symbol) = x in NAMES || !is_foreign(x)
is_harmless(x::Union{Number, AbstractString, Char, LineNumberNode, Nothing}) = true
is_harmless(x) = false

function is_harmless(x::Expr)
    if x.head === :macrocall
        return is_known_macro(x.args[1]) && all(is_harmless, x.args[2:end])
    elseif x.head === :using
        return all(part -> part isa Expr && part.head === :. && length(part.args) == 1 && part.args[1] in MODULES, x.args)
    elseif x.head === :.
        return is_harmless_dot(x)
    elseif x.head in (:(=), :kw, :->) || (x.head === :function && !isempty(x.args))
        return !binds_meaning(x.args[1]) && all(is_harmless, x.args)
    elseif x.head in (:for, :generator, :local, :global, :const, :let, :struct, :try)
        return !any(binds_meaning, x.args) && all(is_harmless, x.args)
    end
    return x.head in HEADS && all(is_harmless, x.args)
end

is_known_macro(name::Symbol) = name in MACROS
is_known_macro(name::GlobalRef) = name.mod === Core && name.name in (Symbol("@doc"), Symbol("@int128_str"), Symbol("@big_str"))
is_known_macro(name) = name == :(Core.var"@doc")

# `value.field`, where the value is no module, and `function.(arguments)`.
function is_harmless_dot(x)
    length(x.args) == 2 || return false
    value, field = x.args
    field isa QuoteNode && return field.value isa Symbol && !(value isa Symbol && is_foreign(value)) && is_harmless(value)
    return field isa Expr && is_harmless(value) && is_harmless(field)
end

# Whether a target of an assignment, or a pattern of arguments, gives a new meaning to what checks need.
binds_meaning(x) = false
binds_meaning(x::Symbol) = x in MEANINGS
function binds_meaning(x::Expr)
    x.head in (:(=), :kw, :(::), :where, :const, :global, :local) && return !isempty(x.args) && binds_meaning(x.args[1])
    x.head in (:tuple, :parameters, :...) && return any(binds_meaning, x.args)
    x.head === :call && return any(binds_meaning, x.args)
    return false
end

# A definition at the top defines a name of the program's own; one of Base would be another thing for what comes after.
is_own_definition(x) = true
function is_own_definition(x::Expr)
    x.head in (:block, :toplevel, :const, :global, :macrocall) && return all(is_own_definition, x.args)
    x.head in (:function, :(=), :struct, :abstract) || return true
    return defines_own(x.args[x.head === :struct ? 2 : 1])
end

defines_own(x) = false
defines_own(x::Symbol) = !is_foreign(x)
function defines_own(x::Expr)
    x.head in (:where, :(::), :curly, :<:, :call) && return !isempty(x.args) && defines_own(x.args[1])
    return x.head === :tuple && all(defines_own, x.args)
end

end
