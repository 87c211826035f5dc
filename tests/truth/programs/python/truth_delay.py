"""What delay.h is for the other programs."""

import os
import time


def now():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def log(name, begin, end):
    with open(os.environ["TRUTH_LOG"], "a") as file:
        file.write(f"{name} {begin} {end} {os.getpid()}\n")


def delay(place):
    milliseconds = int(os.environ.get("TRUTH_DELAY_MS", "0"))
    if milliseconds == 0 or os.environ.get("TRUTH_AT") != place:
        return
    begin = now()
    time.sleep(milliseconds / 1000)
    log(place, begin, now())
