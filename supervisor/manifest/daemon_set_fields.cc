// The fields of DaemonSet, with those of its older versions. Sorted by name.
#include "supervisor/manifest/field_rows.h"
#include "supervisor/manifest/kind_fields.h"

namespace podrun::manifest {

namespace {

using namespace rows;

constexpr Field kConditionFields[] = {
    string("lastTransitionTime"),
    string("message"),
    string("reason"),
    string("status"),
    string("type"),
};
constexpr ObjectType kCondition{kConditionFields, "DaemonSetCondition"};

constexpr Field kRollingUpdateFields[] = {{"maxSurge", kIntOrString},
                                          {"maxUnavailable", kIntOrString}};
constexpr ObjectType kRollingUpdate{kRollingUpdateFields, "RollingUpdateDaemonSet"};
constexpr Field kStrategyFields[] = {object("rollingUpdate", kRollingUpdate), string("type")};
constexpr ObjectType kStrategy{kStrategyFields, "DaemonSetUpdateStrategy"};

constexpr Field kSpecFields[] = {
    plain(int32("minReadySeconds")),
    int32("revisionHistoryLimit"),
    object("selector", kLabelSelectorType),
    object("template", kPodTemplateType),
    any("templateGeneration"),  // of v1beta1 only
    object("updateStrategy", kStrategy),
};
constexpr ObjectType kSpec{kSpecFields, "DaemonSetSpec"};

constexpr Field kStatusFields[] = {
    int32("collisionCount"),
    list(object("conditions", kCondition)),
    int32("currentNumberScheduled"),
    int32("desiredNumberScheduled"),
    plain(int32("numberAvailable")),
    int32("numberMisscheduled"),
    int32("numberReady"),
    plain(int32("numberUnavailable")),
    plain(int64("observedGeneration")),
    plain(int32("updatedNumberScheduled")),
};
constexpr ObjectType kStatus{kStatusFields, "DaemonSetStatus"};

constexpr Field kDaemonSetFields[] = {
    string("apiVersion"),
    string("kind"),
    object("metadata", kObjectMetaType),
    object("spec", kSpec),
    object("status", kStatus),
};

}  // namespace

constexpr ObjectType kDaemonSetType{kDaemonSetFields, "DaemonSet"};

}  // namespace podrun::manifest
