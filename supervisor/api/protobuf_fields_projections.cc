// Fields of core/v1: claimed and projected volumes.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kPersistentVolumeClaimVolumeSourceFields[] = {
    {1, "claimName", kString},
    {2, "readOnly", kBool},
};

constexpr Field kDownwardAPIVolumeFileFields[] = {
    {1, "path", kString},
    {2, "fieldRef", kMessage, kExplicit, &kObjectFieldSelector},
    {3, "resourceFieldRef", kMessage, kExplicit, &kResourceFieldSelector},
    {4, "mode", kInt, kExplicit},
};
constexpr Message kDownwardAPIVolumeFile{"DownwardAPIVolumeFile", kDownwardAPIVolumeFileFields};

constexpr Field kDownwardAPIVolumeSourceFields[] = {
    {1, "items", kMessage, kRepeated, &kDownwardAPIVolumeFile},
    {2, "defaultMode", kInt, kExplicit},
};

constexpr Field kSecretProjectionFields[] = {
    {1, "", kMessage, kInline, &kLocalObjectReference},
    {2, "items", kMessage, kRepeated, &kKeyToPath},
    {4, "optional", kBool, kExplicit},
};
constexpr Message kSecretProjection{"SecretProjection", kSecretProjectionFields};

constexpr Field kDownwardAPIProjectionFields[] = {
    {1, "items", kMessage, kRepeated, &kDownwardAPIVolumeFile},
};
constexpr Message kDownwardAPIProjection{"DownwardAPIProjection", kDownwardAPIProjectionFields};

constexpr Field kConfigMapProjectionFields[] = {
    {1, "", kMessage, kInline, &kLocalObjectReference},
    {2, "items", kMessage, kRepeated, &kKeyToPath},
    {4, "optional", kBool, kExplicit},
};
constexpr Message kConfigMapProjection{"ConfigMapProjection", kConfigMapProjectionFields};

constexpr Field kServiceAccountTokenProjectionFields[] = {
    {1, "audience", kString},
    {2, "expirationSeconds", kInt, kExplicit},
    {3, "path", kString},
};
constexpr Message kServiceAccountTokenProjection{"ServiceAccountTokenProjection",
                                                 kServiceAccountTokenProjectionFields};

constexpr Field kClusterTrustBundleProjectionFields[] = {
    {1, "name", kString, kExplicit},
    {2, "signerName", kString, kExplicit},
    {3, "labelSelector", kMessage, kExplicit, &kLabelSelector},
    {4, "path", kString},
    {5, "optional", kBool, kExplicit},
};
constexpr Message kClusterTrustBundleProjection{"ClusterTrustBundleProjection",
                                                kClusterTrustBundleProjectionFields};

constexpr Field kPodCertificateProjectionFields[] = {
    {1, "signerName", kString},
    {2, "keyType", kString},
    {3, "maxExpirationSeconds", kInt, kExplicit},
    {4, "credentialBundlePath", kString},
    {5, "keyPath", kString},
    {6, "certificateChainPath", kString},
    {7, "userAnnotations", kStringMap},
};
constexpr Message kPodCertificateProjection{"PodCertificateProjection",
                                            kPodCertificateProjectionFields};

constexpr Field kVolumeProjectionFields[] = {
    {1, "secret", kMessage, kExplicit, &kSecretProjection},
    {2, "downwardAPI", kMessage, kExplicit, &kDownwardAPIProjection},
    {3, "configMap", kMessage, kExplicit, &kConfigMapProjection},
    {4, "serviceAccountToken", kMessage, kExplicit, &kServiceAccountTokenProjection},
    {5, "clusterTrustBundle", kMessage, kExplicit, &kClusterTrustBundleProjection},
    {6, "podCertificate", kMessage, kExplicit, &kPodCertificateProjection},
};
constexpr Message kVolumeProjection{"VolumeProjection", kVolumeProjectionFields};

constexpr Field kProjectedVolumeSourceFields[] = {
    {1, "sources", kMessage, kRepeated, &kVolumeProjection},
    {2, "defaultMode", kInt, kExplicit},
};

constexpr Field kVolumeResourceRequirementsFields[] = {
    {1, "limits", kQuantityMap},
    {2, "requests", kQuantityMap},
};
constexpr Message kVolumeResourceRequirements{"VolumeResourceRequirements",
                                              kVolumeResourceRequirementsFields};

constexpr Field kTypedLocalObjectReferenceFields[] = {
    {1, "apiGroup", kString, kExplicit},
    {2, "kind", kString},
    {3, "name", kString},
};
constexpr Message kTypedLocalObjectReference{"TypedLocalObjectReference",
                                             kTypedLocalObjectReferenceFields};

constexpr Field kTypedObjectReferenceFields[] = {
    {1, "apiGroup", kString, kExplicit},
    {2, "kind", kString},
    {3, "name", kString},
    {4, "namespace", kString, kExplicit},
};
constexpr Message kTypedObjectReference{"TypedObjectReference", kTypedObjectReferenceFields};

constexpr Field kPersistentVolumeClaimSpecFields[] = {
    {1, "accessModes", kString, kRepeated},
    {2, "resources", kMessage, kPlain, &kVolumeResourceRequirements},
    {3, "volumeName", kString},
    {4, "selector", kMessage, kExplicit, &kLabelSelector},
    {5, "storageClassName", kString, kExplicit},
    {6, "volumeMode", kString, kExplicit},
    {7, "dataSource", kMessage, kExplicit, &kTypedLocalObjectReference},
    {8, "dataSourceRef", kMessage, kExplicit, &kTypedObjectReference},
    {9, "volumeAttributesClassName", kString, kExplicit},
};
constexpr Message kPersistentVolumeClaimSpec{"PersistentVolumeClaimSpec",
                                             kPersistentVolumeClaimSpecFields};

constexpr Field kPersistentVolumeClaimTemplateFields[] = {
    {1, "metadata", kMessage, kPlain, &kObjectMeta},
    {2, "spec", kMessage, kPlain, &kPersistentVolumeClaimSpec},
};
constexpr Message kPersistentVolumeClaimTemplate{"PersistentVolumeClaimTemplate",
                                                 kPersistentVolumeClaimTemplateFields};

constexpr Field kEphemeralVolumeSourceFields[] = {
    {1, "volumeClaimTemplate", kMessage, kExplicit, &kPersistentVolumeClaimTemplate},
};

}  // namespace

constinit const Message kPersistentVolumeClaimVolumeSource{
    "PersistentVolumeClaimVolumeSource", kPersistentVolumeClaimVolumeSourceFields};
constinit const Message kDownwardAPIVolumeSource{"DownwardAPIVolumeSource",
                                                 kDownwardAPIVolumeSourceFields};
constinit const Message kProjectedVolumeSource{"ProjectedVolumeSource",
                                               kProjectedVolumeSourceFields};
constinit const Message kEphemeralVolumeSource{"EphemeralVolumeSource",
                                               kEphemeralVolumeSourceFields};

}  // namespace podrun::api::protobuf
