// Fields of batch/v1.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kExitCodesFields[] = {
    {1, "containerName", kString, kExplicit},
    {2, "operator", kString},
    {3, "values", kInt, kRepeated},
};
constexpr Message kExitCodes{"PodFailurePolicyOnExitCodesRequirement", kExitCodesFields};

constexpr Field kPodConditionFields[] = {
    {1, "type", kString},
    {2, "status", kString},
};
constexpr Message kPodCondition{"PodFailurePolicyOnPodConditionsPattern", kPodConditionFields};

constexpr Field kFailureRuleFields[] = {
    {1, "action", kString},
    {2, "onExitCodes", kMessage, kExplicit, &kExitCodes},
    {3, "onPodConditions", kMessage, kRepeated, &kPodCondition},
};
constexpr Message kFailureRule{"PodFailurePolicyRule", kFailureRuleFields};
constexpr Field kFailurePolicyFields[] = {
    {1, "rules", kMessage, kRepeated, &kFailureRule},
};
constexpr Message kFailurePolicy{"PodFailurePolicy", kFailurePolicyFields};

constexpr Field kSuccessRuleFields[] = {
    {1, "succeededIndexes", kString, kExplicit},
    {2, "succeededCount", kInt, kExplicit},
};
constexpr Message kSuccessRule{"SuccessPolicyRule", kSuccessRuleFields};
constexpr Field kSuccessPolicyFields[] = {
    {1, "rules", kMessage, kRepeated, &kSuccessRule},
};
constexpr Message kSuccessPolicy{"SuccessPolicy", kSuccessPolicyFields};

constexpr Field kJobSpecFields[] = {
    {1, "parallelism", kInt, kExplicit},
    {2, "completions", kInt, kExplicit},
    {3, "activeDeadlineSeconds", kInt, kExplicit},
    {4, "selector", kMessage, kExplicit, &kLabelSelector},
    {5, "manualSelector", kBool, kExplicit},
    {6, "template", kMessage, kPlain, &kPodTemplateSpec},
    {7, "backoffLimit", kInt, kExplicit},
    {8, "ttlSecondsAfterFinished", kInt, kExplicit},
    {9, "completionMode", kString, kExplicit},
    {10, "suspend", kBool, kExplicit},
    {11, "podFailurePolicy", kMessage, kExplicit, &kFailurePolicy},
    {12, "backoffLimitPerIndex", kInt, kExplicit},
    {13, "maxFailedIndexes", kInt, kExplicit},
    {14, "podReplacementPolicy", kString, kExplicit},
    {15, "managedBy", kString, kExplicit},
    {16, "successPolicy", kMessage, kExplicit, &kSuccessPolicy},
};
constexpr Message kJobSpec{"JobSpec", kJobSpecFields};

constexpr Field kJobConditionFields[] = {
    {1, "type", kString},        {2, "status", kString},
    {3, "lastProbeTime", kTime}, {4, "lastTransitionTime", kTime},
    {5, "reason", kString},      {6, "message", kString},
};
constexpr Message kJobCondition{"JobCondition", kJobConditionFields};

constexpr Field kUncountedFields[] = {
    {1, "succeeded", kString, kRepeated},
    {2, "failed", kString, kRepeated},
};
constexpr Message kUncounted{"UncountedTerminatedPods", kUncountedFields};

constexpr Field kJobStatusFields[] = {
    {1, "conditions", kMessage, kRepeated, &kJobCondition},
    {2, "startTime", kTime, kExplicit},
    {3, "completionTime", kTime, kExplicit},
    {4, "active", kInt},
    {5, "succeeded", kInt},
    {6, "failed", kInt},
    {7, "completedIndexes", kString},
    {8, "uncountedTerminatedPods", kMessage, kExplicit, &kUncounted},
    {9, "ready", kInt, kExplicit},
    {10, "failedIndexes", kString, kExplicit},
    {11, "terminating", kInt, kExplicit},
};
constexpr Message kJobStatus{"JobStatus", kJobStatusFields};

constexpr Field kJobFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kJobSpec},
    {3, "status", kMessage, kPlain, &kJobStatus},
};

constexpr Field kJobTemplateFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kJobSpec},
};
constexpr Message kJobTemplate{"JobTemplateSpec", kJobTemplateFields};
constexpr Field kCronJobSpecFields[] = {
    {1, "schedule", kString},
    {2, "startingDeadlineSeconds", kInt, kExplicit},
    {3, "concurrencyPolicy", kString},
    {4, "suspend", kBool, kExplicit},
    {5, "jobTemplate", kMessage, kPlain, &kJobTemplate},
    {6, "successfulJobsHistoryLimit", kInt, kExplicit},
    {7, "failedJobsHistoryLimit", kInt, kExplicit},
    {8, "timeZone", kString, kExplicit},
};
constexpr Message kCronJobSpec{"CronJobSpec", kCronJobSpecFields};
constexpr Field kCronJobStatusFields[] = {
    {1, "active", kMessage, kRepeated, &kObjectReference},
    {4, "lastScheduleTime", kTime, kExplicit},
    {5, "lastSuccessfulTime", kTime, kExplicit},
};
constexpr Message kCronJobStatus{"CronJobStatus", kCronJobStatusFields};
constexpr Field kCronJobFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kCronJobSpec},
    {3, "status", kMessage, kPlain, &kCronJobStatus},
};

}  // namespace

constinit const Message kJob{"Job", kJobFields};
constinit const Message kCronJob{"CronJob", kCronJobFields};

}  // namespace podrun::api::protobuf
