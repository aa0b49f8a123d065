// The fields of Namespace, Node, ConfigMap, Secret, ServiceAccount, Event, Lease and
// ControllerRevision. Sorted by name.
#include "supervisor/manifest/field_rows.h"
#include "supervisor/manifest/kind_fields.h"

namespace podrun::manifest {

namespace {

using namespace rows;

constexpr Field kApiVersion = string("apiVersion");
constexpr Field kKind = string("kind");
constexpr Field kMetadata = object("metadata", kObjectMetaType);

constexpr Field kNamespaceSpecFields[] = {list(string("finalizers"))};
constexpr ObjectType kNamespaceSpec{kNamespaceSpecFields, "NamespaceSpec"};
constexpr Field kNamespaceFields[] = {kApiVersion, kKind, kMetadata, object("spec", kNamespaceSpec),
                                      any_object("status")};

constexpr Field kTaintFields[] = {string("effect"), string("key"), string("timeAdded"),
                                  string("value")};
constexpr ObjectType kTaint{kTaintFields, "Taint"};
constexpr Field kNodeSpecFields[] = {any("configSource"),
                                     string("externalID"),
                                     string("podCIDR"),
                                     list(string("podCIDRs")),
                                     string("providerID"),
                                     list(object("taints", kTaint)),
                                     plain(boolean("unschedulable"))};
constexpr ObjectType kNodeSpec{kNodeSpecFields, "NodeSpec"};
constexpr Field kNodeFields[] = {kApiVersion, kKind, kMetadata, object("spec", kNodeSpec),
                                 any_object("status")};

constexpr Field kConfigMapFields[] = {
    kApiVersion, strings("binaryData"), strings("data"), boolean("immutable"), kKind, kMetadata};
constexpr Field kSecretFields[] = {kApiVersion, strings("data"),       boolean("immutable"), kKind,
                                   kMetadata,   strings("stringData"), string("type")};

constexpr Field kServiceAccountFields[] = {kApiVersion,
                                           boolean("automountServiceAccountToken"),
                                           list(any_object("imagePullSecrets")),
                                           kKind,
                                           kMetadata,
                                           list(any_object("secrets"))};

constexpr Field kReferenceFields[] = {
    string("apiVersion"), string("fieldPath"),       string("kind"), string("name"),
    string("namespace"),  string("resourceVersion"), string("uid")};
constexpr Field kEventSourceFields[] = {string("component"), string("host")};
constexpr ObjectType kEventSource{kEventSourceFields, "EventSource"};
constexpr Field kEventSeriesFields[] = {int32("count"), string("lastObservedTime")};
constexpr ObjectType kEventSeries{kEventSeriesFields, "EventSeries"};
constexpr Field kEventFields[] = {
    string("action"),
    kApiVersion,
    plain(int32("count")),
    string("eventTime"),
    string("firstTimestamp"),
    object("involvedObject", kObjectReferenceType),
    kKind,
    string("lastTimestamp"),
    string("message"),
    kMetadata,
    string("reason"),
    object("related", kObjectReferenceType),
    string("reportingComponent"),
    string("reportingInstance"),
    object("series", kEventSeries),
    object("source", kEventSource),
    string("type"),
};
constexpr Field kNewerEventFields[] = {
    string("action"),
    kApiVersion,
    plain(int32("deprecatedCount")),
    string("deprecatedFirstTimestamp"),
    string("deprecatedLastTimestamp"),
    object("deprecatedSource", kEventSource),
    string("eventTime"),
    kKind,
    kMetadata,
    string("note"),
    string("reason"),
    object("regarding", kObjectReferenceType),
    object("related", kObjectReferenceType),
    string("reportingController"),
    string("reportingInstance"),
    object("series", kEventSeries),
    string("type"),
};

constexpr Field kLeaseSpecFields[] = {
    string("acquireTime"),     string("holderIdentity"),  int32("leaseDurationSeconds"),
    int32("leaseTransitions"), string("preferredHolder"), string("renewTime"),
    string("strategy")};
constexpr ObjectType kLeaseSpec{kLeaseSpecFields, "LeaseSpec"};
constexpr Field kLeaseFields[] = {kApiVersion, kKind, kMetadata, object("spec", kLeaseSpec)};

constexpr Field kRevisionFields[] = {kApiVersion, any_object("data"), kKind, kMetadata,
                                     int64("revision")};

}  // namespace

constexpr ObjectType kObjectReferenceType{kReferenceFields, "ObjectReference"};
constexpr ObjectType kNamespaceType{kNamespaceFields, "Namespace"};
constexpr ObjectType kNodeType{kNodeFields, "Node"};
constexpr ObjectType kConfigMapType{kConfigMapFields, "ConfigMap"};
constexpr ObjectType kSecretType{kSecretFields, "Secret"};
constexpr ObjectType kServiceAccountType{kServiceAccountFields, "ServiceAccount"};
constexpr ObjectType kEventType{kEventFields, "Event"};
constexpr ObjectType kNewerEventType{kNewerEventFields, "Event"};
constexpr ObjectType kLeaseType{kLeaseFields, "Lease"};
constexpr ObjectType kControllerRevisionType{kRevisionFields, "ControllerRevision"};

}  // namespace podrun::manifest
