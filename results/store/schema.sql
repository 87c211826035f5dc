-- coldstart.db, schema version 5 (PRAGMA user_version; application_id is 'COLD').
--
-- Times are nanoseconds. A value that was not measured is NULL, never 0. Example, all latencies of the
-- newest run:
--
--   SELECT f.name, s.trial, s.responded_ns / 1e6 AS latency_ms
--     FROM starts s JOIN functions f ON f.id = s.function_id
--    WHERE f.run_id = (SELECT max(id) FROM runs) AND s.outcome = 'ok' AND s.lost_events = 0;
--
-- What the time of its phases was spent on, in percent (the keys inside `account` are those of the
-- JSON export, described in results/export/run.schema.json):
--
--   SELECT f.name, c.key AS phase,
--          100.0 * sum(json_extract(c.value, '$.cpu')) / sum(s.responded_ns) AS cpu_percent,
--          100.0 * sum(json_extract(c.value, '$.wait')) / sum(s.responded_ns) AS wait_percent
--     FROM starts s JOIN functions f ON f.id = s.function_id,
--          json_each(s.account, '$.causes') c
--    WHERE f.run_id = (SELECT max(id) FROM runs) AND s.outcome = 'ok' AND s.lost_events = 0
--    GROUP BY f.id, c.key;
--
-- What share of the requests of each load was cold:
--
--   SELECT l.name, f.name, count(*) AS requests, 100.0 * sum(i.cold) / count(*) AS cold_percent
--     FROM invocations i JOIN loads l ON l.id = i.load_id JOIN functions f ON f.id = i.function_id
--    WHERE l.run_id = (SELECT max(id) FROM runs) AND i.instance IS NOT NULL
--    GROUP BY l.id, f.id;
--
-- Where the threads of the newest run were when they had a CPU, of `coldstart profile --stacks`:
--
--   SELECT k.phase, k.stack, sum(k.time_ns) / 1e6 AS ms
--     FROM stacks k JOIN starts s ON s.id = k.start_id JOIN functions f ON f.id = s.function_id
--    WHERE f.run_id = (SELECT max(id) FROM runs) AND k.on_cpu
--    GROUP BY k.phase, k.stack ORDER BY ms DESC LIMIT 20;

CREATE TABLE runs (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  label        TEXT NOT NULL,
  suite        TEXT NOT NULL,     -- name of the suite, or the profiled command
  started_at   TEXT NOT NULL,     -- UTC, ISO 8601
  finished_at  TEXT,              -- NULL: the run was interrupted, or still runs
  seed         TEXT NOT NULL,     -- decimal, unsigned 64 bit: more than SQLite's INTEGER holds
  tool_version TEXT NOT NULL,
  command_line TEXT NOT NULL,     -- how to repeat it
  host_name    TEXT NOT NULL,
  kernel       TEXT NOT NULL,
  os           TEXT NOT NULL,
  cpu          TEXT NOT NULL,
  cpus         INTEGER NOT NULL,
  memory_bytes INTEGER NOT NULL,
  lost_events  INTEGER NOT NULL,  -- probe events lost in the whole run
  overheads    TEXT,              -- JSON: our own cost, as known when it began; NULL: never measured
  verdict      TEXT               -- PASS, FAIL, INCONCLUSIVE: of the check that measured it; NULL: none did
) STRICT;

-- Groups of probes that were on or off as one.
CREATE TABLE tiers (
  run_id   INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,
  name     TEXT NOT NULL,         -- process, loader, runtime, …
  is_on    INTEGER NOT NULL,      -- 0 or 1
  reason   TEXT NOT NULL,         -- why it is off
  remedy   TEXT NOT NULL,         -- what would turn it on
  PRIMARY KEY (run_id, position)
) STRICT;

CREATE TABLE functions (
  id       INTEGER PRIMARY KEY,
  run_id   INTEGER NOT NULL REFERENCES runs (id),
  position INTEGER NOT NULL,      -- order in the suite
  name     TEXT NOT NULL,
  runtime  TEXT NOT NULL,         -- native, container, jvm, node, python, command
  contract TEXT NOT NULL,         -- http, exec, stdio, lambda
  command  TEXT NOT NULL,         -- JSON array of strings
  version  TEXT NOT NULL,         -- what the runtime says of itself
  skipped  TEXT,                  -- why it could not be measured; NULL: it was measured
  memory_limit_bytes INTEGER,     -- of each instance; NULL: no limit
  cpus_limit REAL,                -- CPU time per wall time
  pids_limit INTEGER,             -- processes and threads
  sweep_of  TEXT,                 -- 'java' for 'java@256MiB'; NULL: not of a sweep
  sweep_key TEXT,                 -- what the sweep varies: memory, cpus
  UNIQUE (run_id, name)
) STRICT;

