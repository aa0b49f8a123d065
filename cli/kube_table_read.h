// The command table's rows that read the daemon's API.
#pragma once

#include "cli/kube_flags.h"

namespace podrun::cli::kube {

inline constexpr Flag kGetFlags[] = {
    {.name = "output",
     .letter = 'o',
     .kind = kText,
     .value = "FORMAT",
     .help = "wide, json, yaml, name, jsonpath=TEMPLATE, jsonpath-as-json=TEMPLATE, "
             "jsonpath-file=FILE, "
             "custom-columns=SPEC or custom-columns-file=FILE"},
    kNamespaceFlag,
    kAllNamespaces,
    kSelector,
    kFieldSelector,
    kFilename,
    kRecursive,
    {.name = "watch", .letter = 'w', .help = "go on showing what changes"},
    {.name = "watch-only", .help = "only what changes from now on"},
    {.name = "output-watch-events", .help = "with --watch: ADDED, MODIFIED or DELETED, too"},
    {.name = "subresource",
     .kind = kText,
     .value = "NAME",
     .help = "this part of the objects that are named (status, scale)"},
    {.name = "chunk-size",
     .kind = kText,
     .value = "N",
     .help = "ask for so many objects of a list at a time; 0: for all",
     .fallback = "500"},
    {.name = "label-columns",
     .letter = 'L',
     .kind = kText,
     .value = "KEYS",
     .help = "columns for these labels, by comma",
     .repeatable = true},
    {.name = "show-labels", .help = "a column with all labels"},
    {.name = "show-kind", .help = "names as TYPE/NAME"},
    {.name = "server-print",
     .help = "the columns that the server has for the type; false: names and ages",
     .fallback = "true"},
    {.name = "no-headers", .help = "no titles above the columns"},
    {.name = "sort-by",
     .kind = kText,
     .value = "PATH",
     .help = "in the order of a field (.metadata.creationTimestamp)"},
    {.name = "ignore-not-found", .help = "what is not there is no failure"},
    kShowManaged,
    {.name = "raw", .kind = kText, .value = "PATH", .help = "what the server answers at this path"},
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kGetExamples[] = {
    {"Pods, with their node and address", "podrun get pods -o wide"},
    {"A controller and its pods", "podrun get rc,pods -l app=kubia"},
    {"What changes, as it does", "podrun get pods -w"},
    {"One field, for a script", "podrun get rc/kubia -o jsonpath='{.status.readyReplicas}'"},
    {"Columns of one's own",
     "podrun get pods -o custom-columns=NAME:.metadata.name,PHASE:.status.phase"},
};
inline constexpr Command kGet{
    .name = "get",
    .summary = "Show objects of the daemon's API",
    .description =
        "TYPE is a resource of the API in singular, plural or short form (pods, po, rc, deploy), "
        "several by comma, or \"all\". `podrun api-resources` lists them.",
    .operands = {"TYPE[,TYPE...] [NAME...] | TYPE/NAME...", 0, kAny, kResource},
    .flags = kGetFlags,
    .examples = kGetExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

inline constexpr Flag kDescribeFlags[] = {
    kNamespaceFlag,
    kAllNamespaces,
    kSelector,
    kFilename,
    kRecursive,
    {.name = "show-events", .help = "the events of each object below it", .fallback = "true"},
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kDescribeExamples[] = {
    {"Why does a pod not start?", "podrun describe pod kubia"},
    {"All that carry a label", "podrun describe pods -l app=kubia"},
};
inline constexpr Command kDescribe{
    .name = "describe",
    .summary = "Show objects in detail, with their events",
    .description = "Where no object has the NAME, those whose names begin with it are shown.",
    .operands = {"TYPE [NAME...] | TYPE/NAME...", 0, kAny, kResource},
    .flags = kDescribeFlags,
    .examples = kDescribeExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

inline constexpr Flag kEventsFlags[] = {
    {.name = "for", .kind = kText, .value = "TYPE/NAME", .help = "only events of this object"},
    {.name = "types", .kind = kText, .value = "TYPES", .help = "only Normal, or Warning"},
    {.name = "watch", .letter = 'w', .help = "go on showing events as they happen"},
    {.name = "no-headers", .help = "no titles above the columns"},
    kOutput,
    kNamespaceFlag,
    kAllNamespaces,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kEventsExamples[] = {
    {"What happens to a pod", "podrun events --for pod/kubia -w"},
    {"What went wrong, anywhere", "podrun events -A --types Warning"},
};
inline constexpr Command kEvents{.name = "events",
                                 .summary = "Show events, the oldest first",
                                 .flags = kEventsFlags,
                                 .examples = kEventsExamples,
                                 .exit_codes = kExitCodes,
                                 .program = kProgram};

inline constexpr Flag kWaitFlags[] = {
    {.name = "for",
     .kind = kText,
     .value = "WHAT",
     .help = "create, delete, condition=NAME[=VALUE] or jsonpath=PATH[=VALUE]"},
    {.name = "timeout",
     .kind = kDuration,
     .value = "DURATION",
     .help = "give up after this time; 0s: look once; below: wait a week",
     .fallback = "30s"},
    kFilename,
    kRecursive,
    kNamespaceFlag,
    kAllNamespaces,
    kSelector,
    kFieldSelector,
    kAll,
    kOutput,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kWaitExamples[] = {
    {"Until a pod is ready", "podrun wait --for=condition=ready pod/kubia --timeout=60s"},
    {"Until it is gone", "podrun wait --for=delete pod/kubia"},
    {"Until a field has a value", "podrun wait --for=jsonpath='{.status.phase}'=Running pod/kubia"},
};
inline constexpr Command kWait{.name = "wait",
                               .summary = "Wait until objects are as one wants them",
                               .operands = {"TYPE[/NAME] [NAME...]", 0, kAny, kResource},
                               .flags = kWaitFlags,
                               .examples = kWaitExamples,
                               .exit_codes = kExitCodes,
                               .program = kProgram};

inline constexpr Flag kTopPodFlags[] = {
    {.name = "containers", .help = "a row for each container"},
    {.name = "no-headers", .help = "no titles above the columns"},
    {.name = "sort-by", .kind = kText, .value = "COLUMN", .help = "cpu or memory"},
    kSelector,
    kNamespaceFlag,
    kAllNamespaces,
    {.name = "run-dir",
     .kind = kFolder,
     .value = "DIR",
     .help = "state of running pods (default: the folder of the socket)"},
    kSocket,
    kRequestTimeout,
};
inline constexpr Flag kTopNodeFlags[] = {
    {.name = "no-headers", .help = "no titles above the columns"}, kSocket, kRequestTimeout};
inline constexpr Example kTopExamples[] = {
    {"Who uses the processor?", "podrun top pod -A --sort-by=cpu"}};
inline constexpr Command kTopCommands[] = {
    {.name = "pod",
     .alias = "pods",
     .summary = "Show what pods use of processor and memory",
     .description = "Measured over one second, from the counters of the pods' cgroups.",
     .operands = {"[NAME]", 0, 1, kPod},
     .flags = kTopPodFlags,
     .examples = kTopExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "node",
     .alias = "nodes",
     .summary = "Show what nodes use of processor and memory",
     .description = "Measured over one second: the daemon's own node is all that runs on this "
                    "machine, the others are their cgroups.",
     .operands = {"[NAME]", 0, 1, kText},
     .flags = kTopNodeFlags,
     .examples = kTopExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
};
inline constexpr Command kTop{.name = "top",
                              .summary = "Show what pods or the node use of the machine",
                              .commands = kTopCommands,
                              .program = kProgram};

inline constexpr Flag kResourcesFlags[] = {
    {.name = "output", .letter = 'o', .kind = kText, .value = "FORMAT", .help = "name or wide"},
    {.name = "no-headers", .help = "no titles above the columns"},
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kResourcesExamples[] = {
    {"What there is, with short names", "podrun api-resources"}};
inline constexpr Command kResources{.name = "api-resources",
                                    .summary = "List the types of objects that the daemon has",
                                    .flags = kResourcesFlags,
                                    .examples = kResourcesExamples,
                                    .exit_codes = kExitCodes,
                                    .program = kProgram};

inline constexpr Flag kNamesFlags[] = {kNamespaceFlag, kSocket, kRequestTimeout};
inline constexpr Command kNames{
    .name = "resource-names",
    .summary = "List the API's types, or the names of one type's objects: for completion",
    .operands = {"[TYPE]", 0, 1, kText},
    .flags = kNamesFlags,
    .program = kProgram,
    .hidden = true};

}  // namespace podrun::cli::kube
