// Fields of apimachinery/pkg/apis/meta/v1.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kOwnerReferenceFields[] = {
    {1, "kind", kString},
    {3, "name", kString},
    {4, "uid", kString},
    {5, "apiVersion", kString},
    {6, "controller", kBool, kExplicit},
    {7, "blockOwnerDeletion", kBool, kExplicit},
};
constexpr Message kOwnerReference{"OwnerReference", kOwnerReferenceFields};

constexpr Field kObjectMetaFields[] = {
    {1, "name", kString},
    {2, "generateName", kString},
    {3, "namespace", kString},
    {4, "selfLink", kString},
    {5, "uid", kString},
    {6, "resourceVersion", kString},
    {7, "generation", kInt},
    {8, "creationTimestamp", kTime},
    {9, "deletionTimestamp", kTime, kExplicit},
    {10, "deletionGracePeriodSeconds", kInt, kExplicit},
    {11, "labels", kStringMap},
    {12, "annotations", kStringMap},
    {13, "ownerReferences", kMessage, kRepeated, &kOwnerReference},
    {14, "finalizers", kString, kRepeated},
};

constexpr Field kConditionFields[] = {
    {1, "type", kString},
    {2, "status", kString},
    {3, "observedGeneration", kInt},
    {4, "lastTransitionTime", kTime, kExplicit},
    {5, "reason", kString},
    {6, "message", kString},
};

constexpr Field kLabelSelectorRequirementFields[] = {
    {1, "key", kString},
    {2, "operator", kString},
    {3, "values", kString, kRepeated},
};
constexpr Message kLabelSelectorRequirement{"LabelSelectorRequirement",
                                            kLabelSelectorRequirementFields};

constexpr Field kLabelSelectorFields[] = {
    {1, "matchLabels", kStringMap},
    {2, "matchExpressions", kMessage, kRepeated, &kLabelSelectorRequirement},
};

constexpr Field kPreconditionsFields[] = {
    {1, "uid", kString, kExplicit},
    {2, "resourceVersion", kString, kExplicit},
};
constexpr Message kPreconditions{"Preconditions", kPreconditionsFields};

constexpr Field kDeleteOptionsFields[] = {
    {1, "gracePeriodSeconds", kInt, kExplicit},
    {2, "preconditions", kMessage, kExplicit, &kPreconditions},
    {3, "orphanDependents", kBool, kExplicit},
    {4, "propagationPolicy", kString, kExplicit},
    {5, "dryRun", kString, kRepeated},
    {6, "ignoreStoreReadErrorWithClusterBreakingPotential", kBool, kExplicit},
};

}  // namespace

constinit const Message kObjectMeta{"ObjectMeta", kObjectMetaFields};
constinit const Message kCondition{"Condition", kConditionFields};
constinit const Message kLabelSelector{"LabelSelector", kLabelSelectorFields};
constinit const Message kDeleteOptions{"DeleteOptions", kDeleteOptionsFields};

}  // namespace podrun::api::protobuf
