# Keeps one server for a process that may die at any moment, and cleans up after both.
#
#   sh -c watchdog.sh watchdog FOLDER SIGNAL
#
# Reads one order per line from a pipe whose only writer is the process that wants the server, and
# answers each with one line. The pipe closes when that process ends, SIGKILL included: then the
# server is sent SIGNAL and FOLDER is deleted.
#
#   run COMMAND      run it to its end, answer its exit status
#   start COMMAND    run it in the background as the server, answer its process id
folder=$1
signal=$2
pid=

# A signal meant for the whole terminal must not end the cleaning up; servers set their own handlers.
trap '' INT TERM HUP QUIT

while read -r order command; do
    case $order in
    run)
        eval "$command" </dev/null >>"$folder/log" 2>&1
        echo "$?"
        ;;
    start)
        [ -z "$pid" ] || wait "$pid"
        eval "exec $command" </dev/null >>"$folder/log" 2>&1 &
        pid=$!
        echo "$pid"
        ;;
    esac
done

if [ -n "$pid" ]; then
    kill -CONT "$pid" && kill -"$signal" "$pid"
    wait "$pid"
    # A postmaster which was killed leaves its small System V segment: line 7 is "key id".
    segment=$(sed -n '7s/.* //p' "$folder/data/postmaster.pid")
    [ -z "$segment" ] || ipcrm -m "$segment"
fi
cd /
rm -rf "$folder"