-- Which boundaries are absent, and why. The starts of a function mostly lack the same ones for the same
-- reasons, so starts share sets of absences instead of repeating the words.
CREATE TABLE absence_sets (
  id     INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL REFERENCES runs (id)
) STRICT;

CREATE TABLE absences (
  set_id   INTEGER NOT NULL REFERENCES absence_sets (id),
  boundary TEXT NOT NULL,         -- linked, runtime_ready, …
  kind     TEXT NOT NULL CHECK (kind IN ('not applicable', 'unseen')),
  reason   TEXT NOT NULL,
  PRIMARY KEY (set_id, boundary)
) STRICT;

-- One cold start. Boundaries are nanoseconds since due; due_ns itself is CLOCK_MONOTONIC.
CREATE TABLE starts (
  id                INTEGER PRIMARY KEY,
  function_id       INTEGER NOT NULL REFERENCES functions (id),
  load              TEXT NOT NULL,
  cache             TEXT NOT NULL,     -- disk, page-cache, warm
  trial             INTEGER NOT NULL,  -- 1-based, per function
  run_order         INTEGER NOT NULL,  -- 1-based, in the whole run
  instance          INTEGER NOT NULL,
  outcome           TEXT NOT NULL,     -- ok, not-started, exited, crashed, timeout, closed, bad-response, out-of-memory
  message           TEXT NOT NULL,     -- what happened, where the outcome is not ok
  due_ns            INTEGER NOT NULL,
  requested_ns      INTEGER,
  forked_ns         INTEGER,
  launched_ns       INTEGER,
  execed_ns         INTEGER,
  linked_ns         INTEGER,
  entered_ns        INTEGER,
  runtime_ready_ns  INTEGER,
  listening_ns      INTEGER,
  received_ns       INTEGER,
  replied_ns        INTEGER,
  responded_ns      INTEGER,           -- the latency
  completed_ns      INTEGER,
  absence_set_id    INTEGER REFERENCES absence_sets (id),  -- why the ones that are NULL are NULL
  lost_events       INTEGER NOT NULL,  -- > 0: not to be used in statistics
  readiness_poll_ns INTEGER,
  connect_retries   INTEGER,
  pid               INTEGER,
  port              INTEGER,
  http_status       INTEGER,
  exit_status       INTEGER,
  exit_signal       INTEGER,
  account           TEXT,              -- JSON: causes, libraries, files, …; NULL: nothing is in it
  in_flight         INTEGER            -- starts under way while it was, itself included, the mean over its time; NULL: not counted
) STRICT;

CREATE INDEX starts_by_function ON starts (function_id);

-- A row for each absent boundary of each start.
CREATE VIEW absent_boundaries AS
  SELECT s.id AS start_id, a.boundary, a.kind, a.reason
    FROM starts s JOIN absences a ON a.set_id = s.absence_set_id;

-- Sampled stacks of a start, where they were asked for: how many, and how far they can be trusted.
CREATE TABLE stack_profiles (
  start_id INTEGER PRIMARY KEY REFERENCES starts (id),
  rate_hz  INTEGER NOT NULL,      -- samples a second of each CPU
  taken    INTEGER NOT NULL,      -- stacks, on and off CPU
  lost     INTEGER NOT NULL,      -- that did not fit into the buffer: not in `stacks`
  cut      INTEGER NOT NULL,      -- of those taken: deeper than what is copied of a stack
  broken   INTEGER NOT NULL,      -- of those taken: not walked to its beginning, for another reason
  frames   INTEGER NOT NULL,      -- of all that were taken
  unnamed  INTEGER NOT NULL,      -- of these: without a function's name
  notes    TEXT NOT NULL          -- JSON array of strings
) STRICT;

-- Equal stacks of one phase of a start, added up.
CREATE TABLE stacks (
  start_id INTEGER NOT NULL REFERENCES starts (id),
  phase    TEXT NOT NULL,         -- link, runtime+app, …
  thread   TEXT NOT NULL,
  on_cpu   INTEGER NOT NULL,      -- 0: the thread had left its CPU here and could not run on
  stack    TEXT NOT NULL,         -- frames, outermost first, with ';' between
  count    INTEGER NOT NULL,      -- samples, or times it left the CPU
  time_ns  INTEGER NOT NULL       -- on CPU: an estimate, count times the period of the clock
) STRICT;

