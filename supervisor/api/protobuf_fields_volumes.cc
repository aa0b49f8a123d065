// Fields of core/v1: volumes and their sources.
#include "supervisor/api/protobuf_fields.h"

namespace podrun::api::protobuf {
namespace {

using enum Form;
using enum Type;

constexpr Field kHostPathVolumeSourceFields[] = {
    {1, "path", kString},
    {2, "type", kString, kExplicit},
};
constexpr Message kHostPathVolumeSource{"HostPathVolumeSource", kHostPathVolumeSourceFields};

constexpr Field kEmptyDirVolumeSourceFields[] = {
    {1, "medium", kString},
    {2, "sizeLimit", kQuantity, kExplicit},
};
constexpr Message kEmptyDirVolumeSource{"EmptyDirVolumeSource", kEmptyDirVolumeSourceFields};

constexpr Field kGCEPersistentDiskVolumeSourceFields[] = {
    {1, "pdName", kString},
    {2, "fsType", kString},
    {3, "partition", kInt},
    {4, "readOnly", kBool},
};
constexpr Message kGCEPersistentDiskVolumeSource{"GCEPersistentDiskVolumeSource",
                                                 kGCEPersistentDiskVolumeSourceFields};

constexpr Field kAWSElasticBlockStoreVolumeSourceFields[] = {
    {1, "volumeID", kString},
    {2, "fsType", kString},
    {3, "partition", kInt},
    {4, "readOnly", kBool},
};
constexpr Message kAWSElasticBlockStoreVolumeSource{"AWSElasticBlockStoreVolumeSource",
                                                    kAWSElasticBlockStoreVolumeSourceFields};

constexpr Field kGitRepoVolumeSourceFields[] = {
    {1, "repository", kString},
    {2, "revision", kString},
    {3, "directory", kString},
};
constexpr Message kGitRepoVolumeSource{"GitRepoVolumeSource", kGitRepoVolumeSourceFields};

constexpr Field kKeyToPathFields[] = {
    {1, "key", kString},
    {2, "path", kString},
    {3, "mode", kInt, kExplicit},
};

constexpr Field kSecretVolumeSourceFields[] = {
    {1, "secretName", kString},
    {2, "items", kMessage, kRepeated, &kKeyToPath},
    {3, "defaultMode", kInt, kExplicit},
    {4, "optional", kBool, kExplicit},
};
constexpr Message kSecretVolumeSource{"SecretVolumeSource", kSecretVolumeSourceFields};

constexpr Field kNFSVolumeSourceFields[] = {
    {1, "server", kString},
    {2, "path", kString},
    {3, "readOnly", kBool},
};
constexpr Message kNFSVolumeSource{"NFSVolumeSource", kNFSVolumeSourceFields};

constexpr Field kISCSIVolumeSourceFields[] = {
    {1, "targetPortal", kString},
    {2, "iqn", kString},
    {3, "lun", kInt, kExplicit},
    {4, "iscsiInterface", kString},
    {5, "fsType", kString},
    {6, "readOnly", kBool},
    {7, "portals", kString, kRepeated},
    {8, "chapAuthDiscovery", kBool},
    {10, "secretRef", kMessage, kExplicit, &kLocalObjectReference},
    {11, "chapAuthSession", kBool},
    {12, "initiatorName", kString, kExplicit},
};
constexpr Message kISCSIVolumeSource{"ISCSIVolumeSource", kISCSIVolumeSourceFields};

constexpr Field kGlusterfsVolumeSourceFields[] = {
    {1, "endpoints", kString},
    {2, "path", kString},
    {3, "readOnly", kBool},
};
constexpr Message kGlusterfsVolumeSource{"GlusterfsVolumeSource", kGlusterfsVolumeSourceFields};

constexpr Field kRBDVolumeSourceFields[] = {
    {1, "monitors", kString, kRepeated},
    {2, "image", kString},
    {3, "fsType", kString},
    {4, "pool", kString},
    {5, "user", kString},
    {6, "keyring", kString},
    {7, "secretRef", kMessage, kExplicit, &kLocalObjectReference},
    {8, "readOnly", kBool},
};
constexpr Message kRBDVolumeSource{"RBDVolumeSource", kRBDVolumeSourceFields};

constexpr Field kFlexVolumeSourceFields[] = {
    {1, "driver", kString},
    {2, "fsType", kString},
    {3, "secretRef", kMessage, kExplicit, &kLocalObjectReference},
    {4, "readOnly", kBool},
    {5, "options", kStringMap},
};
constexpr Message kFlexVolumeSource{"FlexVolumeSource", kFlexVolumeSourceFields};

constexpr Field kCinderVolumeSourceFields[] = {
    {1, "volumeID", kString},
    {2, "fsType", kString},
    {3, "readOnly", kBool},
    {4, "secretRef", kMessage, kExplicit, &kLocalObjectReference},
};
constexpr Message kCinderVolumeSource{"CinderVolumeSource", kCinderVolumeSourceFields};

constexpr Field kCephFSVolumeSourceFields[] = {
    {1, "monitors", kString, kRepeated},
    {2, "path", kString},
    {3, "user", kString},
    {4, "secretFile", kString},
    {5, "secretRef", kMessage, kExplicit, &kLocalObjectReference},
    {6, "readOnly", kBool},
};
constexpr Message kCephFSVolumeSource{"CephFSVolumeSource", kCephFSVolumeSourceFields};

constexpr Field kFlockerVolumeSourceFields[] = {
    {1, "datasetName", kString},
    {2, "datasetUUID", kString},
};
constexpr Message kFlockerVolumeSource{"FlockerVolumeSource", kFlockerVolumeSourceFields};

constexpr Field kObjectFieldSelectorFields[] = {
    {1, "apiVersion", kString},
    {2, "fieldPath", kString},
};

constexpr Field kResourceFieldSelectorFields[] = {
    {1, "containerName", kString},
    {2, "resource", kString},
    {3, "divisor", kQuantity},
};

constexpr Field kFCVolumeSourceFields[] = {
    {1, "targetWWNs", kString, kRepeated},
    {2, "lun", kInt, kExplicit},
    {3, "fsType", kString},
    {4, "readOnly", kBool},
    {5, "wwids", kString, kRepeated},
};
constexpr Message kFCVolumeSource{"FCVolumeSource", kFCVolumeSourceFields};

constexpr Field kAzureFileVolumeSourceFields[] = {
    {1, "secretName", kString},
    {2, "shareName", kString},
    {3, "readOnly", kBool},
};
constexpr Message kAzureFileVolumeSource{"AzureFileVolumeSource", kAzureFileVolumeSourceFields};

constexpr Field kConfigMapVolumeSourceFields[] = {
    {1, "", kMessage, kInline, &kLocalObjectReference},
    {2, "items", kMessage, kRepeated, &kKeyToPath},
    {3, "defaultMode", kInt, kExplicit},
    {4, "optional", kBool, kExplicit},
};
constexpr Message kConfigMapVolumeSource{"ConfigMapVolumeSource", kConfigMapVolumeSourceFields};

constexpr Field kVsphereVirtualDiskVolumeSourceFields[] = {
    {1, "volumePath", kString},
    {2, "fsType", kString},
    {3, "storagePolicyName", kString},
    {4, "storagePolicyID", kString},
};
constexpr Message kVsphereVirtualDiskVolumeSource{"VsphereVirtualDiskVolumeSource",
                                                  kVsphereVirtualDiskVolumeSourceFields};

constexpr Field kQuobyteVolumeSourceFields[] = {
    {1, "registry", kString}, {2, "volume", kString}, {3, "readOnly", kBool},
    {4, "user", kString},     {5, "group", kString},  {6, "tenant", kString},
};
constexpr Message kQuobyteVolumeSource{"QuobyteVolumeSource", kQuobyteVolumeSourceFields};

constexpr Field kAzureDiskVolumeSourceFields[] = {
    {1, "diskName", kString},
    {2, "diskURI", kString},
    {3, "cachingMode", kString, kExplicit},
    {4, "fsType", kString, kExplicit},
    {5, "readOnly", kBool, kExplicit},
    {6, "kind", kString, kExplicit},
};
constexpr Message kAzureDiskVolumeSource{"AzureDiskVolumeSource", kAzureDiskVolumeSourceFields};

constexpr Field kPhotonPersistentDiskVolumeSourceFields[] = {
    {1, "pdID", kString},
    {2, "fsType", kString},
};
constexpr Message kPhotonPersistentDiskVolumeSource{"PhotonPersistentDiskVolumeSource",
                                                    kPhotonPersistentDiskVolumeSourceFields};

constexpr Field kPortworxVolumeSourceFields[] = {
    {1, "volumeID", kString},
    {2, "fsType", kString},
    {3, "readOnly", kBool},
};
constexpr Message kPortworxVolumeSource{"PortworxVolumeSource", kPortworxVolumeSourceFields};

constexpr Field kScaleIOVolumeSourceFields[] = {
    {1, "gateway", kString},
    {2, "system", kString},
    {3, "secretRef", kMessage, kExplicit, &kLocalObjectReference},
    {4, "sslEnabled", kBool},
    {5, "protectionDomain", kString},
    {6, "storagePool", kString},
    {7, "storageMode", kString},
    {8, "volumeName", kString},
    {9, "fsType", kString},
    {10, "readOnly", kBool},
};
constexpr Message kScaleIOVolumeSource{"ScaleIOVolumeSource", kScaleIOVolumeSourceFields};

constexpr Field kStorageOSVolumeSourceFields[] = {
    {1, "volumeName", kString},
    {2, "volumeNamespace", kString},
    {3, "fsType", kString},
    {4, "readOnly", kBool},
    {5, "secretRef", kMessage, kExplicit, &kLocalObjectReference},
};
constexpr Message kStorageOSVolumeSource{"StorageOSVolumeSource", kStorageOSVolumeSourceFields};

constexpr Field kCSIVolumeSourceFields[] = {
    {1, "driver", kString},
    {2, "readOnly", kBool, kExplicit},
    {3, "fsType", kString, kExplicit},
    {4, "volumeAttributes", kStringMap},
    {5, "nodePublishSecretRef", kMessage, kExplicit, &kLocalObjectReference},
};
constexpr Message kCSIVolumeSource{"CSIVolumeSource", kCSIVolumeSourceFields};

constexpr Field kImageVolumeSourceFields[] = {
    {1, "reference", kString},
    {2, "pullPolicy", kString},
};
constexpr Message kImageVolumeSource{"ImageVolumeSource", kImageVolumeSourceFields};

constexpr Field kVolumeSourceFields[] = {
    {1, "hostPath", kMessage, kExplicit, &kHostPathVolumeSource},
    {2, "emptyDir", kMessage, kExplicit, &kEmptyDirVolumeSource},
    {3, "gcePersistentDisk", kMessage, kExplicit, &kGCEPersistentDiskVolumeSource},
    {4, "awsElasticBlockStore", kMessage, kExplicit, &kAWSElasticBlockStoreVolumeSource},
    {5, "gitRepo", kMessage, kExplicit, &kGitRepoVolumeSource},
    {6, "secret", kMessage, kExplicit, &kSecretVolumeSource},
    {7, "nfs", kMessage, kExplicit, &kNFSVolumeSource},
    {8, "iscsi", kMessage, kExplicit, &kISCSIVolumeSource},
    {9, "glusterfs", kMessage, kExplicit, &kGlusterfsVolumeSource},
    {10, "persistentVolumeClaim", kMessage, kExplicit, &kPersistentVolumeClaimVolumeSource},
    {11, "rbd", kMessage, kExplicit, &kRBDVolumeSource},
    {12, "flexVolume", kMessage, kExplicit, &kFlexVolumeSource},
    {13, "cinder", kMessage, kExplicit, &kCinderVolumeSource},
    {14, "cephfs", kMessage, kExplicit, &kCephFSVolumeSource},
    {15, "flocker", kMessage, kExplicit, &kFlockerVolumeSource},
    {16, "downwardAPI", kMessage, kExplicit, &kDownwardAPIVolumeSource},
    {17, "fc", kMessage, kExplicit, &kFCVolumeSource},
    {18, "azureFile", kMessage, kExplicit, &kAzureFileVolumeSource},
    {19, "configMap", kMessage, kExplicit, &kConfigMapVolumeSource},
    {20, "vsphereVolume", kMessage, kExplicit, &kVsphereVirtualDiskVolumeSource},
    {21, "quobyte", kMessage, kExplicit, &kQuobyteVolumeSource},
    {22, "azureDisk", kMessage, kExplicit, &kAzureDiskVolumeSource},
    {23, "photonPersistentDisk", kMessage, kExplicit, &kPhotonPersistentDiskVolumeSource},
    {24, "portworxVolume", kMessage, kExplicit, &kPortworxVolumeSource},
    {25, "scaleIO", kMessage, kExplicit, &kScaleIOVolumeSource},
    {26, "projected", kMessage, kExplicit, &kProjectedVolumeSource},
    {27, "storageos", kMessage, kExplicit, &kStorageOSVolumeSource},
    {28, "csi", kMessage, kExplicit, &kCSIVolumeSource},
    {29, "ephemeral", kMessage, kExplicit, &kEphemeralVolumeSource},
    {30, "image", kMessage, kExplicit, &kImageVolumeSource},
};
constexpr Message kVolumeSource{"VolumeSource", kVolumeSourceFields};

constexpr Field kVolumeFields[] = {
    {1, "name", kString},
    {2, "", kMessage, kInline, &kVolumeSource},
};

}  // namespace

constinit const Message kKeyToPath{"KeyToPath", kKeyToPathFields};
constinit const Message kObjectFieldSelector{"ObjectFieldSelector", kObjectFieldSelectorFields};
constinit const Message kResourceFieldSelector{"ResourceFieldSelector",
                                               kResourceFieldSelectorFields};
constinit const Message kVolume{"Volume", kVolumeFields};

}  // namespace podrun::api::protobuf
