// Manifests from files, folders or standard input: YAML or JSON, several documents, all problems at
// once.
#pragma once

#include <string>
#include <vector>

#include "supervisor/manifest/pod.h"

namespace podrun::manifest {

/// One remark on an input, tied to its place.
struct Remark {
  std::string file;  // "pod.yaml", "-" for standard input
  int line = 0;      // 1-based; 0 where there is none
  std::string path;  // "spec.containers[0].livenessProbe"
  std::string text;  // Kubernetes' words: "Required value", `Invalid value: 0: must be between 1
                     // and 65535, inclusive`
  /// "pod.yaml:12: spec.containers[0].name: Required value"
  std::string to_string() const;
};

struct LoadOptions {
  bool strict = false;  // unknown and unsupported fields are errors
  std::string default_namespace = "default";
};

struct Loaded {
  std::vector<Pod> pods;         // in the order of the documents; defaulted
  std::vector<Remark> warnings;  // unknown and unsupported fields
  std::vector<Remark> errors;    // where there are any, `pods` must not be used
};

struct SourceText {
  std::string name;  // of the file; "-" for standard input
  std::string text;
};
/// The texts that sources stand for: a file, a folder (its *.yaml, *.yml, *.json in name order,
/// with `recursive` those of the folders in it, too) or "-". Throws BadInput where one cannot be
/// read.
std::vector<SourceText> read_sources(const std::vector<std::string>& sources,
                                     bool recursive = false);

/// `source`: a file, a folder (its *.yaml, *.yml, *.json in name order) or "-". Throws BadInput
/// where it cannot be read.
Loaded load(const std::vector<std::string>& sources, const LoadOptions& options);
/// The same from a text in memory, `name` for the remarks. Never throws for bad content: that is in
/// `errors`.
Loaded load_text(const std::string& text, const std::string& name, const LoadOptions& options);

}  // namespace podrun::manifest
