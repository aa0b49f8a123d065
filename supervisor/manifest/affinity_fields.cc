// The fields of core/v1 Affinity and of meta/v1 LabelSelector. Sorted by name.
#include "supervisor/manifest/field_rows.h"

namespace podrun::manifest {

namespace {

using namespace rows;

constexpr std::string_view kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr std::string_view kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

constexpr Field kRequirementFields[] = {string("key"), string("operator"), list(string("values"))};
constexpr ObjectType kRequirement{kRequirementFields, "LabelSelectorRequirement"};
constexpr Field kLabelSelectorFields[] = {list(object("matchExpressions", kRequirement)),
                                          strings("matchLabels")};

// ---- nodes

constexpr ObjectType kNodeRequirement{kRequirementFields, "NodeSelectorRequirement"};
constexpr Field kNodeTermFields[] = {list(object("matchExpressions", kNodeRequirement)),
                                     list(object("matchFields", kNodeRequirement))};
constexpr ObjectType kNodeTerm{kNodeTermFields, "NodeSelectorTerm"};
constexpr Field kNodeSelectorFields[] = {always(list(object("nodeSelectorTerms", kNodeTerm)))};
constexpr ObjectType kNodeSelector{kNodeSelectorFields, "NodeSelector"};
constexpr Field kPreferredNodeFields[] = {object("preference", kNodeTerm), int32("weight")};
constexpr ObjectType kPreferredNode{kPreferredNodeFields, "PreferredSchedulingTerm"};
constexpr Field kNodeAffinityFields[] = {list(object(kPreferred, kPreferredNode)),
                                         object(kRequired, kNodeSelector)};
constexpr ObjectType kNodeAffinity{kNodeAffinityFields, "NodeAffinity"};

// ---- pods

constexpr Field kPodTermFields[] = {
    object("labelSelector", kLabelSelectorType),
    list(string("matchLabelKeys")),
    list(string("mismatchLabelKeys")),
    object("namespaceSelector", kLabelSelectorType),
    list(string("namespaces")),
    always(string("topologyKey")),
};
constexpr ObjectType kPodTerm{kPodTermFields, "PodAffinityTerm"};
constexpr Field kWeightedPodTermFields[] = {object("podAffinityTerm", kPodTerm), int32("weight")};
constexpr ObjectType kWeightedPodTerm{kWeightedPodTermFields, "WeightedPodAffinityTerm"};
constexpr Field kPodAffinityFields[] = {list(object(kPreferred, kWeightedPodTerm)),
                                        list(object(kRequired, kPodTerm))};
constexpr ObjectType kPodAffinity{kPodAffinityFields, "PodAffinity"};
constexpr ObjectType kPodAntiAffinity{kPodAffinityFields, "PodAntiAffinity"};

constexpr Field kAffinityFields[] = {object("nodeAffinity", kNodeAffinity),
                                     object("podAffinity", kPodAffinity),
                                     object("podAntiAffinity", kPodAntiAffinity)};

}  // namespace

constexpr ObjectType kLabelSelectorType{kLabelSelectorFields, "LabelSelector"};
constexpr ObjectType kAffinityType{kAffinityFields, "Affinity"};

}  // namespace podrun::manifest
