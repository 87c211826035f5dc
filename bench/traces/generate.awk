#!/usr/bin/awk -f
# Makes traces in the formats of the Azure Public Dataset, of nothing but this script:
#   awk -f generate.awk -v what=invocations -v functions=12 > azure-2019-invocations.csv
#   awk -f generate.awk -v what=durations   -v functions=12 > azure-2019-durations.csv
#   awk -f generate.awk -v what=requests    -v functions=6 -v minutes=10 > azure-2021-requests.csv
# Also: minutes (1440), seed (1). The random numbers are its own, so every awk makes the same file.
#
# Function i is of one of four kinds, as they are found on such platforms: http (a day's swing, the
# first ones busier by far), timer (every few minutes), queue (idle, then a burst), event (rare).

# Lehmer's generator with the multiplier of Park and Miller; exact in a double.
function uniform() {
  state = (state * 48271) % 2147483647
  return state / 2147483647
}

function poisson(mean,    limit, product, n) {
  if (mean > 30) {  # normal enough
    n = int(mean + sqrt(mean) * sqrt(-2 * log(uniform())) * cos(6.283185307 * uniform()) + 0.5)
    return n < 0 ? 0 : n
  }
  limit = exp(-mean)
  product = uniform()
  for (n = 0; product > limit; n++) product *= uniform()
  return n
}

# 64 digits, as the hashes of the data set have.
function hash(salt,    digits, i) {
  state = (salt * 7919 + seed * 104729) % 2147483646 + 1
  for (i = 0; i < 20; i++) uniform()
  digits = ""
  for (i = 0; i < 64; i++) digits = digits substr("0123456789abcdef", int(uniform() * 16) + 1, 1)
  return digits
}


function trigger(i) {
  if (i % 4 == 0) return "http"
  if (i % 4 == 1) return "timer"
  if (i % 4 == 2) return "queue"
  return "event"
}

function calls(i, minute) {
  if (trigger(i) == "http") {
    return poisson(40 / (1 + i) * (1 + 0.8 * sin(6.283185307 * (minute - 480) / 1440)))
  }
  if (trigger(i) == "timer") return minute % (i + 4) == i % 3 ? 1 : 0
  if (trigger(i) == "queue") return uniform() < 0.01 ? 5 + poisson(20) : 0
  return uniform() < 0.005 ? 1 : 0
}

function identity(i) { return hash(1 + int(i / 6)) "," hash(1001 + int(i / 3)) "," hash(2001 + i) }
function milliseconds(i) { return 20 * (1 + i % 5) * (1 + i % 5) }

BEGIN {
  if (!functions) functions = 12
  if (!minutes) minutes = 1440
  if (!seed) seed = 1
  if (what == "invocations") {
    printf "HashOwner,HashApp,HashFunction,Trigger"
    for (m = 1; m <= minutes; m++) printf ",%d", m
    printf "\n"
    for (i = 0; i < functions; i++) {
      printf "%s,%s", identity(i), trigger(i)
      state = 1000 * seed + i + 1
      for (m = 1; m <= minutes; m++) printf ",%d", calls(i, m)
      printf "\n"
    }
  } else if (what == "durations") {
    printf "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,"
    printf "percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,"
    print "percentile_Average_99,percentile_Average_100"
    for (i = 0; i < functions; i++) {
      ms = milliseconds(i)
      printf "%s,%d,%d,%d,%d", identity(i), ms, 1000 / (i + 1), ms / 4, ms * 9
      printf ",%d,%d,%d,%d,%d,%d,%d\n", ms / 4, ms / 3, ms / 2, ms * 0.8, ms * 1.2, ms * 5, ms * 9
    }
  } else if (what == "requests") {
    print "app,func,end_timestamp,duration"
    # In the order of their ends within each minute of start, nearly that of the real file.
    for (m = 1; m <= minutes; m++) {
      n = 0
      for (i = 0; i < functions; i++) {
        app = hash(1001 + int(i / 3))
        name = hash(2001 + i)
        state = 1000 * seed + 997 * m + i + 1
        for (c = 0; c < 5; c++) uniform()
        for (c = calls(i, m + 480); c > 0; c--) {
          length_s = milliseconds(i) / 1000 * (0.5 + uniform())
          end = (m - 1) * 60 + 60 * uniform() + length_s
          for (k = n++; k > 0 && ends[k - 1] > end; k--) {
            ends[k] = ends[k - 1]
            rows[k] = rows[k - 1]
          }
          ends[k] = end
          rows[k] = sprintf("%s,%s,%.6f,%.3f", app, name, end, length_s)
        }
      }
      for (k = 0; k < n; k++) print rows[k]
    }
  } else {
    print "what must be invocations, durations or requests" > "/dev/stderr"
    exit 2
  }
}
