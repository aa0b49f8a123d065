// The command table's rows that look into the daemon's pods.
#pragma once

#include "cli/kube_flags.h"

namespace podrun::cli::kube {

inline constexpr Flag kExecFlags[] = {
    kContainerFlag,
    {.name = "stdin", .letter = 'i', .help = "pass standard input on"},
    {.name = "tty", .letter = 't', .help = "give the command a terminal, of this one's size"},
    {.name = "quiet", .letter = 'q', .help = "only what the command writes"},
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kExecExamples[] = {
    {"A shell in a pod", "podrun exec -it kubia -- sh"},
    {"One command in one container", "podrun exec kubia -c web -- cat /etc/hosts"},
    {"Copy a file in", "podrun exec -i kubia -- sh -c 'cat >/tmp/x' <x"},
};
inline constexpr Command kExec{
    .name = "exec",
    .summary = "Run a command in a container of the daemon's pods",
    .operands = {"(POD | TYPE/NAME) [-c CONTAINER] -- COMMAND [ARG...]", 1, kAny, kPod},
    .flags = kExecFlags,
    .examples = kExecExamples,
    .exit_codes = "The command's own; 1 where it could not be run, 2 for wrong usage.",
    .program = kProgram};

inline constexpr Flag kAttachFlags[] = {
    kContainerFlag,
    {.name = "stdin", .letter = 'i', .help = "pass standard input on"},
    {.name = "tty", .letter = 't', .help = "standard input is a terminal"},
    {.name = "quiet", .letter = 'q', .help = "only what the container writes"},
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kAttachExamples[] = {
    {"What a container writes from now on", "podrun attach kubia"},
    {"A shell that is the container's command, on its terminal", "podrun attach -it shell"}};
inline constexpr Command kAttach{
    .name = "attach",
    .summary = "Show what a container writes from now on, until it ends, and write to it",
    .operands = {"(POD | TYPE/NAME)", 1, 1, kPod},
    .flags = kAttachFlags,
    .examples = kAttachExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

inline constexpr Flag kLogsFlags[] = {
    kContainerFlag,
    {.name = "previous", .letter = 'p', .help = "the instance before the current one"},
    {.name = "follow", .letter = 'f', .help = "go on until the container ends"},
    {.name = "timestamps", .help = "each line's time in front of it"},
    {.name = "tail",
     .kind = kText,
     .value = "LINES",
     .help = "only that many of the last lines; -1: all (with -l: 10 of each)"},
    {.name = "since",
     .kind = kDuration,
     .value = "DURATION",
     .help = "only what is not older (5s, 10m)"},
    {.name = "since-time",
     .kind = kText,
     .value = "TIME",
     .help = "only what is not older (2026-11-23T10:00:00Z)"},
    {.name = "limit-bytes", .kind = kText, .value = "BYTES", .help = "no more than that"},
    {.name = "all-containers", .help = "of all containers, one after another"},
    {.name = "all-pods", .help = "of all pods of TYPE/NAME, with --prefix"},
    {.name = "prefix", .help = "the pod and the container in front of each line"},
    {.name = "ignore-errors", .help = "go on where one log cannot be read"},
    {.name = "max-log-requests",
     .kind = kText,
     .value = "N",
     .help = "logs that are followed at a time",
     .fallback = "5"},
    kSelector,
    kNamespaceFlag,
    {.name = "local", .help = "of a pod of `podrun run`: do not ask the daemon"},
    kSocket,
    kRequestTimeout,
    {.name = "run-dir",
     .kind = kFolder,
     .value = "DIR",
     .help = "state of running pods",
     .fallback = "/run/podrun"},
    {.name = "log-dir",
     .kind = kFolder,
     .value = "DIR",
     .help = "logs of containers",
     .fallback = "/var/log/pods"},
};
inline constexpr Example kLogsExamples[] = {
    {"What a running pod writes, from now on", "podrun logs -f --tail 10 kubia"},
    {"What the container wrote before it was restarted", "podrun logs --previous kubia"},
    {"Of all pods with a label, from the daemon", "podrun logs -l app=kubia --prefix --since 1m"},
};
inline constexpr Command kLogs{
    .name = "logs",
    .summary = "Show what a pod's container wrote",
    .description =
        "The daemon is asked where it runs; a pod that it does not have, and each pod where there "
        "is no daemon, is looked for among those of `podrun run`: by NAME, NAMESPACE/NAME or the "
        "start of its uid.",
    .operands = {"(POD | TYPE/NAME) [CONTAINER]", 0, 2, kPod},
    .flags = kLogsFlags,
    .examples = kLogsExamples,
    .exit_codes = kExitCodes};

}  // namespace podrun::cli::kube
