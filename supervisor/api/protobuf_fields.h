// The messages of Kubernetes' protobuf form as tables: which field number is which JSON field.
// Numbers, names and which fields are pointers are those of k8s.io/api and k8s.io/apimachinery 0.35
// (generated.proto, types.go). managedFields has no line: it is read over.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace podrun::api::protobuf {

/// What a field holds on the wire, and so what its JSON is.
enum class Type : std::uint8_t {
  kString,
  kBool,
  kInt,
  kBytes,        // base64
  kQuantity,     // message {string = 1}: a string
  kIntOrString,  // message {type = 1, intVal = 2, strVal = 3}
  kTime,         // message {seconds = 1, nanos = 2}: RFC 3339
  kMicroTime,    // the same, with six digits of a second
  kMessage,
  kStringMap,
  kBytesMap,
  kQuantityMap,
};

/// How a field is written.
enum class Form : std::uint8_t {
  kPlain,     // left out where it is zero: encoding/json's omitempty
  kExplicit,  // a pointer, or without omitempty: a zero that was sent is kept
  kRepeated,  // a list
  kInline,    // a message whose fields are its parent's
};

struct Message;

struct Field {
  std::uint32_t number;
  std::string_view name;
  Type type;
  Form form = Form::kPlain;
  const Message* message = nullptr;  // of a kMessage
};

struct Message {
  std::string_view name;
  std::span<const Field> fields;  // in the order of their numbers

  /// Null for a number that is none of the message's.
  const Field* field(std::uint64_t number) const;
};

/// The table of a kind; null for one that has none.
const Message* message_of(std::string_view api_version, std::string_view kind);

extern const Message kAppArmorProfile;
extern const Message kBinding;
extern const Message kCondition;
extern const Message kConfigMap;
extern const Message kContainer;
extern const Message kDeleteOptions;
extern const Message kDeployment;
extern const Message kDownwardAPIVolumeSource;
extern const Message kEndpointSlice;
extern const Message kEndpoints;
extern const Message kEphemeralContainer;
extern const Message kEphemeralVolumeSource;
extern const Message kEvent;
extern const Message kEventSource;
extern const Message kEventsEvent;
extern const Message kCronJob;
extern const Message kDaemonSet;
extern const Message kEviction;
extern const Message kJob;
extern const Message kKeyToPath;
extern const Message kLabelSelector;
extern const Message kLease;
extern const Message kLocalObjectReference;
extern const Message kLocalSubjectAccessReview;
extern const Message kNamespace;
extern const Message kNode;
extern const Message kObjectFieldSelector;
extern const Message kObjectMeta;
extern const Message kObjectReference;
extern const Message kPersistentVolumeClaimVolumeSource;
extern const Message kPod;
extern const Message kPodSpec;
extern const Message kPodTemplate;
extern const Message kPodTemplateSpec;
extern const Message kProjectedVolumeSource;
extern const Message kReplicaSet;
extern const Message kReplicationController;
extern const Message kResourceFieldSelector;
extern const Message kResourceRequirements;
extern const Message kSELinuxOptions;
extern const Message kScale;
extern const Message kSeccompProfile;
extern const Message kSecret;
extern const Message kSelfSubjectAccessReview;
extern const Message kSelfSubjectReview;
extern const Message kSelfSubjectRulesReview;
extern const Message kService;
extern const Message kServiceAccount;
extern const Message kSubjectAccessReview;
extern const Message kVolume;
extern const Message kWindowsSecurityContextOptions;
extern const Message kTokenRequest;

}  // namespace podrun::api::protobuf