CREATE INDEX stacks_by_start ON stacks (start_id);

-- A load as it was driven. Moments of its requests and instances are since begin_ns; where its functions are driven one
-- after the other, since the begin of their own function's turn.
CREATE TABLE loads (
  id          INTEGER PRIMARY KEY,
  run_id      INTEGER NOT NULL REFERENCES runs (id),
  position    INTEGER NOT NULL,      -- 0-based, in the order in which they were driven
  name        TEXT NOT NULL,         -- starts.load
  pattern     TEXT NOT NULL,         -- cold, closed, constant, stages, burst, …
  parameters  TEXT,                  -- JSON object: the keys of the suite that say more; NULL: none
  time_scale  REAL NOT NULL,         -- time was compressed by this factor; 1: it was not
  begin_ns    INTEGER NOT NULL,      -- CLOCK_MONOTONIC
  duration_ns INTEGER,               -- to the end of the last request; NULL: interrupted
  UNIQUE (run_id, position),
  UNIQUE (run_id, name)
) STRICT;

-- One request of a load (those of the load `cold` are starts only). The rows of a load lie together and in order
-- of due: a long trace has a million.
CREATE TABLE invocations (
  load_id       INTEGER NOT NULL REFERENCES loads (id),
  due_ns        INTEGER NOT NULL,    -- since the begin of the load; when the pattern intended it
  number        INTEGER NOT NULL,    -- 0-based, in the order in which they were stored
  function_id   INTEGER NOT NULL REFERENCES functions (id),
  instance      INTEGER,             -- that served it, or should have; NULL: it never got one
  cold          INTEGER NOT NULL,    -- 1: it waited for an instance that was still starting
  outcome       TEXT NOT NULL,       -- like starts.outcome; dropped: there was no room for it
  sent_ns       INTEGER,             -- since due: handed to a connection
  first_byte_ns INTEGER,             -- since due: the latency
  done_ns       INTEGER,             -- since due: the whole answer was there
  message       TEXT,                -- what happened, where the outcome is not ok
  work_ns       INTEGER,             -- how long the function was asked to work; NULL: it was not told
  PRIMARY KEY (load_id, due_ns, number)
) STRICT, WITHOUT ROWID;

-- The life of one instance under a load. Moments are since the begin of the load.
CREATE TABLE instances (
  id                INTEGER PRIMARY KEY,
  load_id           INTEGER NOT NULL REFERENCES loads (id),
  function_id       INTEGER NOT NULL REFERENCES functions (id),
  instance          INTEGER NOT NULL,  -- starts.instance, where its start is among them
  requested_ns      INTEGER NOT NULL,
  ready_ns          INTEGER,           -- NULL: it never was
  ended_ns          INTEGER,           -- NULL: not known
  ended_by          TEXT NOT NULL,     -- keep-alive, scale-down, end of load, died, timeout, failed to start, interrupted
  invocations       INTEGER NOT NULL,  -- that it answered
  peak_memory_bytes INTEGER            -- of its cgroup, where it had one
) STRICT;

CREATE INDEX instances_by_load ON instances (load_id);

-- What the probes cost, by `coldstart doctor --overhead`: pairs of starts with and without them. Rows are
-- added, never replaced; the newest of each host, what and tiers is the one that reports quote.
CREATE TABLE overheads (
  id           INTEGER PRIMARY KEY,
  measured_at  TEXT NOT NULL,     -- UTC, ISO 8601
  host_name    TEXT NOT NULL,
  kernel       TEXT NOT NULL,
  cpu          TEXT NOT NULL,
  cpus         INTEGER NOT NULL,
  tool_version TEXT NOT NULL,
  what         TEXT NOT NULL,     -- a function, or "empty static program"
  tiers        TEXT NOT NULL,     -- all, process, …; '': none, the launcher alone
  ratio        REAL NOT NULL,     -- median over the pairs of with / without
  low          REAL,              -- 95 % interval; NULL: too few pairs
  high         REAL,
  pairs        INTEGER NOT NULL,
  base_ns      INTEGER NOT NULL,  -- median without
  with_ns      INTEGER NOT NULL   -- median with
) STRICT;
