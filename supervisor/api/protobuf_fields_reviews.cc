// Fields of authorization.k8s.io/v1's reviews and of authentication.k8s.io/v1's SelfSubjectReview.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kRequirementFields[] = {
    {1, "key", kString},
    {2, "operator", kString},
    {3, "values", kString, kRepeated},
};
constexpr Message kFieldRequirement{"FieldSelectorRequirement", kRequirementFields};
constexpr Message kLabelRequirement{"LabelSelectorRequirement", kRequirementFields};

constexpr Field kFieldSelectorAttributesFields[] = {
    {1, "rawSelector", kString},
    {2, "requirements", kMessage, kRepeated, &kFieldRequirement},
};
constexpr Message kFieldSelectorAttributes{"FieldSelectorAttributes",
                                           kFieldSelectorAttributesFields};

constexpr Field kLabelSelectorAttributesFields[] = {
    {1, "rawSelector", kString},
    {2, "requirements", kMessage, kRepeated, &kLabelRequirement},
};
constexpr Message kLabelSelectorAttributes{"LabelSelectorAttributes",
                                           kLabelSelectorAttributesFields};

constexpr Field kResourceAttributesFields[] = {
    {1, "namespace", kString},
    {2, "verb", kString},
    {3, "group", kString},
    {4, "version", kString},
    {5, "resource", kString},
    {6, "subresource", kString},
    {7, "name", kString},
    {8, "fieldSelector", kMessage, kExplicit, &kFieldSelectorAttributes},
    {9, "labelSelector", kMessage, kExplicit, &kLabelSelectorAttributes},
};
constexpr Message kResourceAttributes{"ResourceAttributes", kResourceAttributesFields};

constexpr Field kNonResourceAttributesFields[] = {{1, "path", kString}, {2, "verb", kString}};
constexpr Message kNonResourceAttributes{"NonResourceAttributes", kNonResourceAttributesFields};

constexpr Field kAccessReviewStatusFields[] = {
    {1, "allowed", kBool, kExplicit},
    {2, "reason", kString},
    {3, "evaluationError", kString},
    {4, "denied", kBool},
};
constexpr Message kAccessReviewStatus{"SubjectAccessReviewStatus", kAccessReviewStatusFields};

constexpr Field kSelfAccessSpecFields[] = {
    {1, "resourceAttributes", kMessage, kExplicit, &kResourceAttributes},
    {2, "nonResourceAttributes", kMessage, kExplicit, &kNonResourceAttributes},
};
constexpr Message kSelfAccessSpec{"SelfSubjectAccessReviewSpec", kSelfAccessSpecFields};

// `extra` has no line: nobody's rights depend on it.
constexpr Field kAccessSpecFields[] = {
    {1, "resourceAttributes", kMessage, kExplicit, &kResourceAttributes},
    {2, "nonResourceAttributes", kMessage, kExplicit, &kNonResourceAttributes},
    {3, "user", kString},
    {4, "groups", kString, kRepeated},
    {6, "uid", kString},
};
constexpr Message kAccessSpec{"SubjectAccessReviewSpec", kAccessSpecFields};

constexpr Field kSelfAccessReviewFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kSelfAccessSpec},
    {3, "status", kMessage, kPlain, &kAccessReviewStatus},
};

constexpr Field kAccessReviewFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kAccessSpec},
    {3, "status", kMessage, kPlain, &kAccessReviewStatus},
};

constexpr Field kResourceRuleFields[] = {
    {1, "verbs", kString, kRepeated},
    {2, "apiGroups", kString, kRepeated},
    {3, "resources", kString, kRepeated},
    {4, "resourceNames", kString, kRepeated},
};
constexpr Message kResourceRule{"ResourceRule", kResourceRuleFields};

constexpr Field kNonResourceRuleFields[] = {
    {1, "verbs", kString, kRepeated},
    {2, "nonResourceURLs", kString, kRepeated},
};
constexpr Message kNonResourceRule{"NonResourceRule", kNonResourceRuleFields};

constexpr Field kRulesReviewStatusFields[] = {
    {1, "resourceRules", kMessage, kRepeated, &kResourceRule},
    {2, "nonResourceRules", kMessage, kRepeated, &kNonResourceRule},
    {3, "incomplete", kBool, kExplicit},
    {4, "evaluationError", kString},
};
constexpr Message kRulesReviewStatus{"SubjectRulesReviewStatus", kRulesReviewStatusFields};

constexpr Field kRulesReviewSpecFields[] = {{1, "namespace", kString}};
constexpr Message kRulesReviewSpec{"SelfSubjectRulesReviewSpec", kRulesReviewSpecFields};

constexpr Field kRulesReviewFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kRulesReviewSpec},
    {3, "status", kMessage, kPlain, &kRulesReviewStatus},
};

constexpr Field kUserInfoFields[] = {
    {1, "username", kString},
    {2, "uid", kString},
    {3, "groups", kString, kRepeated},
};
constexpr Message kUserInfo{"UserInfo", kUserInfoFields};

constexpr Field kSelfReviewStatusFields[] = {{1, "userInfo", kMessage, kPlain, &kUserInfo}};
constexpr Message kSelfReviewStatus{"SelfSubjectReviewStatus", kSelfReviewStatusFields};

constexpr Field kSelfReviewFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "status", kMessage, kPlain, &kSelfReviewStatus},
};

}  // namespace

constinit const Message kLocalSubjectAccessReview{"LocalSubjectAccessReview", kAccessReviewFields};
constinit const Message kSelfSubjectAccessReview{"SelfSubjectAccessReview",
                                                 kSelfAccessReviewFields};
constinit const Message kSelfSubjectReview{"SelfSubjectReview", kSelfReviewFields};
constinit const Message kSelfSubjectRulesReview{"SelfSubjectRulesReview", kRulesReviewFields};
constinit const Message kSubjectAccessReview{"SubjectAccessReview", kAccessReviewFields};

}  // namespace podrun::api::protobuf
