#!/usr/bin/env bash
# The JavaScript client from npm lists, watches and execs: client_node.sh BUILD new
# shellcheck source=tests/conformance/lib.sh
. "$(dirname "$0")/lib.sh"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
modules=$(dirname "$kubectls")/client-node
if [[ ! -d $modules ]]; then
  work=$(mktemp -d "$modules-XXXXXX")
  # No package's own scripts run.
  (cd "$work" && npm install --silent --no-audit --no-fund --ignore-scripts '@kubernetes/client-node@1' >npm.log 2>&1) ||
    { cat "$work/npm.log" && rm -rf "$work" && exit 1; }
  mv "$work" "$modules"
fi
start_daemon
try node "$here/client_node.mjs" "$modules" default
sees "checks of the client"
