#include "supervisor/client/volume_rows.h"

namespace podrun::client {
namespace {

using Form = VolumeForm;

const VolumeRow kReadOnly{"ReadOnly:", "readOnly", Form::kTruth};
const VolumeRow kFsType{"FSType:", "fsType"};
const VolumeRow kSecretRef{"SecretRef:", "secretRef", Form::kReference};
const VolumeRow kOptional{"Optional:", "optional", Form::kTruth};
const VolumeRow kVolumeId{"VolumeID:", "volumeID"};
const VolumeRow kPath{"Path:", "path"};
const VolumeRow kPartition{"Partition:", "partition", Form::kNumber};

/// Of the machine and of the cluster.
std::vector<VolumeKind> common_kinds() {
  return {
      {"hostPath",
       "HostPath (bare host directory volume)",
       {kPath, {"HostPathType:", "type", Form::kTextOrNone}}},
      {"emptyDir",
       "EmptyDir (a temporary directory that shares a pod's lifetime)",
       {{"Medium:", "medium"}, {"SizeLimit:", "sizeLimit", Form::kSize}}},
      {"secret",
       "Secret (a volume populated by a Secret)",
       {{"SecretName:", "secretName"}, kOptional}},
      {"configMap",
       "ConfigMap (a volume populated by a ConfigMap)",
       {{"Name:", "name"}, kOptional}},
      {"projected", "Projected (a volume that contains injected data from multiple sources)", {}},
      {"downwardAPI", "DownwardAPI (a volume populated by information about the pod)", {}},
      {"persistentVolumeClaim",
       "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
       {{"ClaimName:", "claimName"}, kReadOnly}},
      {"ephemeral",
       "EphemeralVolume (an inline specification for a volume that gets created and deleted with "
       "the pod)",
       {}},
      {"csi",
       "CSI (a Container Storage Interface (CSI) volume source)",
       {{"Driver:", "driver"}, kFsType, kReadOnly}},
      {"image",
       "Image (a container image or OCI artifact)",
       {{"Reference:", "reference"}, {"PullPolicy:", "pullPolicy"}}},
      {"gitRepo",
       "GitRepo (a volume that is pulled from git when the pod is created)",
       {{"Repository:", "repository"}, {"Revision:", "revision"}}},
      {"flexVolume",
       "FlexVolume (a generic volume resource that is provisioned/attached using an exec based "
       "plugin)",
       {{"Driver:", "driver"},
        kFsType,
        kSecretRef,
        kReadOnly,
        {"Options:", "options", Form::kMap}}},
  };
}

/// Of networks.
std::vector<VolumeKind> network_kinds() {
  return {
      {"nfs",
       "NFS (an NFS mount that lasts the lifetime of a pod)",
       {{"Server:", "server"}, kPath, kReadOnly}},
      {"iscsi",
       "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then "
       "exposed to the pod)",
       {{"TargetPortal:", "targetPortal"},
        {"IQN:", "iqn"},
        {"Lun:", "lun", Form::kNumber},
        {"ISCSIInterface", "iscsiInterface"},
        kFsType,
        kReadOnly,
        {"Portals:", "portals", Form::kList},
        {"DiscoveryCHAPAuth:", "chapAuthDiscovery", Form::kTruth},
        {"SessionCHAPAuth:", "chapAuthSession", Form::kTruth},
        kSecretRef,
        {"InitiatorName:", "initiatorName", Form::kTextOrNone}}},
      {"glusterfs",
       "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
       {{"EndpointsName:", "endpoints"}, kPath, kReadOnly}},
      {"rbd",
       "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
       {{"CephMonitors:", "monitors", Form::kList},
        {"RBDImage:", "image"},
        kFsType,
        {"RBDPool:", "pool"},
        {"RadosUser:", "user"},
        {"Keyring:", "keyring"},
        kSecretRef,
        kReadOnly}},
      {"cephfs",
       "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
       {{"Monitors:", "monitors", Form::kList},
        kPath,
        {"User:", "user"},
        {"SecretFile:", "secretFile"},
        kSecretRef,
        kReadOnly}},
      {"quobyte",
       "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
       {{"Registry:", "registry"}, {"Volume:", "volume"}, kReadOnly}},
      {"fc",
       "FC (a Fibre Channel disk)",
       {{"TargetWWNs:", "targetWWNs", Form::kCommaList},
        {"LUN:", "lun", Form::kTextOrNone},
        kFsType,
        kReadOnly}},
      {"flocker",
       "Flocker (a Flocker volume mounted by the Flocker agent)",
       {{"DatasetName:", "datasetName"}, {"DatasetUUID:", "datasetUUID"}}},
      {"storageos",
       "StorageOS (a StorageOS Persistent Disk resource)",
       {{"VolumeName:", "volumeName"},
        {"VolumeNamespace:", "volumeNamespace"},
        kFsType,
        kReadOnly}},
  };
}

/// Of vendors' clouds.
std::vector<VolumeKind> cloud_kinds() {
  return {
      {"gcePersistentDisk",
       "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
       {{"PDName:", "pdName"}, kFsType, kPartition, kReadOnly}},
      {"awsElasticBlockStore",
       "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
       {kVolumeId, kFsType, kPartition, kReadOnly}},
      {"azureDisk",
       "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
       {{"DiskName:", "diskName"},
        {"DiskURI:", "diskURI"},
        {"Kind: ", "kind"},
        kFsType,
        {"CachingMode:", "cachingMode"},
        kReadOnly}},
      {"azureFile",
       "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
       {{"SecretName:", "secretName"}, {"ShareName:", "shareName"}, kReadOnly}},
      {"vsphereVolume",
       "vSphereVolume (a Persistent Disk resource in vSphere)",
       {{"VolumePath:", "volumePath"}, kFsType, {"StoragePolicyName:", "storagePolicyName"}}},
      {"cinder",
       "Cinder (a Persistent Disk resource in OpenStack)",
       {kVolumeId, kFsType, kReadOnly, kSecretRef}},
      {"photonPersistentDisk",
       "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
       {{"PdID:", "pdID"}, kFsType}},
      {"portworxVolume", "PortworxVolume (a Portworx Volume resource)", {kVolumeId}},
      {"scaleIO",
       "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
       {{"Gateway:", "gateway"},
        {"System:", "system"},
        {"Protection Domain:", "protectionDomain"},
        {"Storage Pool:", "storagePool"},
        {"Storage Mode:", "storageMode"},
        {"VolumeName:", "volumeName"},
        kFsType,
        kReadOnly}},
  };
}

const std::vector<VolumeKind>& all_kinds() {
  static const std::vector<VolumeKind> kinds = [] {
    std::vector<VolumeKind> all = common_kinds();
    for (const auto& more : {network_kinds(), cloud_kinds()}) {
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }();
  return kinds;
}

}  // namespace

const VolumeKind* volume_kind_of(const api::Json& volume) {
  for (const VolumeKind& kind : all_kinds()) {
    const api::Json* source = api::find_path(volume, kind.field);
    if (source != nullptr && !source->is_null()) return &kind;
  }
  return nullptr;
}

}  // namespace podrun::client
