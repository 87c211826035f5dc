"""A module whose import takes its time."""

import truth_delay

truth_delay.delay("app")
