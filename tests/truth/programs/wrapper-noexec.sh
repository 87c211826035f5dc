#!/bin/sh
# A wrapper that takes its time, then runs the program it is given as a child.
"${0%/*}/pause"
"$@"
status=$?
exit "$status"
