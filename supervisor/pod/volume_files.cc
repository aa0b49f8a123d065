#include "supervisor/pod/volume_files.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/error.h"

namespace podrun::pod {

namespace {

/// The user of all containers where they have the same (kubelet: pkg/util/securitycontext,
/// FsUserFrom).
std::optional<uid_t> common_user(const manifest::PodSpec& spec) {
  const auto& pod_context = spec.security_context;
  const auto pod_user = pod_context ? pod_context->run_as_user : std::nullopt;
  std::optional<std::int64_t> user;
  for (const auto* list : {&spec.init_containers, &spec.containers}) {
    for (const manifest::Container& container : *list) {
      const auto& context = container.security_context;
      const auto own = context && context->run_as_user ? context->run_as_user : pod_user;
      if (!own || (user && *user != *own)) return std::nullopt;
      user = own;
    }
  }
  if (!user) return std::nullopt;
  return static_cast<uid_t>(*user);
}

/// Without empty and "." parts, as kubelet's atomic writer takes it.
std::string clean(const std::string& path) {
  std::string out;
  for (std::size_t begin = 0, end = 0; begin <= path.size(); begin = end + 1) {
    end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (!part.empty() && part != ".") out += (out.empty() ? "" : "/") + part;
  }
  return out;
}

/// The keys of one ConfigMap or Secret as files (kubelet: pkg/volume/configmap, MakePayload).
class ObjectFiles {
 public:
  ObjectFiles(VolumeFiles& files, mode_t mode) : files_(files), mode_(mode) {}

  void add(const ConfigData::Entries* entries) { sources_.push_back(entries); }
  void write(const std::vector<manifest::KeyToPath>& items, bool optional,
             const std::string& missing) {
    if (items.empty()) {
      for (const auto* source : sources_) {
        for (const auto& [key, value] : *source) files_[key] = {value, mode_, {}};
      }
      return;
    }
    for (const manifest::KeyToPath& item : items) {
      const std::string* value = find(item.key);
      if (value == nullptr && optional) continue;
      if (value == nullptr) throw Error(missing + item.key);
      files_[clean(item.path)] = {*value, item.mode ? static_cast<mode_t>(*item.mode) : mode_, {}};
    }
  }

 private:
  const std::string* find(const std::string& key) const {
    for (const auto* source : sources_) {
      if (const auto found = source->find(key); found != source->end()) return &found->second;
    }
    return nullptr;
  }

  VolumeFiles& files_;
  mode_t mode_;
  std::vector<const ConfigData::Entries*> sources_;
};

/// Writes the files of one source, whose files without a mode get `mode`.
class SourceFiles {
 public:
  SourceFiles(const FileInputs& inputs, VolumeFiles& files, mode_t mode)
      : inputs_(inputs), files_(files), mode_(mode) {}

  void operator()(const manifest::ConfigMapVolume& map) const {
    const auto* entries = inputs_.config.find(false, map.name, map.optional);
    if (entries == nullptr) return;
    ObjectFiles object(files_, mode_);
    object.add(entries);
    const auto binary = inputs_.config.binary.find(map.name);
    if (binary != inputs_.config.binary.end()) object.add(&binary->second);
    object.write(map.items, map.optional, "configmap references non-existent config key: ");
  }
  void operator()(const manifest::SecretVolume& secret) const {
    const auto* entries = inputs_.config.find(true, secret.secret_name, secret.optional);
    if (entries == nullptr) return;
    ObjectFiles object(files_, mode_);
    object.add(entries);
    object.write(secret.items, secret.optional, "references non-existent secret key: ");
  }
  void operator()(const manifest::DownwardVolume& volume) const {
    const manifest::ObjectMeta meta = meta_by_now(inputs_.pod.metadata, inputs_.config);
    const manifest::PodSpec& spec = inputs_.pod.spec;
    for (const manifest::DownwardFile& file : volume.items) {
      std::string text;
      if (file.field) {
        text = field_value(meta, spec, inputs_.node, file.field->field_path);
      } else if (file.resource) {
        text = resource_value(spec, nullptr, inputs_.node, *file.resource);
      }
      files_[clean(file.path)] = {
          std::move(text), file.mode ? static_cast<mode_t>(*file.mode) : mode_, {}};
    }
  }
  void operator()(const manifest::TokenProjection& token) const {
    const auto& tokens = inputs_.config.tokens;
    const auto found = tokens.find(token_key(token.audience, token.expiration_seconds));
    const manifest::PodSpec& spec = inputs_.pod.spec;
    if (found == tokens.end()) {
      throw Error(
          "failed to fetch token: serviceaccounts \"" + spec.service_account_name + "\" not found",
          0, inputs_.config.provided ? "" : "tokens need `podrun daemon`");
    }
    const auto user = common_user(spec);
    const bool grouped = spec.security_context && spec.security_context->fs_group;
    files_[clean(token.path)] = {found->second, user || grouped ? mode_t{0600} : mode_, user};
  }
  void operator()(const manifest::ProjectedVolume& volume) const {
    std::vector<Error> problems;
    for (const auto& source : volume.sources) {
      try {
        std::visit(*this, source);
      } catch (const Error& error) {
        problems.push_back(error);
      }
    }
    if (problems.size() == 1) throw problems.front();
    if (problems.empty()) return;
    std::string all;
    for (const Error& each : problems) all += (all.empty() ? "[" : ", ") + std::string(each.what());
    throw Error(all + "]");
  }
  void operator()(const manifest::UnsupportedVolume& source) const {
    if (!source.kind.empty()) throw Error("projected " + source.kind + " is not supported");
  }
  void operator()(const manifest::EmptyDirVolume&) const {}
  void operator()(const manifest::HostPathVolume&) const {}

 private:
  const FileInputs& inputs_;
  VolumeFiles& files_;
  mode_t mode_;
};

struct DefaultMode {
  template <class Source>
  mode_t operator()(const Source& source) const {
    if constexpr (requires { source.default_mode; }) {
      return static_cast<mode_t>(source.default_mode);
    }
    return 0644;
  }
};

}  // namespace

bool is_kept_in_memory(const manifest::Volume& volume) {
  return is_made_of_files(volume) &&
         !std::holds_alternative<manifest::ConfigMapVolume>(volume.source);
}

bool is_made_of_files(const manifest::Volume& volume) {
  return std::visit(
      [](const auto& source) {
        return requires { source.default_mode; };
      },
      volume.source);
}

VolumeFiles volume_files(const manifest::Volume& volume, const FileInputs& inputs) {
  VolumeFiles files;
  std::visit(SourceFiles(inputs, files, std::visit(DefaultMode{}, volume.source)), volume.source);
  return files;
}

}  // namespace podrun::pod
