// Objects as the API takes them in: any served version in, the storage version out, with unknown
// fields dropped and named, defaults filled in, and all validation errors at once. Pure.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "supervisor/manifest/load.h"

namespace podrun::manifest {

/// One kind that the API serves. `group` is "" for core.
struct Kind {
  std::string_view group, version, kind;
};

/// What became of one object.
struct Admission {
  /// Complete, in the storage version; fields as Kubernetes orders them. Fields that podrun does
  /// not honour are kept (and named in `warnings`): a client that reads gets back what it wrote.
  nlohmann::ordered_json object;
  /// It could not be decoded at all (syntax, a wrong type): 400, and nothing below is filled.
  std::string malformed;
  /// Strict decoding: `unknown field "spec.foo"`, `duplicate field "spec.x"`.
  std::vector<std::string> strict;
  /// Kubernetes' field errors: 422.
  std::vector<Remark> errors;
  /// For the Warning header.
  std::vector<std::string> warnings;
};

/// How a new object will be known: there are kinds whose specs tell.
struct Newcomer {
  std::string uid;
  std::string suffix;  // of metadata.generateName
};

/// Decodes, converts, defaults and validates a new object. `text` is JSON or YAML.
/// metadata.namespace and name are the caller's to check against the request.
Admission admit(const Kind& kind, const std::string& text, const Newcomer* newcomer = nullptr);
/// The same for an object that replaces `old` (storage version): immutable fields are compared.
Admission admit_update(const Kind& kind, const std::string& text,
                       const nlohmann::ordered_json& old);
/// A pod of which the subresource `resize` takes the containers' resources and resizePolicy; all
/// else is as in `old`.
Admission admit_resize(const std::string& text, const nlohmann::ordered_json& old);
/// A part of an object, which its writer wants merged into what there is (server-side apply).
struct Fragment {
  /// As it was written but for the order of its fields: nothing is converted, defaulted or dropped.
  nlohmann::ordered_json object;
  std::string malformed;                        // as in Admission
  std::vector<std::string> unknown, duplicate;  // fields: "spec.foo"
};
Fragment read_fragment(const Kind& kind, const std::string& text);
/// The object of the storage version as another served version has it (apps/v1 →
/// extensions/v1beta1).
nlohmann::ordered_json convert(const nlohmann::ordered_json& object, const Kind& to);
/// Whether this group, version and kind is one that admit() takes.
bool is_served(const Kind& kind);

}  // namespace podrun::manifest
