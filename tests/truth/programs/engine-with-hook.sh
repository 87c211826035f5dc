#!/bin/sh
# The container runtime that $TRUTH_ENGINE names, which finds a hook in its bundle: pause.
#   engine-with-hook.sh --root STATE run --bundle BUNDLE ID
if [ "$3" = run ]; then
  environment=
  for name in TRUTH_AT TRUTH_KIND TRUTH_DELAY_MS TRUTH_LOG; do
    eval "value=\$$name"
    # shellcheck disable=SC2154  # set by eval
    environment="$environment${environment:+,}\"$name=$value\""
  done
  hook="{\"path\":\"${0%/*}/pause\",\"args\":[\"pause\"],\"env\":[$environment]}"
  read -r config <"$5/config.json"
  printf '{"hooks":{"createRuntime":[%s]},%s\n' "$hook" "${config#?}" >"$5/config.json"
fi
exec "$TRUTH_ENGINE" "$@"
