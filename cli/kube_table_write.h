// The command table's rows that change objects in the daemon's API, one by one.
#pragma once

#include "cli/kube_flags.h"

namespace podrun::cli::kube {

inline constexpr Flag kApplyFlags[] = {
    kFilename,
    kRecursive,
    {.name = "server-side", .help = "the server merges, and keeps who owns which field"},
    kFieldManager,
    {.name = "force-conflicts", .help = "with --server-side: take fields over from others"},
    {.name = "force", .help = "delete and make again what cannot be changed"},
    kValidate,
    kDryRun,
    kOutput,
    kShowManaged,
    kTimeout,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kApplyExamples[] = {
    {"Make the objects of a manifest, or bring them up to it", "podrun apply -f rc.yaml"},
    {"Let the server merge", "podrun apply --server-side -f rc.yaml"},
};
inline constexpr Command kApply{
    .name = "apply",
    .summary = "Make objects as manifests say, or change them to that",
    .description =
        "What was applied before, what there is and what the manifest says are merged: fields that "
        "others set stay, fields that the manifest has no more go.",
    .flags = kApplyFlags,
    .examples = kApplyExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

inline constexpr Flag kReplaceFlags[] = {
    kFilename,
    kRecursive,
    {.name = "force", .help = "delete the object and make it again"},
    {.name = "cascade",
     .kind = kChoice,
     .value = "MODE",
     .help = "what becomes of what it owns: background, foreground or orphan",
     .fallback = "background",
     .choices = kCascades,
     .alone = "background"},
    {.name = "grace-period",
     .kind = kText,
     .value = "SECONDS",
     .help = "with --force: the time that pods get to end; -1: their own",
     .fallback = "-1"},
    kTimeout,
    {.name = "save-config", .help = "note the object in its annotation, for `apply`"},
    kValidate,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kReplaceExamples[] = {
    {"Put a manifest in an object's place", "podrun replace -f rc.yaml"}};
inline constexpr Command kReplace{.name = "replace",
                                  .summary = "Put manifests in the place of objects",
                                  .flags = kReplaceFlags,
                                  .examples = kReplaceExamples,
                                  .exit_codes = kExitCodes,
                                  .program = kProgram};

inline constexpr Flag kDeleteFlags[] = {
    kFilename,
    kRecursive,
    kSelector,
    kFieldSelector,
    kAll,
    kAllNamespaces,
    {.name = "cascade",
     .kind = kChoice,
     .value = "MODE",
     .help =
         "what becomes of what it owns: background (deleted later), foreground (deleted before) "
         "or orphan (left alone); true and false are older words for the first and the last",
     .fallback = "background",
     .choices = kCascades,
     .alone = "background"},
    {.name = "grace-period",
     .kind = kText,
     .value = "SECONDS",
     .help = "the time that pods get to end; -1: their own",
     .fallback = "-1"},
    {.name = "force", .help = "do not wait for pods to end: with --grace-period=0, or alone"},
    {.name = "now", .help = "the same as --grace-period=1"},
    {.name = "wait", .help = "wait until the objects are gone", .fallback = "true"},
    kTimeout,
    {.name = "ignore-not-found", .help = "what is not there is no failure"},
    kDryRun,
    {.name = "output", .letter = 'o', .kind = kText, .value = "FORMAT", .help = "name"},
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kDeleteExamples[] = {
    {"A pod; its controller makes another one", "podrun delete pod kubia-4kb6x"},
    {"What a manifest made", "podrun delete -f rc.yaml"},
    {"A controller, without its pods", "podrun delete rc kubia --cascade=orphan"},
    {"All pods with a label, at once", "podrun delete pods -l app=kubia --now"},
};
inline constexpr Command kDelete{
    .name = "delete",
    .summary = "Delete objects",
    .operands = {"TYPE[,TYPE...] [NAME...] | TYPE/NAME...", 0, kAny, kResource},
    .flags = kDeleteFlags,
    .examples = kDeleteExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

inline constexpr Flag kLabelFlags[] = {
    kOverwrite,       {.name = "list", .help = "show the labels of each object"},
    kResourceVersion, kFilename,
    kRecursive,       kSelector,
    kFieldSelector,   kAll,
    kAllNamespaces,   kLocal,
    kDryRun,          kFieldManager,
    kOutput,          kShowManaged,
    kNamespaceFlag,   kSocket,
    kRequestTimeout,
};
inline constexpr Example kLabelExamples[] = {
    {"Set a label", "podrun label pod kubia-4kb6x type=special"},
    {"Change one: the pod leaves its controller",
     "podrun label pod kubia-4kb6x app=foo --overwrite"},
    {"Take one away", "podrun label pod kubia-4kb6x type-"},
};
inline constexpr Command kLabel{
    .name = "label",
    .summary = "Set, change or take away labels",
    .operands = {"(TYPE NAME... | TYPE/NAME... | -f FILE) KEY=VALUE... KEY-...", 0, kAny,
                 kResource},
    .flags = kLabelFlags,
    .examples = kLabelExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};
inline constexpr Example kAnnotateExamples[] = {
    {"Leave a note", "podrun annotate rc kubia note='scaled by hand'"},
    {"Take it away", "podrun annotate rc kubia note-"},
};
inline constexpr Command kAnnotate{
    .name = "annotate",
    .summary = "Set, change or take away annotations",
    .operands = {"(TYPE NAME... | TYPE/NAME... | -f FILE) KEY=VALUE... KEY-...", 0, kAny,
                 kResource},
    .flags = kLabelFlags,
    .examples = kAnnotateExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

inline constexpr Flag kScaleFlags[] = {
    {.name = "replicas", .kind = kText, .value = "N", .help = "how many pods there shall be"},
    {.name = "current-replicas",
     .kind = kText,
     .value = "N",
     .help = "only where so many are wanted now; -1: any",
     .fallback = "-1"},
    kResourceVersion,
    kFilename,
    kRecursive,
    kSelector,
    kAll,
    kTimeout,
    kDryRun,
    kOutput,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kScaleExamples[] = {
    {"Ten pods of a controller", "podrun scale rc kubia --replicas=10"},
    {"Only if there are three", "podrun scale --current-replicas=3 --replicas=5 rc/kubia"},
};
inline constexpr Command kScale{.name = "scale",
                                .summary = "Set how many pods a controller keeps",
                                .operands = {"TYPE NAME... | TYPE/NAME...", 0, kAny, kResource},
                                .flags = kScaleFlags,
                                .examples = kScaleExamples,
                                .exit_codes = kExitCodes,
                                .program = kProgram};

inline constexpr std::string_view kPatchTypes[] = {"strategic", "merge", "json"};
inline constexpr Flag kPatchFlags[] = {
    {.name = "patch", .letter = 'p', .kind = kText, .value = "PATCH", .help = "in JSON or YAML"},
    {.name = "patch-file", .kind = kFile, .value = "FILE", .help = "a file with the patch"},
    {.name = "type",
     .kind = kChoice,
     .value = "TYPE",
     .help = "strategic (lists are merged by name), merge (RFC 7396) or json (RFC 6902)",
     .fallback = "strategic",
     .choices = kPatchTypes},
    {.name = "subresource",
     .kind = kText,
     .value = "NAME",
     .help = "of this part of the object (status, scale)"},
    kFilename,
    kRecursive,
    kLocal,
    kDryRun,
    kFieldManager,
    kOutput,
    kShowManaged,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kPatchExamples[] = {
    {"Change a field", R"(podrun patch rc kubia -p '{"spec":{"replicas":5}}')"},
    {"Take one away", R"(podrun patch cm settings --type=merge -p '{"data":{"size":null}}')"},
};
inline constexpr Command kPatch{.name = "patch",
                                .summary = "Change fields of an object",
                                .operands = {"TYPE NAME | TYPE/NAME", 0, kAny, kResource},
                                .flags = kPatchFlags,
                                .examples = kPatchExamples,
                                .exit_codes = kExitCodes,
                                .program = kProgram};

inline constexpr Flag kEditFlags[] = {
    kFilename,
    kRecursive,
    {.name = "output",
     .letter = 'o',
     .kind = kText,
     .value = "FORMAT",
     .help = "what to edit, and to print after that: yaml or json"},
    kFieldManager,
    kShowManaged,
    kSelector,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Example kEditExamples[] = {
    {"With $KUBE_EDITOR, $EDITOR or vi", "podrun edit rc kubia"},
    {"Without a hand", "KUBE_EDITOR='sed -i s/replicas:.3/replicas:\\ 5/' podrun edit rc kubia"},
};
inline constexpr Command kEdit{
    .name = "edit",
    .summary = "Change objects in an editor",
    .description =
        "The editor comes back where the server refuses the object or the text is none. "
        "What was written is kept in a file where it cannot be sent.",
    .operands = {"TYPE NAME... | TYPE/NAME...", 0, kAny, kResource},
    .flags = kEditFlags,
    .examples = kEditExamples,
    .exit_codes = kExitCodes,
    .program = kProgram};

}  // namespace podrun::cli::kube
