// Fields of apps/v1 DaemonSet.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kRollingUpdateFields[] = {
    {1, "maxUnavailable", kIntOrString, kExplicit},
    {2, "maxSurge", kIntOrString, kExplicit},
};
constexpr Message kRollingUpdate{"RollingUpdateDaemonSet", kRollingUpdateFields};

constexpr Field kStrategyFields[] = {
    {1, "type", kString},
    {2, "rollingUpdate", kMessage, kExplicit, &kRollingUpdate},
};
constexpr Message kStrategy{"DaemonSetUpdateStrategy", kStrategyFields};

constexpr Field kSpecFields[] = {
    {1, "selector", kMessage, kExplicit, &kLabelSelector},
    {2, "template", kMessage, kPlain, &kPodTemplateSpec},
    {3, "updateStrategy", kMessage, kPlain, &kStrategy},
    {4, "minReadySeconds", kInt},
    {6, "revisionHistoryLimit", kInt, kExplicit},
};
constexpr Message kSpec{"DaemonSetSpec", kSpecFields};

constexpr Field kConditionFields[] = {
    {1, "type", kString},   {2, "status", kString},  {3, "lastTransitionTime", kTime},
    {4, "reason", kString}, {5, "message", kString},
};
constexpr Message kCondition{"DaemonSetCondition", kConditionFields};

constexpr Field kStatusFields[] = {
    {1, "currentNumberScheduled", kInt, kExplicit},
    {2, "numberMisscheduled", kInt, kExplicit},
    {3, "desiredNumberScheduled", kInt, kExplicit},
    {4, "numberReady", kInt, kExplicit},
    {5, "observedGeneration", kInt},
    {6, "updatedNumberScheduled", kInt},
    {7, "numberAvailable", kInt},
    {8, "numberUnavailable", kInt},
    {9, "collisionCount", kInt, kExplicit},
    {10, "conditions", kMessage, kRepeated, &kCondition},
};
constexpr Message kStatus{"DaemonSetStatus", kStatusFields};

constexpr Field kDaemonSetFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kSpec},
    {3, "status", kMessage, kPlain, &kStatus},
};

}  // namespace

constinit const Message kDaemonSet{"DaemonSet", kDaemonSetFields};

}  // namespace podrun::api::protobuf
