# Sets limits, runs a command, and reports on descriptor 3, which the command does not get.
# Arguments: CPU seconds, KiB of data, KiB per file, open files, processes, command...

# Descriptors that calque itself has inherited are none of the command's business.
for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    ((fd > 3)) && exec {fd}>&-
done

ulimit -c 0
ulimit -S -t "$1"
ulimit -H -t $(($1 + 1))
ulimit -d "$2"
ulimit -f "$3"
ulimit -n "$4"
ulimit -u "$5"
shift 5
echo started >&3
"$@" 3>&-
status=$?
{
    echo "status $status"
    times
} >&3
