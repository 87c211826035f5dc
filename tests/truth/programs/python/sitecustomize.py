"""Imported by the interpreter itself before it turns to the script: a delay of the runtime."""

import truth_delay

begin = truth_delay.now()
truth_delay.delay("runtime")
truth_delay.log("site", begin, truth_delay.now())
