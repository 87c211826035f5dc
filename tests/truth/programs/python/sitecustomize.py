"""Imported by the interpreter itself before it turns to the script: a delay of the runtime."""

import truth_delay

truth_delay.delay("runtime")
