// The command table's rows about the daemon itself.
#pragma once

#include <string_view>

#include "cli/folder_flags.h"

namespace podrun::cli::daemon {

using enum ValueKind;

inline constexpr std::string_view kProgram = "podrun-daemon";
inline constexpr Flag kSocket{.name = "socket",
                              .kind = kFile,
                              .value = "PATH",
                              .help = "where root's clients connect",
                              .fallback = "RUN-DIR/podrun.sock"};
inline constexpr Flag kAddress{.name = "address",
                               .kind = kText,
                               .value = "ADDRESS",
                               .help = "where the API listens for TLS",
                               .fallback = "127.0.0.1"};
inline constexpr Flag kPort{.name = "port",
                            .kind = kText,
                            .value = "PORT",
                            .help = "the API's TCP port; 0 picks a free one",
                            .fallback = "6443"};
inline constexpr Flag kNoLimits{
    .name = "allow-no-limits",
    .help = "run pods even where this machine cannot enforce a limit that they ask for"};
inline constexpr Flag kEventTtl{.name = "event-ttl",
                                .kind = kText,
                                .value = "DURATION",
                                .help = "how long events are kept after they were last seen",
                                .fallback = "1h"};
inline constexpr Flag kFinishedPods{
    .name = "terminated-pod-gc-threshold",
    .kind = kText,
    .value = "N",
    .help = "finished pods that are kept; the oldest go first; 0 keeps all",
    .fallback = "12500"};
inline constexpr Flag kNodeGrace{
    .name = "node-monitor-grace-period",
    .kind = kText,
    .value = "DURATION",
    .help = "after this long without a heartbeat, a node is NotReady (4s at least)",
    .fallback = "40s"};
inline constexpr Flag kNotReadySeconds{.name = "default-not-ready-toleration-seconds",
                                       .kind = kText,
                                       .value = "N",
                                       .help = "how long pods stay on a node that is not ready",
                                       .fallback = "300"};
inline constexpr Flag kUnreachableSeconds{
    .name = "default-unreachable-toleration-seconds",
    .kind = kText,
    .value = "N",
    .help = "how long pods stay on a node that is not heard of any more",
    .fallback = "300"};
inline constexpr Flag kDaemonFlags[] = {
    kAddress,      kPort,      kSocket,          kNoLimits,           kEventTtl,
    kFinishedPods, kNodeGrace, kNotReadySeconds, kUnreachableSeconds, kDataDir,
    kRunDir,       kLogDir};
inline constexpr Flag kUnitDir{.name = "unit-dir",
                               .kind = kFolder,
                               .value = "DIR",
                               .help = "where the unit file lies",
                               .fallback = "/etc/systemd/system"};
inline constexpr Flag kInstallFlags[] = {
    {.name = "now", .help = "start it, now and at each boot"},
    {.name = "print", .help = "print the unit, change nothing"},
    kUnitDir,
    kAddress,
    kPort,
    kSocket,
    kNoLimits,
    kEventTtl,
    kFinishedPods,
    kNodeGrace,
    kNotReadySeconds,
    kUnreachableSeconds,
    kDataDir,
    kRunDir,
    kLogDir};
inline constexpr Flag kUninstallFlags[] = {kUnitDir};
inline constexpr Example kInstallExamples[] = {
    {"Serve now and after each boot", "podrun daemon install --now"},
    {"Look at the unit first", "podrun daemon install --print --port 7443"},
};
inline constexpr Example kUninstallExamples[] = {
    {"Leave the pods alone", "podrun daemon uninstall"}};
inline constexpr Command kDaemonCommands[] = {
    {.name = "install",
     .summary = "Install the daemon as a systemd service",
     .description =
         "Writes podrun.service, whose daemon gets the flags that are given here. Pods are no part "
         "of the service: stopping, restarting or upgrading it lets them run.",
     .flags = kInstallFlags,
     .examples = kInstallExamples,
     .exit_codes = "0, 1 for failures, 2 for wrong usage.",
     .program = kProgram},
    {.name = "uninstall",
     .summary = "Stop the service and remove its unit",
     .description = "Pods that run go on, and all data stays.",
     .flags = kUninstallFlags,
     .examples = kUninstallExamples,
     .exit_codes = "0, 1 for failures, 2 for wrong usage.",
     .program = kProgram},
};
inline constexpr Example kDaemonExamples[] = {
    {"Serve this machine; then `podrun get nodes`", "podrun daemon"},
    {"A second one beside it, on a free port",
     "podrun daemon --data-dir /tmp/d --run-dir /tmp/r --log-dir /tmp/l --port 0"},
};

inline constexpr Command kDaemon{
    .name = "daemon",
    .summary = "Serve the Kubernetes API for this machine, and run its pods",
    .description =
        "One process that stores objects, answers kubectl, runs the controllers and starts a "
        "supervisor for each pod. Pods go on when it ends; it finds them again when it comes "
        "back.",
    .flags = kDaemonFlags,
    .examples = kDaemonExamples,
    .commands = kDaemonCommands,
    .exit_codes = "0 after SIGTERM or Ctrl-C, 1 for failures, 2 for wrong usage.",
    .program = kProgram,
    .runs_alone = true};

}  // namespace podrun::cli::daemon
