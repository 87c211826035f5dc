#!/bin/sh
# A wrapper as entry points of images are: becomes the program it is given.
exec "$@"
