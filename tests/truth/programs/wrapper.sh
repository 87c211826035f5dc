#!/bin/sh
# A wrapper that takes its time, then becomes the program it is given.
"${0%/*}/pause"
exec "$@"
