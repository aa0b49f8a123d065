// The fields of Job and CronJob. Sorted by name.
#include "supervisor/manifest/field_rows.h"
#include "supervisor/manifest/kind_fields.h"

namespace podrun::manifest {

namespace {

using namespace rows;

constexpr Field kExitCodesFields[] = {string("containerName"), string("operator"),
                                      list(int32("values"))};
constexpr ObjectType kExitCodes{kExitCodesFields, "PodFailurePolicyOnExitCodesRequirement"};
constexpr Field kPodConditionFields[] = {string("status"), string("type")};
constexpr ObjectType kPodCondition{kPodConditionFields, "PodFailurePolicyOnPodConditionsPattern"};
constexpr Field kFailureRuleFields[] = {
    string("action"),
    object("onExitCodes", kExitCodes),
    list(object("onPodConditions", kPodCondition)),
};
constexpr ObjectType kFailureRule{kFailureRuleFields, "PodFailurePolicyRule"};
constexpr Field kFailurePolicyFields[] = {list(object("rules", kFailureRule))};
constexpr ObjectType kFailurePolicy{kFailurePolicyFields, "PodFailurePolicy"};

constexpr Field kSuccessRuleFields[] = {int32("succeededCount"), string("succeededIndexes")};
constexpr ObjectType kSuccessRule{kSuccessRuleFields, "SuccessPolicyRule"};
constexpr Field kSuccessPolicyFields[] = {list(object("rules", kSuccessRule))};
constexpr ObjectType kSuccessPolicy{kSuccessPolicyFields, "SuccessPolicy"};

constexpr Field kJobSpecFields[] = {
    int64("activeDeadlineSeconds"),
    int32("backoffLimit"),
    int32("backoffLimitPerIndex"),
    string("completionMode"),
    int32("completions"),
    string("managedBy"),
    boolean("manualSelector"),
    int32("maxFailedIndexes"),
    int32("parallelism"),
    object("podFailurePolicy", kFailurePolicy),
    string("podReplacementPolicy"),
    object("selector", kLabelSelectorType),
    object("successPolicy", kSuccessPolicy),
    boolean("suspend"),
    object("template", kPodTemplateType),
    int32("ttlSecondsAfterFinished"),
};
constexpr ObjectType kJobSpec{kJobSpecFields, "JobSpec"};

constexpr Field kConditionFields[] = {
    string("lastProbeTime"), string("lastTransitionTime"),
    string("message"),       string("reason"),
    string("status"),        string("type"),
};
constexpr ObjectType kCondition{kConditionFields, "JobCondition"};
constexpr Field kUncountedFields[] = {list(string("failed")), list(string("succeeded"))};
constexpr ObjectType kUncounted{kUncountedFields, "UncountedTerminatedPods"};
constexpr Field kJobStatusFields[] = {
    plain(int32("active")),
    string("completedIndexes"),
    string("completionTime"),
    list(object("conditions", kCondition)),
    plain(int32("failed")),
    string("failedIndexes"),
    int32("ready"),
    string("startTime"),
    plain(int32("succeeded")),
    int32("terminating"),
    object("uncountedTerminatedPods", kUncounted),
};
constexpr ObjectType kJobStatus{kJobStatusFields, "JobStatus"};
constexpr Field kJobFields[] = {
    string("apiVersion"),
    string("kind"),
    object("metadata", kObjectMetaType),
    object("spec", kJobSpec),
    object("status", kJobStatus),
};

constexpr Field kJobTemplateFields[] = {object("metadata", kObjectMetaType),
                                        object("spec", kJobSpec)};
constexpr ObjectType kJobTemplate{kJobTemplateFields, "JobTemplateSpec"};
constexpr Field kCronJobSpecFields[] = {
    string("concurrencyPolicy"),
    int32("failedJobsHistoryLimit"),
    object("jobTemplate", kJobTemplate),
    string("schedule"),
    int64("startingDeadlineSeconds"),
    int32("successfulJobsHistoryLimit"),
    boolean("suspend"),
    always(string("timeZone")),
};
constexpr ObjectType kCronJobSpec{kCronJobSpecFields, "CronJobSpec"};
constexpr Field kCronJobStatusFields[] = {
    list(object("active", kObjectReferenceType)),
    string("lastScheduleTime"),
    string("lastSuccessfulTime"),
};
constexpr ObjectType kCronJobStatus{kCronJobStatusFields, "CronJobStatus"};
constexpr Field kCronJobFields[] = {
    string("apiVersion"),
    string("kind"),
    object("metadata", kObjectMetaType),
    object("spec", kCronJobSpec),
    object("status", kCronJobStatus),
};

}  // namespace

constexpr ObjectType kJobType{kJobFields, "Job"};
constexpr ObjectType kCronJobType{kCronJobFields, "CronJob"};

}  // namespace podrun::manifest
