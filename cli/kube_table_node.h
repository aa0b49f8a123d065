// The command table's rows about nodes.
#pragma once

#include "cli/kube_flags.h"

namespace podrun::cli::kube {

inline constexpr Flag kNodeListFlags[] = {
    kSelector,
    {.name = "show-labels", .help = "with a column of labels"},
    {.name = "no-headers", .help = "without the titles"},
    {.name = "output",
     .letter = 'o',
     .kind = kText,
     .value = "FORMAT",
     .help = "wide, json, yaml, name, jsonpath=TEMPLATE or custom-columns=SPEC"},
    kSocket,
    kRequestTimeout};
inline constexpr Flag kCordonFlags[] = {kSelector, kDryRun, kSocket, kRequestTimeout};
inline constexpr Flag kDrainFlags[] = {
    {.name = "ignore-daemonsets", .help = "leave the pods of DaemonSets, which come back anyhow"},
    {.name = "force", .help = "also pods that no controller makes anew"},
    {.name = "delete-emptydir-data", .help = "also pods whose emptyDir volumes go with them"},
    {.name = "grace-period",
     .kind = kText,
     .value = "SECONDS",
     .help = "the time that pods get to end; -1: their own",
     .fallback = "-1"},
    {.name = "disable-eviction", .help = "delete the pods instead of evicting them"},
    {.name = "skip-wait-for-delete-timeout",
     .kind = kText,
     .value = "SECONDS",
     .help = "leave pods that have been terminating for longer; 0: wait for all",
     .fallback = "0"},
    {.name = "pod-selector",
     .kind = kText,
     .value = "LABELS",
     .help = "only the node's pods with these labels"},
    kSelector,
    kTimeout,
    kDryRun,
    kSocket,
    kRequestTimeout};
inline constexpr Flag kNodeTimeout{.name = "timeout",
                                   .kind = kDuration,
                                   .value = "DURATION",
                                   .help = "give up waiting after this time; 0s: never",
                                   .fallback = "60s"};
inline constexpr Flag kNodeAddFlags[] = {
    {.name = "cpus",
     .kind = kText,
     .value = "N",
     .help = "whole CPUs that its pods share (default: all of the machine's)"},
    {.name = "memory",
     .kind = kText,
     .value = "BYTES",
     .help = "memory that its pods share: 512Mi, 2Gi (default: all of the machine's)"},
    {.name = "labels", .kind = kText, .value = "KEY=VALUE,...", .help = "labels of its Node"},
    kNodeTimeout,
    kSocket,
    kRequestTimeout};
inline constexpr Flag kNodeRemoveFlags[] = {kNodeTimeout, kSocket, kRequestTimeout};
inline constexpr Flag kNodeNetworkFlags[] = {kSocket, kRequestTimeout};
inline constexpr Flag kTaintFlags[] = {kOverwrite, kSelector, kAll,           kDryRun,
                                       kOutput,    kSocket,   kRequestTimeout};

inline constexpr Example kNodeListExamples[] = {{"The nodes", "podrun node list"}};
inline constexpr Example kCordonExamples[] = {
    {"No more pods for a node", "podrun node cordon box"}};
inline constexpr Example kUncordonExamples[] = {{"Pods again", "podrun node uncordon box"}};
inline constexpr Example kDrainExamples[] = {
    {"Send its pods elsewhere", "podrun node drain box --ignore-daemonsets"}};
inline constexpr Example kNodeAddExamples[] = {
    {"A second node on this machine", "podrun node add two"},
    {"With limits and a label", "podrun node add two --cpus 1 --memory 512Mi --labels disk=ssd"}};
inline constexpr Example kNodeRemoveExamples[] = {
    {"Its pods first, in peace", "podrun node drain two --ignore-daemonsets --force"},
    {"The node, and what still runs on it", "podrun node remove two"}};
inline constexpr Example kNodePartitionExamples[] = {
    {"Nothing is heard of the node any more; its pods run on", "podrun node partition two"}};
inline constexpr Example kNodeHealExamples[] = {{"It is heard of again", "podrun node heal two"}};
inline constexpr Example kTaintExamples[] = {
    {"Only for pods that bear it", "podrun taint nodes box dedicated=gpu:NoSchedule"},
    {"For all again", "podrun taint nodes box dedicated-"}};

inline constexpr Command kNodeCommands[] = {
    {.name = "list",
     .summary = "Show the nodes",
     .description = "STATUS says of nodes that were added to this machine also whether they are "
                    "Partitioned or Removing.",
     .operands = {"[NAME...]", 0, kAny, kResource},
     .flags = kNodeListFlags,
     .examples = kNodeListExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "cordon",
     .summary = "Give a node no more pods",
     .operands = {"[NAME...]", 0, kAny, kResource},
     .flags = kCordonFlags,
     .examples = kCordonExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "uncordon",
     .summary = "Give a node pods again",
     .operands = {"[NAME...]", 0, kAny, kResource},
     .flags = kCordonFlags,
     .examples = kUncordonExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "drain",
     .summary = "Cordon a node and evict its pods",
     .operands = {"[NAME...]", 0, kAny, kResource},
     .flags = kDrainFlags,
     .examples = kDrainExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "add",
     .summary = "Add a node on this machine, to see how workloads behave when one fails",
     .operands = {"NAME...", 1, kAny, kText},
     .flags = kNodeAddFlags,
     .examples = kNodeAddExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "remove",
     .summary = "Remove an added node with all that runs on it",
     .operands = {"NAME...", 1, kAny, kResource},
     .flags = kNodeRemoveFlags,
     .examples = kNodeRemoveExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "partition",
     .summary = "Cut an added node off from the API",
     .operands = {"NAME...", 1, kAny, kResource},
     .flags = kNodeNetworkFlags,
     .examples = kNodePartitionExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "heal",
     .summary = "Undo a partition",
     .operands = {"NAME...", 1, kAny, kResource},
     .flags = kNodeNetworkFlags,
     .examples = kNodeHealExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
};
inline constexpr Command kNode{
    .name = "node",
    .summary = "Show nodes, add some, keep pods off them, and let them fail",
    .commands = kNodeCommands,
    .program = kProgram};
inline constexpr Command kTaint{
    .name = "taint",
    .summary = "Set or take away taints of nodes",
    .operands = {"nodes NAME... KEY=VALUE:EFFECT... KEY-...", 0, kAny, kResource},
    .flags = kTaintFlags,
    .examples = kTaintExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

}  // namespace podrun::cli::kube
