// The command table's rows for `rollout` and its commands.
#pragma once

#include "cli/kube_flags.h"

namespace podrun::cli::kube {

inline constexpr Flag kRolloutFlags[] = {kFilename,      kRecursive, kSelector,
                                         kNamespaceFlag, kSocket,    kRequestTimeout};
inline constexpr Flag kRolloutChangeFlags[] = {kFilename,     kRecursive,     kSelector,
                                               kFieldManager, kOutput,        kNamespaceFlag,
                                               kSocket,       kRequestTimeout};
inline constexpr Flag kRevision{.name = "revision",
                                .kind = kText,
                                .value = "N",
                                .help = "this revision in full",
                                .fallback = "0"};
inline constexpr Flag kRolloutHistoryFlags[] = {
    kRevision, kFilename, kRecursive, kSelector, kOutput, kNamespaceFlag, kSocket, kRequestTimeout};
inline constexpr Flag kRolloutUndoFlags[] = {{.name = "to-revision",
                                              .kind = kText,
                                              .value = "N",
                                              .help = "back to this revision; 0: the one before",
                                              .fallback = "0"},
                                             kDryRun,
                                             kFilename,
                                             kRecursive,
                                             kSelector,
                                             kOutput,
                                             kNamespaceFlag,
                                             kSocket,
                                             kRequestTimeout};
inline constexpr Flag kRolloutStatusFlags[] = {
    {.name = "watch", .letter = 'w', .help = "until the rollout has ended", .fallback = "true"},
    kRevision,
    kTimeout,
    kFilename,
    kRecursive,
    kSelector,
    kNamespaceFlag,
    kSocket,
    kRequestTimeout,
};
inline constexpr Operands kRolloutOperands{"TYPE NAME... | TYPE/NAME...", 0, kAny, kResource};
inline constexpr Example kStatusExamples[] = {
    {"Wait until a deployment is rolled out", "podrun rollout status deployment/web"}};
inline constexpr Example kHistoryExamples[] = {
    {"The revisions", "podrun rollout history deployment/web"}};
inline constexpr Example kUndoExamples[] = {
    {"Back to the revision before", "podrun rollout undo deployment/web"}};
inline constexpr Example kRestartExamples[] = {
    {"New pods from the same template", "podrun rollout restart deployment/web"}};
inline constexpr Example kPauseExamples[] = {
    {"Collect several changes into one rollout", "podrun rollout pause deployment/web"}};
inline constexpr Example kResumeExamples[] = {
    {"Roll them out", "podrun rollout resume deployment/web"}};
inline constexpr Command kRolloutCommands[] = {
    {.name = "status",
     .summary = "Show how far a rollout is, until it has ended",
     .operands = kRolloutOperands,
     .flags = kRolloutStatusFlags,
     .examples = kStatusExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "history",
     .summary = "Show the revisions of a deployment",
     .operands = kRolloutOperands,
     .flags = kRolloutHistoryFlags,
     .examples = kHistoryExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "undo",
     .summary = "Go back to an earlier revision",
     .operands = kRolloutOperands,
     .flags = kRolloutUndoFlags,
     .examples = kUndoExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "restart",
     .summary = "Replace the pods, within the strategy of the deployment",
     .operands = kRolloutOperands,
     .flags = kRolloutChangeFlags,
     .examples = kRestartExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "pause",
     .summary = "Hold rollouts back",
     .operands = kRolloutOperands,
     .flags = kRolloutChangeFlags,
     .examples = kPauseExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
    {.name = "resume",
     .summary = "Let rollouts go on",
     .operands = kRolloutOperands,
     .flags = kRolloutChangeFlags,
     .examples = kResumeExamples,
     .exit_codes = kExitCodes,
     .program = kProgram},
};
inline constexpr Command kRollout{
    .name = "rollout",
    .summary = "Show and steer the rollouts of deployments and daemon sets",
    .commands = kRolloutCommands,
    .program = kProgram};

}  // namespace podrun::cli::kube
