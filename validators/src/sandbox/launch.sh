# Sets limits, runs a command, and reports on descriptor 3, which the command does not get.
# Arguments: CPU seconds, KiB of data, blocks of 512 bytes per file, open files, processes, command...
ulimit -c 0
ulimit -S -t "$1"
ulimit -H -t $(($1 + 1))
ulimit -d "$2"
ulimit -f "$3"
ulimit -n "$4"
# dash calls it -p, bash -u.
ulimit -p "$5" 2>/dev/null || ulimit -u "$5" 2>/dev/null
shift 5
echo started >&3
"$@" </dev/null 3>&-
status=$?
{
    echo "status $status"
    times
} >&3
