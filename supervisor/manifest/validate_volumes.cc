#include <algorithm>
#include <array>

#include "supervisor/manifest/defaults.h"
#include "supervisor/manifest/validate_parts.h"

namespace podrun::manifest {

namespace {

void validate_items(const Path& path, const std::vector<KeyToPath>& items, Report& report) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const KeyToPath& item = items[i];
    const Path at = path[i];
    if (item.key.empty()) report.required(at / "key");
    if (item.path.empty()) report.required(at / "path");
    report.invalid(at / "path", item.path, check_local_item_path(item.path));
    if (item.mode) check_file_mode(at / "mode", *item.mode, report);
  }
}

/// The sources of a projected volume, whose files must not be each other's.
class ProjectionCheck {
 public:
  ProjectionCheck(const Path& volume, Report& report) : volume_(volume), report_(report) {}

  void operator()(const Path& source, const ConfigMapVolume& map) {
    check_object(source / "configMap", map.name, map.items);
  }
  void operator()(const Path& source, const SecretVolume& secret) {
    check_object(source / "secret", secret.secret_name, secret.items);
  }
  void operator()(const Path& source, const DownwardVolume& downward) {
    for (const DownwardFile& file : downward.items) {
      validate_downward_file(source / "downwardAPI", file, report_);
      take(file.path, file.path);
    }
  }
  void operator()(const Path& source, const TokenProjection& token) {
    constexpr std::int64_t kLeast = 600;
    const Path expiration = source / "serviceAccountToken" / "expirationSeconds";
    if (token.expiration_seconds < kLeast) {
      report_.invalid(expiration, token.expiration_seconds,
                      "may not specify a duration less than 10 minutes");
    } else if (token.expiration_seconds > std::int64_t{1} << 32) {
      report_.invalid(expiration, token.expiration_seconds,
                      "may not specify a duration larger than 2^32 seconds");
    }
    if (token.path.empty()) report_.required(volume_ / "path");
    report_.invalid(volume_ / "path", token.path, check_local_item_path(token.path));
  }
  void operator()(const Path& source, const UnsupportedVolume& other) {
    if (other.kind.empty()) return;
    if (report_.is_for_api()) {
      report_.unsupported_field(source / other.kind, "the pod will not start");
    } else {
      report_.forbidden(source / other.kind, "podrun projects nothing of this kind");
    }
  }

 private:
  void check_object(const Path& at, const std::string& name, const std::vector<KeyToPath>& items) {
    if (name.empty()) report_.required(at / "name");
    validate_items(at / "items", items, report_);
    for (const KeyToPath& item : items) take(item.path, name);
  }
  void take(const std::string& path, const std::string& shown) {
    if (path.empty() || paths_.insert(path).second) return;
    report_.invalid(volume_, shown, "conflicting duplicate paths");
  }

  const Path& volume_;
  Report& report_;
  std::set<std::string> paths_;
};

class SourceCheck {
 public:
  SourceCheck(const Path& volume, Report& report) : volume_(volume), report_(report) {}

  void operator()(const EmptyDirVolume& volume) const {
    if (volume.size_limit && volume.size_limit->is_negative()) {
      report_.forbidden(volume_ / "emptyDir" / "sizeLimit",
                        "SizeLimit field must be a valid resource quantity");
    } else if (volume.size_limit && volume.size_limit->value() > 0 && volume.medium.empty()) {
      report_.unsupported_field(volume_ / "emptyDir" / "sizeLimit",
                                "nobody evicts a pod that exceeds it; with medium Memory it holds");
    }
    const bool known = volume.medium.empty() || volume.medium == "Memory";
    if (!known && !volume.medium.starts_with("HugePages")) {
      report_.not_supported(volume_ / "emptyDir" / "medium", volume.medium, {"", "Memory"});
    } else if (!known) {
      report_.forbidden(volume_ / "emptyDir" / "medium", "podrun has no huge pages volumes");
    }
  }
  void operator()(const HostPathVolume& volume) const {
    const Path path = volume_ / "hostPath";
    if (volume.path.empty()) {
      report_.required(path / "path");
      return;
    }
    report_.invalid(path / "path", volume.path, check_no_backsteps(volume.path));
    constexpr std::array<std::string_view, 8> kTypes = {
        "",     "BlockDevice",  "CharDevice", "Directory", "DirectoryOrCreate",
        "File", "FileOrCreate", "Socket"};
    if (std::find(kTypes.begin(), kTypes.end(), volume.type) == kTypes.end()) {
      report_.not_supported(path / "type", volume.type,
                            {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate",
                             "File", "FileOrCreate", "Socket"});
    }
  }
  void operator()(const ConfigMapVolume& volume) const {
    const Path path = volume_ / "configMap";
    if (volume.name.empty()) report_.required(path / "name");
    check_file_mode(path / "defaultMode", volume.default_mode, report_);
    validate_items(path / "items", volume.items, report_);
  }
  void operator()(const SecretVolume& volume) const {
    const Path path = volume_ / "secret";
    if (volume.secret_name.empty()) report_.required(path / "secretName");
    check_file_mode(path / "defaultMode", volume.default_mode, report_);
    validate_items(path / "items", volume.items, report_);
  }
  void operator()(const DownwardVolume& volume) const {
    const Path path = volume_ / "downwardAPI";
    check_file_mode(path / "defaultMode", volume.default_mode, report_);
    for (const DownwardFile& file : volume.items) validate_downward_file(path, file, report_);
  }
  void operator()(const ProjectedVolume& volume) const {
    const Path path = volume_ / "projected";
    check_file_mode(path / "defaultMode", volume.default_mode, report_);
    ProjectionCheck check(path, report_);
    for (std::size_t i = 0; i < volume.sources.size(); ++i) {
      const Path at = (path / "sources")[i];
      std::visit([&](const auto& source) { check(at, source); }, volume.sources[i]);
    }
  }
  void operator()(const UnsupportedVolume& volume) const {
    if (report_.is_for_api()) {
      return report_.unsupported_field(volume_ / volume.kind, "the pod will not start");
    }
    report_.forbidden(volume_ / volume.kind,
                      "podrun run mounts no volumes of this kind; it has emptyDir, hostPath, "
                      "downwardAPI, projected, configMap and secret");
  }

 private:
  const Path& volume_;
  Report& report_;
};

}  // namespace

void check_file_mode(const Path& path, int mode, Report& report) {
  if (mode < 0 || mode > 0777) {
    report.invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive");
  }
}

std::set<std::string> validate_volumes(const Path& path, const std::vector<Volume>& volumes,
                                       Report& report) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const Volume& volume = volumes[i];
    const Path at = path[i];
    if (volume.name.empty()) {
      report.required(at / "name");
    } else {
      report.invalid(at / "name", volume.name, check_dns1123_label(volume.name));
    }
    if (is_token_volume(volume) && !report.is_for_api()) {
      report.unsupported_field(at / "projected", "there is no API server to give a token for");
    } else {
      std::visit(SourceCheck(at, report), volume.source);
    }
    // A volume with another problem counts as there: its mounts are not to blame.
    if (!names.insert(volume.name).second && !volume.name.empty()) {
      report.duplicate(at / "name", volume.name);
    }
  }
  return names;
}

}  // namespace podrun::manifest
