// Flags that several of the commands for the daemon's API share. Names, letters and defaults are
// kubectl's.
#pragma once

#include <limits>

#include "cli/table.h"

namespace podrun::cli::kube {

using enum ValueKind;

inline constexpr std::string_view kProgram = "podrun-kube";
inline constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();

inline constexpr std::string_view kDryRuns[] = {"none", "client", "server"};
inline constexpr std::string_view kCascades[] = {"background", "foreground", "orphan", "true",
                                                 "false"};

inline constexpr Flag kSocket{
    .name = "socket",
    .kind = kFile,
    .value = "PATH",
    .help = "where the daemon listens (default $PODRUN_SOCKET, else /run/podrun/podrun.sock)"};
inline constexpr Flag kRequestTimeout{
    .name = "request-timeout",
    .kind = kText,
    .value = "DURATION",
    .help = "give up on one request after this time, a number is seconds; 0: never",
    .fallback = "0"};
inline constexpr Flag kNamespaceFlag{.name = "namespace",
                                     .letter = 'n',
                                     .kind = kNamespace,
                                     .value = "NAME",
                                     .help = "the namespace that is meant",
                                     .fallback = "default"};
inline constexpr Flag kAllNamespaces{
    .name = "all-namespaces", .letter = 'A', .help = "in all namespaces"};
inline constexpr Flag kSelector{
    .name = "selector",
    .letter = 'l',
    .kind = kText,
    .value = "LABELS",
    .help = "only what has these labels (app=kubia,tier in (a,b),!old)"};
inline constexpr Flag kFieldSelector{.name = "field-selector",
                                     .kind = kText,
                                     .value = "FIELDS",
                                     .help = "only what has these fields (status.phase=Running)"};
inline constexpr Flag kFilename{.name = "filename",
                                .letter = 'f',
                                .kind = kFile,
                                .value = "FILE",
                                .help = "a manifest in YAML or JSON, a folder of them, or \"-\"",
                                .repeatable = true};
inline constexpr Flag kRecursive{
    .name = "recursive", .letter = 'R', .help = "folders within folders, too"};
inline constexpr Flag kOutput{
    .name = "output",
    .letter = 'o',
    .kind = kText,
    .value = "FORMAT",
    .help =
        "json, yaml, name, jsonpath=TEMPLATE, jsonpath-file=FILE, custom-columns=SPEC or "
        "custom-columns-file=FILE"};
inline constexpr Flag kDryRun{.name = "dry-run",
                              .kind = kChoice,
                              .value = "MODE",
                              .help =
                                  "client: only show what would be sent; server: let the server "
                                  "check it, and change nothing",
                              .fallback = "none",
                              .choices = kDryRuns,
                              .alone = "client"};
inline constexpr Flag kFieldManager{.name = "field-manager",
                                    .kind = kText,
                                    .value = "NAME",
                                    .help = "who owns the fields from now on"};
inline constexpr Flag kAll{.name = "all", .help = "all of the type in the namespace"};
inline constexpr Flag kLocal{.name = "local",
                             .help = "change what the files say, without the server"};
inline constexpr Flag kShowManaged{.name = "show-managed-fields",
                                   .help = "keep metadata.managedFields in json and yaml"};
inline constexpr Flag kTimeout{.name = "timeout",
                               .kind = kDuration,
                               .value = "DURATION",
                               .help = "give up after this time; 0s: never",
                               .fallback = "0s"};
inline constexpr Flag kContainerFlag{.name = "container",
                                     .letter = 'c',
                                     .kind = kText,
                                     .value = "NAME",
                                     .help = "the container, where the pod has several"};
inline constexpr Flag kOverwrite{.name = "overwrite", .help = "keys that are set may change"};
inline constexpr Flag kResourceVersion{.name = "resource-version",
                                       .kind = kText,
                                       .value = "VERSION",
                                       .help = "only if the object still has this resourceVersion"};
inline constexpr Flag kValidate{.name = "validate",
                                .kind = kText,
                                .value = "HOW",
                                .help =
                                    "what fields that the server does not know are: an error "
                                    "(strict, true), a warning (warn) or ignored (ignore, false)",
                                .fallback = "strict",
                                .alone = "strict"};

inline constexpr std::string_view kExitCodes =
    "0 success, 1 failure or what the server refused, 2 wrong usage.";

}  // namespace podrun::cli::kube
