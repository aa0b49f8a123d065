#include "supervisor/manifest/load.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "base/error.h"
#include "base/files.h"
#include "base/go_text.h"
#include "supervisor/manifest/decode.h"
#include "supervisor/manifest/defaults.h"
#include "supervisor/manifest/json.h"
#include "supervisor/manifest/report.h"
#include "supervisor/manifest/structure.h"
#include "supervisor/manifest/text.h"
#include "supervisor/manifest/validate.h"

namespace podrun::manifest {

namespace {

/// Reads the objects of one document after another into `out`.
class Loader {
 public:
  Loader(const LoadOptions& options, Loaded& out) : options_(options), out_(out) {}

  void text(const std::string& text, const std::string& name) {
    for (const Document& document : read_documents(text)) {
      if (const auto* error = std::get_if<SyntaxError>(&document)) {
        out_.errors.push_back({name, error->line, "", error->text});
        continue;
      }
      Report report(name, options_.strict);
      object(Path(std::get<Node>(document)), report);
      append(out_.errors, report.take_errors());
      append(out_.warnings, report.take_warnings());
    }
  }

 private:
  static void append(std::vector<Remark>& to, std::vector<Remark> from) {
    std::move(from.begin(), from.end(), std::back_inserter(to));
  }

  /// One object by its kind; the place where further kinds are added.
  void object(const Path& path, Report& report) {
    if (path.node()->kind != NodeKind::kMap) {
      report.error(path,
                   "expected an object with apiVersion and kind, found " + describe(*path.node()));
      return;
    }
    const auto version = type_field(path / "apiVersion", report);
    const auto kind = type_field(path / "kind", report);
    if (!version || !kind) return;
    if (*version == "v1" && *kind == "Pod") {
      pod(path, report);
    } else if (*version == "v1" && (*kind == "List" || *kind == "PodList")) {
      list(path, report);
    } else {
      unknown_kind(path, *version, *kind, report);
    }
  }

  static std::optional<std::string> type_field(const Path& path, Report& report) {
    if (!path.is_set()) {
      report.required(path);
      return {};
    }
    if (path.node()->kind != NodeKind::kString) {
      report.error(path, "expected a string, found " + describe(*path.node()));
      return {};
    }
    return path.node()->text;
  }

  static void unknown_kind(const Path& path, const std::string& version, const std::string& kind,
                           Report& report) {
    static constexpr std::string_view kDaemonKinds[] = {"ReplicationController",
                                                        "ReplicaSet",
                                                        "Deployment",
                                                        "DaemonSet",
                                                        "StatefulSet",
                                                        "Job",
                                                        "CronJob",
                                                        "Service",
                                                        "ConfigMap",
                                                        "Secret",
                                                        "Namespace",
                                                        "Node",
                                                        "PodTemplate"};
    const bool daemon =
        std::find(std::begin(kDaemonKinds), std::end(kDaemonKinds), kind) != std::end(kDaemonKinds);
    if (daemon) {
      report.error(path / "kind", "kind " + go_quote(kind) +
                                      " needs `podrun daemon`; `podrun run` takes Pod and List");
    } else {
      report.error(path / "kind", "no matches for kind " + go_quote(kind) + " in version " +
                                      go_quote(version) +
                                      "; `podrun run` takes Pod and List of v1");
    }
  }

  void list(const Path& path, Report& report) {
    const Path items = path / "items";
    if (!items.is_set()) return;
    if (items.node()->kind != NodeKind::kList) {
      report.error(items, "expected a list, found " + describe(*items.node()));
      return;
    }
    for (std::size_t i = 0; i < items.node()->items.size(); ++i) object(items[i], report);
  }

  void pod(const Path& path, Report& report) {
    nlohmann::ordered_json json = decode(path, kPodType, report);
    if (json.contains("spec")) check_spec_structure(path / "spec", json["spec"], report);
    Pod pod = pod_from_json(json);
    ObjectMeta& meta = pod.metadata;
    // A new object gets these from podrun, whatever an exported manifest says.
    meta.uid = meta.resource_version = meta.creation_timestamp = "";
    if (meta.namespace_.empty()) meta.namespace_ = options_.default_namespace;
    set_defaults(pod);
    validate_pod(path, pod, report);
    if (!meta.name.empty() && !names_.insert(meta.namespace_ + "/" + meta.name).second) {
      report.error(path / "metadata" / "name", "pods " + go_quote(meta.name) + " already exists");
    }
    drop_token_volumes(pod.spec);
    out_.pods.push_back(std::move(pod));
  }

  const LoadOptions& options_;
  Loaded& out_;
  std::set<std::string> names_;  // "namespace/name"
};

template <typename Iterator>
void add_manifests(const std::string& folder, std::vector<std::string>& files) {
  for (const auto& entry : Iterator(folder)) {
    const std::string extension = entry.path().extension();
    const bool manifest = extension == ".yaml" || extension == ".yml" || extension == ".json";
    if (manifest && !entry.is_directory()) files.push_back(entry.path());
  }
}

std::vector<std::string> files_of(const std::string& folder, bool recursive) {
  std::vector<std::string> files;
  if (recursive) {
    add_manifests<std::filesystem::recursive_directory_iterator>(folder, files);
  } else {
    add_manifests<std::filesystem::directory_iterator>(folder, files);
  }
  if (files.empty()) {
    throw BadInput(folder + ": no manifest in this folder",
                   "recognized file extensions are .json, .yaml and .yml");
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string read_source(const std::string& source) {
  try {
    return source == "-" ? read_all(0, kMaxText) : read_file(source, kMaxText);
  } catch (const Error& error) {
    throw BadInput(source == "-" ? error.within("standard input").what() : error.what());
  }
}

}  // namespace

Loaded load_text(const std::string& text, const std::string& name, const LoadOptions& options) {
  Loaded loaded;
  Loader(options, loaded).text(text, name);
  return loaded;
}

std::vector<SourceText> read_sources(const std::vector<std::string>& sources, bool recursive) {
  std::vector<SourceText> texts;
  for (const std::string& source : sources) {
    std::error_code ignored;
    if (source != "-" && std::filesystem::is_directory(source, ignored)) {
      for (const std::string& file : files_of(source, recursive)) {
        texts.push_back({file, read_source(file)});
      }
    } else {
      texts.push_back({source, read_source(source)});
    }
  }
  return texts;
}

Loaded load(const std::vector<std::string>& sources, const LoadOptions& options) {
  Loaded loaded;
  Loader loader(options, loaded);
  for (const SourceText& source : read_sources(sources)) loader.text(source.text, source.name);
  return loaded;
}

}  // namespace podrun::manifest
