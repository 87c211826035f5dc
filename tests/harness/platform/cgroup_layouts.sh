#!/bin/bash
# Limits where the kernel has its controllers in cgroups version 2, and where some are in each version,
# with a real kernel: user-mode Linux, a kernel that is a program, boots on the files of this machine, mounts
# its cgroups in the wanted layout, and runs the tests of groups and limits.
#
#   cgroup_layouts.sh LAUNCHER_TEST PLATFORM_TEST [unified] [group] [hybrid]      default: all three
#
# unified  version 2, we are in its root
# group    version 2, we are in a group of it, as under systemd
# hybrid   memory and devices in version 1, cpu and pids in version 2
#
# Needs root and linux.uml (apt-get install user-mode-linux, 41 MB); without them exit 77. A minute each.
set -eu
launcher_test=$(realpath "$1")
platform_test=$(realpath "$2")
shift 2
[ $# -gt 0 ] || set -- unified group hybrid
uml=${LINUX_UML:-$(command -v linux.uml || true)}
if [ -z "$uml" ] || [ "$(id -u)" != 0 ]; then
  echo "skipped: needs root and linux.uml (apt-get install user-mode-linux)"
  exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

boot() { # layout
  cat > "$scratch/init" <<INIT
#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/run
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
ip link set lo up
layout=$1
if [ \$layout = hybrid ]; then
  mount -t tmpfs tmpfs /sys/fs/cgroup
  mkdir /sys/fs/cgroup/memory /sys/fs/cgroup/devices /sys/fs/cgroup/unified
  mount -t cgroup -o memory memory /sys/fs/cgroup/memory
  mount -t cgroup -o devices devices /sys/fs/cgroup/devices  # runc insists
  mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
else
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
fi
if [ \$layout = group ]; then
  echo +memory +cpu +pids > /sys/fs/cgroup/cgroup.subtree_control
  mkdir /sys/fs/cgroup/ours
  echo \$\$ > /sys/fs/cgroup/ours/cgroup.procs
fi
$launcher_test --gtest_filter='Cgroups*' && $platform_test --gtest_filter='LimitsTest.*' &&
  echo "all of \$layout passed"
echo o > /proc/sysrq-trigger
sleep 60
INIT
  chmod +x "$scratch/init"
  "$uml" rootfstype=hostfs rw mem=700M quiet loglevel=1 "init=$scratch/init" con0=null,fd:1 con=null \
    < /dev/null > "$scratch/output" 2>&1 || true
  grep -aE '^\[|Failure|SKIPPED|Which is|^all of' "$scratch/output" | grep -av 'RUN' || true
  grep -aq "^all of $1 passed" "$scratch/output" &&
    ! grep -aq 'SKIPPED' "$scratch/output"
}

failed=0
for layout; do
  echo "== $layout"
  boot "$layout" || failed=1
done
exit $failed
